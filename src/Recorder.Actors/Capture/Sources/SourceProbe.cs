using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Contracts;

namespace Recorder.Actors.Capture;

/// <summary>The description of a source, found by opening it once.</summary>
/// <param name="Source">The source.</param>
/// <param name="Format">FFmpeg's name of its format; <c>test</c> for the test pattern.</param>
/// <param name="Tracks">The tracks that can be recorded.</param>
/// <param name="Duration">The length; null when unknown or endless.</param>
/// <param name="IsLive">Whether the source continues even if nothing reads it.</param>
public sealed record SourceProbe(SourceUri Source, string Format, IReadOnlyList<TrackDescription> Tracks, TimeSpan? Duration, bool IsLive)
{
    /// <summary>Opens a source, describes it and closes it.</summary>
    /// <param name="source">The source.</param>
    /// <param name="deadline">Longest time for that.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="CaptureException">It cannot be captured or did not answer; the message says why and what to
    /// do.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Task<SourceProbe> RunAsync(SourceUri source, TimeSpan deadline, CancellationToken cancellationToken = default) =>
        RunAsync(source, deadline, new CaptureOptions(), cancellationToken);

    internal static async Task<SourceProbe> RunAsync(SourceUri source, TimeSpan deadline, CaptureOptions options, CancellationToken cancellationToken)
    {
        await using var opener = new SourceOpener(options, NullLogger.Instance, TimeProvider.System);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(deadline);
        var result = await opener.OpenAsync(source, 1, limit.Token).ConfigureAwait(false);
        if (result is SourceOpener.SourceNotOpened failed)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new CaptureException(limit.IsCancellationRequested
                ? SourceErrors.NoAnswer(source, deadline)
                : SourceErrors.Translate(source, failed.Error, wasOpen: false).Error);
        }

        using var input = ((SourceOpener.SourceOpened)result).Input;
        var tracks = new TrackSet();
        tracks.Update(input.Streams);
        return tracks.Tracks.Count > 0
            ? new SourceProbe(source, input.FormatName, [.. tracks.Tracks.Select(t => t.Description)], input.Duration, source.IsLive)
            : throw SourceErrors.NoTrack(source);
    }
}
