using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>What the sources of a node share.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The gates live as long as the process and hold no handle that is not collected.")]
internal sealed class CaptureServices(CaptureOptions options, ILogger logger, TimeProvider time, Random random)
{
    private readonly SemaphoreSlim _localGate = new(options.LocalOpens);
    private readonly SemaphoreSlim _networkGate = new(options.NetworkOpens);
    private readonly long _start = time.GetTimestamp();

    public CaptureOptions Options => options;

    public ILogger Logger => logger;

    public TimeProvider Time => time;

    public Random Random => random;

    /// <summary>Opens a source and blocks meanwhile; specs put their own sources in.</summary>
    public Func<SourceUri, CancellationToken, ICaptureInput> Open { get; init; } =
        static (source, cancellation) => source.Kind == SourceKind.Test ? new TestPatternInput(source) : DemuxerInput.Open(source, cancellation);

    /// <summary>A clock that never jumps, common to all sources of the node.</summary>
    public TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>
    /// Opens a source off the actor, few at a time: probing is what costs memory. Never fails: gives <see cref="SourceOpened"/>
    /// or <see cref="SourceNotOpened"/>.
    /// </summary>
    public async Task<object> OpenAsync(SourceUri source, int attempt, CancellationToken cancellation)
    {
        var gate = source.Kind == SourceKind.Network ? _networkGate : _localGate;
        try
        {
            await gate.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                // On a thread of its own: a camera or a disk may not answer for long.
                var input = await Task.Factory.StartNew(
                    () =>
                    {
                        SourceErrors.ThrowIfNoFile(source);
                        return Open(source, cancellation);
                    },
                    cancellation,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default).ConfigureAwait(false);
                if (!cancellation.IsCancellationRequested)
                {
                    return new SourceOpened(attempt, input);
                }

                input.Dispose();
                return new SourceNotOpened(attempt, new OperationCanceledException(cancellation));
            }
            finally
            {
                gate.Release();
            }
        }
#pragma warning disable CA1031 // Every failure is an answer; the actor translates it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return new SourceNotOpened(attempt, error);
        }
    }

    /// <summary>The parent of a node's sources.</summary>
    public Props SourcesProps() =>
        Props.Create(() => new SourcesActor(this)).WithSupervisorStrategy(new OneForOneStrategy(_ => Directive.Stop));

    /// <summary>One source.</summary>
    public Props SourceProps(SourceUri source) => Props.Create(() => new CaptureSourceActor(source, this));

    internal sealed record SourceOpened(int Attempt, ICaptureInput Input);

    internal sealed record SourceNotOpened(int Attempt, Exception Error);
}
