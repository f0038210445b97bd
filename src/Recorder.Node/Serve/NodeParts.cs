using Recorder.Actors;
using Recorder.Actors.Capture;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Retention;
using Recorder.Actors.Timing;
using Recorder.Node.Cluster;
using Recorder.Node.Media;
using Recorder.Node.Security;

namespace Recorder.Node.Serve;

/// <summary>The parts that exist before the host starts and after it ends: data folder, keys and links to other nodes.</summary>
internal sealed class NodeParts(NodeRuntime node, NodeSecurity security, ClusterParts cluster, SessionSigner sessions, TimeProvider time) : IAsyncDisposable
{
    public ClusterParts Cluster => cluster;
    public NodeRuntime Node => node;
    public NodeSecurity Security => security;
    public SessionSigner Sessions => sessions;
    public TimeProvider Time => time;

    /// <summary>No actor runs yet.</summary>
    public static async Task<NodeParts> OpenAsync(
        ServeOptions options, ILoggerFactory logging, TimeProvider time, CancellationToken cancellationToken)
    {
        MakeFolder(options.DataFolder);
        // Keys expire by the node's own time, so that setting the system clock neither revives a key nor ends one early.
        var clock = new NodeClock(time);
        var security = NodeSecurity.Create(options, logging, clock);
        var cluster = ClusterParts.Open(options, logging, time, clock);
        var sessions = new SessionSigner(cluster.SessionKey ?? security.Secrets.SessionKey, security.Keys, clock);
        var settings = new NodeRuntimeOptions
        {
            DataFolder = options.DataFolder,
            Cipher = security.Secrets,
            Clock = clock,
            Cluster = cluster.Create,
            Retention = new RetentionOptions { MinimumFree = options.MinimumFree, TemporaryBytes = Exports.BytesHeld(options.DataFolder) },
            Runtime = new RecorderRuntimeOptions
            {
                Node = options.Node,
                ShutdownTimeout = options.ShutdownTimeout,
                Capture = new CaptureOptions { Policy = security.Sources, Limits = options.Limits },
            },
        };
        try
        {
            settings.Runtime.Validate();
            FFmpegLibrary.Initialize(logging.CreateLogger("FFmpeg"));
            return new NodeParts(await NodeRuntime.OpenAsync(settings, logging, time, cancellationToken), security, cluster, sessions, time);
        }
        catch (Exception failed)
        {
            await security.DisposeAsync();
            cluster.Dispose();
            throw Translate(failed, options);
        }
    }

    public static Exception Translate(Exception failed, ServeOptions options) => failed switch
    {
        FFmpegUnavailableException or CatalogueUnavailableException => new ServeException(failed.Message, failed),
        ArgumentException => new ServeException(failed.Message, failed) { IsUsage = true },
        IOException or UnauthorizedAccessException => Unusable(options.DataFolder, failed),
        _ => failed,
    };

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        cluster.Dispose();
        await security.DisposeAsync();
    }

    private static void MakeFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw Unusable(folder, failed);
        }
    }

    private static ServeException Unusable(string folder, Exception failed) =>
        new($"Cannot use the data folder '{folder}' ({failed.Message}); choose another with --data.", failed);
}
