using Microsoft.Extensions.Logging;
using Recorder.Actors;
using Recorder.Actors.Capture;
using Recorder.FFmpeg;
using Recorder.Node.Security;

namespace Recorder.Node.Serve;

/// <summary>What lives as long as the node and needs no HTTP, in the order of its start; it ends in the other.</summary>
internal sealed class NodeParts : IAsyncDisposable
{
    private NodeParts(RecorderRuntime runtime, NodeSecurity security, ILoggerFactory logging, TimeProvider time) =>
        (Runtime, Security, Logging, Time) = (runtime, security, logging, time);

    /// <summary>The actors.</summary>
    public RecorderRuntime Runtime { get; }

    /// <summary>Keys, secrets and what sources may name.</summary>
    public NodeSecurity Security { get; }

    /// <summary>Where the node logs.</summary>
    public ILoggerFactory Logging { get; }

    /// <summary>The wall clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Starts everything.</summary>
    /// <exception cref="ServeException">Something cannot start; the message says what and why.</exception>
    public static Task<NodeParts> StartAsync(
        ServeOptions options, ILoggerFactory logging, TimeProvider time, CancellationToken ending)
    {
        ending.ThrowIfCancellationRequested();
        var security = NodeSecurity.Create(options, logging, time);
        try
        {
            var runtime = RecorderRuntime.Start(
                new RecorderRuntimeOptions
                {
                    Node = options.Node,
                    ShutdownTimeout = options.ShutdownTimeout,
                    Capture = new CaptureOptions { Policy = security.Sources },
                },
                logging,
                time);
            return Task.FromResult(new NodeParts(runtime, security, logging, time));
        }
        catch (FFmpegUnavailableException unavailable)
        {
            throw new ServeException(unavailable.Message, unavailable);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Runtime.DisposeAsync();
        await Security.DisposeAsync();
    }
}
