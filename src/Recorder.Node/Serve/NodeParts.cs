using Microsoft.Extensions.Logging;
using Recorder.Actors;
using Recorder.FFmpeg;

namespace Recorder.Node.Serve;

/// <summary>What lives as long as the node and needs no HTTP, in the order of its start; it ends in the other.</summary>
internal sealed class NodeParts : IAsyncDisposable
{
    private NodeParts(RecorderRuntime runtime, ILoggerFactory logging, TimeProvider time) =>
        (Runtime, Logging, Time) = (runtime, logging, time);

    /// <summary>The actors.</summary>
    public RecorderRuntime Runtime { get; }

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
        try
        {
            var runtime = RecorderRuntime.Start(
                new RecorderRuntimeOptions { Node = options.Node, ShutdownTimeout = options.ShutdownTimeout }, logging, time);
            return Task.FromResult(new NodeParts(runtime, logging, time));
        }
        catch (FFmpegUnavailableException unavailable)
        {
            throw new ServeException(unavailable.Message, unavailable);
        }
    }

    public ValueTask DisposeAsync() => Runtime.DisposeAsync();
}
