using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>What the sources of a node share.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The gates live as long as the process and hold no handle that is not collected.")]
internal sealed class CaptureServices(CaptureOptions options, ILogger logger, TimeProvider time, Random random) : IAsyncDisposable
{
    private const int MostRedirects = 5;

    private readonly SemaphoreSlim _localGate = new(options.LocalOpens);
    private readonly SemaphoreSlim _networkGate = new(options.NetworkOpens);
    private readonly long _start = time.GetTimestamp();
    private readonly OpenSourcePolicy _openPolicy = new(options.TrustedCertificates, logger);

    public CaptureOptions Options => options;

    public ILogger Logger => logger;

    public TimeProvider Time => time;

    public Random Random => random;

    /// <summary>Opens a source and blocks meanwhile, where specs put in their own sources; null opens real ones.</summary>
    public Func<SourceUri, CancellationToken, ICaptureInput>? Open { get; init; }

    /// <summary>A clock that never jumps, common to all sources of the node.</summary>
    public TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>
    /// Opens a source off the actor, few at a time: probing is what costs memory. Never fails: gives <see cref="SourceOpened"/>
    /// or <see cref="SourceNotOpened"/>.
    /// </summary>
    public async Task<object> OpenAsync(SourceUri source, int attempt, CancellationToken cancellationToken)
    {
        if (source.Kind == SourceKind.Push)
        {
            return await OpenPushedAsync(source, attempt, cancellationToken).ConfigureAwait(false);
        }

        var gate = source.Kind == SourceKind.Network ? _networkGate : _localGate;
        try
        {
            await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                var input = Open is { } open
                    ? await OpenAsync(source, () => open(source, cancellationToken), cancellationToken).ConfigureAwait(false)
                    : await OpenPermittedAsync(options.Policy ?? _openPolicy, source, cancellationToken).ConfigureAwait(false);
                if (!cancellationToken.IsCancellationRequested)
                {
                    return new SourceOpened(attempt, input);
                }

                input.Dispose();
                return new SourceNotOpened(attempt, new OperationCanceledException(cancellationToken));
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

    // Waits for who sends, behind no gate: that may be for ever.
    private async Task<object> OpenPushedAsync(SourceUri source, int attempt, CancellationToken cancellationToken)
    {
        try
        {
            var session = await options.Streams.TakeAsync(source.Address, cancellationToken).ConfigureAwait(false);
            try
            {
                return new SourceOpened(attempt, await OpenAsync(
                    source, () => PushInput.Open(source, session, options.Limits, cancellationToken), cancellationToken).ConfigureAwait(false));
            }
            catch (Exception error)
            {
                session.Abandon(error is FFmpegException { ExceedsLimit: true }
                    ? SourceErrors.Translate(source, error, wasOpen: false).Error.Message
                    : "What was sent is neither WebM nor fragmented MP4, or ended too soon.");
                throw;
            }
        }
#pragma warning disable CA1031 // Every failure is an answer; the actor translates it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return new SourceNotOpened(attempt, error);
        }
    }

    // On a thread of its own: a camera or a disk may not answer for long.
    private static Task<ICaptureInput> OpenAsync(SourceUri source, Func<ICaptureInput> open, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(
            () =>
            {
                SourceErrors.ThrowIfNoFile(source);
                return open();
            },
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

    private ICaptureInput OpenLocal(SourceUri source, CancellationToken cancellationToken) =>
        source.Kind == SourceKind.Test ? new TestPatternInput(source) : DemuxerInput.Open(source, options.Limits, cancellationToken);

    // Where a server sends to instead is checked like the source itself.
    private async Task<ICaptureInput> OpenPermittedAsync(ISourcePolicy policy, SourceUri source, CancellationToken cancellationToken)
    {
        if (policy.Check(source) is { } refusal)
        {
            throw new CaptureException(refusal);
        }

        if (source.Kind is not (SourceKind.Network or SourceKind.File))
        {
            return await OpenAsync(source, () => OpenLocal(source, cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        var address = source.Address;
        for (var redirects = 0; ; redirects++)
        {
            var permit = await policy.PermitAsync(source, address, cancellationToken).ConfigureAwait(false);
            try
            {
                return await OpenAsync(source, () => DemuxerInput.Open(source, options.Limits, permit, cancellationToken), cancellationToken).ConfigureAwait(false);
            }
            catch (FFmpegException error) when (error.RedirectedTo is not null && redirects < MostRedirects)
            {
                permit.Dispose();
                address = error.RedirectedTo;
            }
            catch
            {
                permit.Dispose();
                throw;
            }
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _openPolicy.DisposeAsync();

    /// <summary>The parent of a node's sources.</summary>
    public Props SourcesProps() =>
        Props.Create(() => new SourcesActor(this)).WithSupervisorStrategy(new OneForOneStrategy(_ => Directive.Stop));

    /// <summary>One source.</summary>
    public Props SourceProps(SourceUri source) => Props.Create(() => new CaptureSourceActor(source, this));

    internal sealed record SourceOpened(int Attempt, ICaptureInput Input);

    internal sealed record SourceNotOpened(int Attempt, Exception Error);
}
