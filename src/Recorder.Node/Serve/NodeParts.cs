using Microsoft.Extensions.Logging;
using Recorder.Actors;
using Recorder.Actors.Capture;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Cluster;
using Recorder.Actors.Retention;
using Recorder.FFmpeg;
using Recorder.Node.Cluster;
using Recorder.Node.Security;

namespace Recorder.Node.Serve;

/// <summary>What lives as long as the node and needs no HTTP, in the order of its start; it ends in the other.</summary>
internal sealed class NodeParts : IAsyncDisposable
{
    private readonly bool _stops;

    private NodeParts(NodeRuntime node, NodeSecurity security, ClusterParts cluster, TimeProvider time, bool stops) =>
        (Node, Security, Cluster, Time, _stops) = (node, security, cluster, time, stops);

    /// <summary>What connects it with other nodes.</summary>
    public ClusterParts Cluster { get; }

    /// <summary>Actors, catalogue and fleet.</summary>
    public NodeRuntime Node { get; }

    /// <summary>Keys, secrets and what sources may name.</summary>
    public NodeSecurity Security { get; }

    /// <summary>The wall clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Starts everything.</summary>
    /// <exception cref="ServeException">Something cannot start; the message says what and why.</exception>
    public static async Task<NodeParts> StartAsync(
        ServeOptions options, ILoggerFactory logging, TimeProvider time, CancellationToken ending)
    {
        MakeFolder(options.DataFolder);
        var security = NodeSecurity.Create(options, logging, time);
        var cluster = await ClusterParts.OpenAsync(options, time, ending);
        var settings = new NodeRuntimeOptions
        {
            DataFolder = options.DataFolder,
            Seal = security.Secrets,
            Cluster = cluster.Setup,
            Retention = new RetentionOptions { MinimumFree = options.MinimumFree },
            Runtime = new RecorderRuntimeOptions
            {
                Node = options.Node,
                ShutdownTimeout = options.ShutdownTimeout,
                Capture = new CaptureOptions { Policy = security.Sources },
            },
        };
        try
        {
            return new NodeParts(await NodeRuntime.StartAsync(settings, logging, time, ending), security, cluster, time, options.StopsOnShutdown);
        }
        catch (Exception failed)
        {
            await security.DisposeAsync();
            cluster.Dispose();
            throw failed switch
            {
                FFmpegUnavailableException or CatalogueUnavailableException or ClusterRefusedException => new ServeException(failed.Message, failed),
                IOException or UnauthorizedAccessException => Unusable(options.DataFolder, failed),
                _ => failed,
            };
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stops)
        {
            await Node.StopAllAsync();
        }

        await Node.DisposeAsync();
        Cluster.Dispose();
        await Security.DisposeAsync();
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
        new($"The data folder '{folder}' cannot be used ({failed.Message}); choose another with --data.", failed);
}
