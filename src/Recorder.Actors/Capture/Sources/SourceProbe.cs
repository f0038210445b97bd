using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Contracts;

namespace Recorder.Actors.Capture;

/// <summary>What a source is, found out by opening it once.</summary>
/// <param name="Source">The source.</param>
/// <param name="Format">FFmpeg's name of its format; <c>test</c> for the test pattern.</param>
/// <param name="Tracks">Those that can be recorded.</param>
/// <param name="Duration">Its length; null when unknown or endless.</param>
/// <param name="IsLive">Whether it goes on whether or not anybody reads.</param>
public sealed record SourceProbe(SourceUri Source, string Format, IReadOnlyList<TrackDescription> Tracks, TimeSpan? Duration, bool IsLive)
{
    /// <summary>Opens a source, looks and closes it.</summary>
    /// <param name="source">The source.</param>
    /// <param name="deadline">How long that may take.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="CaptureException">It cannot be captured, or did not answer in time; the message says why and what to do.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Task<SourceProbe> RunAsync(SourceUri source, TimeSpan deadline, CancellationToken cancellationToken = default) =>
        RunAsync(source, deadline, new CaptureOptions(), cancellationToken);

    /// <summary>Opens a source, looks and closes it.</summary>
    /// <param name="source">The source.</param>
    /// <param name="deadline">How long that may take.</param>
    /// <param name="options">What is opened, and whom it trusts.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="CaptureException">It cannot be captured, or did not answer in time; the message says why and what to do.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    internal static async Task<SourceProbe> RunAsync(SourceUri source, TimeSpan deadline, CaptureOptions options, CancellationToken cancellationToken)
    {
        await using var services = new CaptureServices(options, NullLogger.Instance, TimeProvider.System, Random.Shared);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(deadline);
        switch (await services.OpenAsync(source, 1, limit.Token).ConfigureAwait(false))
        {
            case CaptureServices.SourceOpened opened:
                using (opened.Input)
                {
                    return Describe(source, opened.Input);
                }

            case CaptureServices.SourceNotOpened failed:
                cancellationToken.ThrowIfCancellationRequested();
                throw new CaptureException(limit.IsCancellationRequested
                    ? SourceErrors.NoAnswer(source, deadline)
                    : SourceErrors.Translate(source, failed.Error, wasOpen: false).Error);

            default:
                throw new InvalidOperationException("An opening ends in one of two ways.");
        }
    }

    private static SourceProbe Describe(SourceUri source, ICaptureInput input)
    {
        var tracks = new TrackSet();
        tracks.Update(input.Streams);
        return tracks.Tracks.Count > 0
            ? new SourceProbe(source, input.FormatName, [.. tracks.Tracks.Select(t => t.Description)], input.Duration, source.IsLive)
            : throw SourceErrors.NoTrack(source);
    }
}
