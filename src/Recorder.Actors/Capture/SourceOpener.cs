using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Recorder.FFmpeg;
using Recorder.Rtsp;
using Recorder.Rtsp.Sessions;

namespace Recorder.Actors.Capture;

/// <summary>Opens sources outside the actors that ask for them, only a few at a time because probing needs much memory.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The gates live as long as the process and have no handle to release.")]
internal sealed class SourceOpener(CaptureOptions options, ILogger logger, TimeProvider time) : IAsyncDisposable
{
    private const int MostRedirects = 5;

    // A camera that is being opened costs a thread, and nearly no memory.
    private const int CameraOpens = 64;

    private readonly SemaphoreSlim _localGate = new(options.LocalOpens);
    private readonly SemaphoreSlim _networkGate = new(options.NetworkOpens);
    private readonly SemaphoreSlim _cameraGate = new(CameraOpens);
    private readonly OpenSourcePolicy _openPolicy = new(options.TrustedCertificates, logger);

    /// <summary>Replaced by specs; null opens real sources. Blocks.</summary>
    public Func<SourceUri, CancellationToken, ICaptureInput>? Open { get; init; }

    /// <summary>Never throws; returns <see cref="SourceOpened"/> or <see cref="SourceNotOpened"/>.</summary>
    public async Task<object> OpenAsync(SourceUri source, int attempt, CancellationToken cancellationToken)
    {
        try
        {
            var input = source.Kind == SourceKind.Push
                ? await OpenPushedAsync(source, cancellationToken).ConfigureAwait(false)
                : await OpenGatedAsync(source, cancellationToken).ConfigureAwait(false);
            return new SourceOpened(attempt, input);
        }
#pragma warning disable CA1031 // The actor translates every failure.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return new SourceNotOpened(attempt, error);
        }
    }

    public ValueTask DisposeAsync() => _openPolicy.DisposeAsync();

    // Uses no gate, because it may take for ever until somebody sends the stream.
    private async Task<ICaptureInput> OpenPushedAsync(SourceUri source, CancellationToken cancellationToken)
    {
        var session = await options.Streams.TakeAsync(source.Address, cancellationToken).ConfigureAwait(false);
        try
        {
            return await OpenOnThreadAsync(
                source, () => PushInput.Open(source, session, options.Limits, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception error)
        {
            session.Abandon(error is FFmpegException { ExceedsLimit: true }
                ? SourceErrors.Translate(source, error, wasOpen: false).Error.Message
                : "The stream is neither WebM nor fragmented MP4, or it ended too soon.");
            throw;
        }
    }

    private async Task<ICaptureInput> OpenGatedAsync(SourceUri source, CancellationToken cancellationToken)
    {
        var gate = source.UsesOwnRtsp ? _cameraGate : source.Kind == SourceKind.Network ? _networkGate : _localGate;
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var input = Open is { } open
                ? await OpenOnThreadAsync(source, () => open(source, cancellationToken), cancellationToken).ConfigureAwait(false)
                : await OpenPermittedAsync(options.Policy ?? _openPolicy, source, cancellationToken).ConfigureAwait(false);
            if (cancellationToken.IsCancellationRequested)
            {
                input.Dispose();
                throw new OperationCanceledException(cancellationToken);
            }

            return input;
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<ICaptureInput> OpenPermittedAsync(
        ISourcePolicy policy, SourceUri source, CancellationToken cancellationToken)
    {
        if (policy.Check(source) is { } refusal)
            throw new CaptureException(refusal);

        if (source.Kind is not (SourceKind.Network or SourceKind.File))
        {
            return await OpenOnThreadAsync(source, () => OpenLocal(source, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
        }

        if (source.UsesOwnRtsp)
            return await OpenCameraAsync(policy, source, cancellationToken).ConfigureAwait(false);

        // The address that a server redirects to is checked like the source itself.
        var address = source.Address;
        for (var redirects = 0; ; redirects++)
        {
            var permit = await policy.PermitAsync(source, address, cancellationToken).ConfigureAwait(false);
            try
            {
                return await OpenOnThreadAsync(
                    source, () => DemuxerInput.Open(source, options.Limits, permit, cancellationToken), cancellationToken)
                    .ConfigureAwait(false);
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

    private async Task<ICaptureInput> OpenCameraAsync(ISourcePolicy policy, SourceUri source, CancellationToken cancellationToken)
    {
        var address = source.Address;
        for (var redirects = 0; ; redirects++)
        {
            var server = await policy.LocateAsync(source, address, cancellationToken).ConfigureAwait(false);
            IRtspWire? secure = null;
            try
            {
                secure = await server.ConnectSecurelyAsync(source.OpenDeadline, source.VerifiesTls, cancellationToken)
                    .ConfigureAwait(false);
                return await OpenOnThreadAsync(
                    source, () => RtspInput.Open(source, server, secure, options.Limits, time, cancellationToken), cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (RtspException error) when (error.RedirectedTo is not null && redirects < MostRedirects)
            {
                secure?.Dispose();
                address = server.Follow(error.RedirectedTo);
            }
            catch (Exception error) when (error is UntrustedServerException or ForbiddenAddressException)
            {
                throw ConnectionFailures.Explain(source, error, error);
            }
            catch
            {
                // The input closes it, unless it was cancelled before it began.
                secure?.Dispose();
                throw;
            }
        }
    }

    private ICaptureInput OpenLocal(SourceUri source, CancellationToken cancellationToken) =>
        source.Kind == SourceKind.Test
            ? new TestPatternInput(source)
            : DemuxerInput.Open(source, options.Limits, cancellationToken);

    // Uses a thread of its own, because a camera or a disk may not respond for a long time.
    private static Task<ICaptureInput> OpenOnThreadAsync(
        SourceUri source, Func<ICaptureInput> open, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(
            () =>
            {
                SourceErrors.ThrowIfNoFile(source);
                return open();
            },
            cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    internal sealed record SourceOpened(int Attempt, ICaptureInput Input);
    internal sealed record SourceNotOpened(int Attempt, Exception Error);
}
