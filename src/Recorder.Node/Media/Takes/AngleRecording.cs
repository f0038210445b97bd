using Recorder.Media;
using Recorder.Media.Fragments;
using Recorder.Node.Api;

namespace Recorder.Node.Media;

/// <summary>One recording of an angle, with the times and the numbers of its frames.</summary>
/// <param name="Frames">Null where frames cannot be counted.</param>
internal sealed record AngleRecording(
    TakeAngle Angle, PlayedRecording Played, RecordingClock Clock, FrameNumbers? Frames, IReadOnlyList<RecorderProtocol.GapRecorded> Gaps,
    IReadOnlyList<MissingPart> Missing)
{
    /// <exception cref="ProblemException">The recording was removed.</exception>
    /// <exception cref="PeerAwayException">It is on a node that does not answer.</exception>
    public static async Task<AngleRecording> ReadAsync(TakeAngle angle, int number, MediaLibrary library, CancellationToken cancellationToken)
    {
        var recording = await library.FindAsync($"{angle.Recorder}~{angle.Recordings[number]}", cancellationToken);
        var (extents, missing) = await library.WantedAsync(recording, null, null, MediaLibrary.SkipNone, cancellationToken);
        var parts = recording.Container == MediaContainer.Mp4 ? (await library.PartsAsync(recording, null, null, cancellationToken)).Extents : [];
        var told = await library.ReadToldAsync(recording, cancellationToken);
        return new AngleRecording(
            angle, recording, RecordingClock.Of([.. extents.Select(extent => Grown(extent, parts))], told, number == 0 ? angle.Times : null),
            await Task.Run(() => FrameNumbers.Of(parts), cancellationToken), told.Gaps, missing);
    }

    public RecordingTimeline Describe(TakeTimeCode timeCode) => new()
    {
        Key = Played.Key.ToString(),
        IsRunning = Played.IsUnderWay,
        FrameRate = Played.Description.Tracks.FirstOrDefault(track => track.Kind == TrackKind.Video) is { FrameRate: > 0 } video ? video.FrameRate : null,
        Frames = Frames?.Count,
        Pieces = [.. Clock.Pieces.Select(piece => Describe(piece, timeCode))],
        Gaps = [.. Gaps.Select(Describe)],
        Problem = Missing.Count == 0 ? null : PlaybackEndpoints.WhereIs(Played, Missing),
    };

    /// <summary>What is shown at a moment of the recording's timeline, within a piece.</summary>
    public AngleMoment Show(ClockPiece piece, TimeSpan media, TakeTimeCode timeCode)
    {
        var shown = new AngleMoment
        {
            Angle = Angle.Angle,
            Recorder = Angle.Recorder,
            Recording = Played.Key.ToString(),
            Extent = piece.Extent.Number,
            MediaTime = media,
        };
        if (Frames?.At(media) is not { } frame)
            return shown;

        var at = piece.WallOf(frame.Shown);
        return shown with { Frame = frame.Number, FrameMediaTime = frame.Shown, FrameAt = at, FrameTimeCode = timeCode.Of(at).ToString() };
    }

    public static TimelineGap Describe(RecorderProtocol.GapRecorded gap) =>
        new(gap.Cause, gap.MediaTime, gap.Duration, gap.From, gap.To, gap.Packets, gap.Detail);

    private TimelinePiece Describe(ClockPiece piece, TakeTimeCode timeCode)
    {
        var first = Frames?.CountBefore(piece.MediaTime);
        return new TimelinePiece(
            piece.Extent.Number, piece.Extent.Node, piece.MediaTime, piece.Duration, piece.From, piece.To, timeCode.Of(piece.From).ToString(), first,
            Frames?.CountBefore(piece.End) - first);
    }

    // A file has more than was announced while it is written.
    private static WantedExtent Grown(WantedExtent wanted, IReadOnlyList<ExtentPart> parts)
    {
        var extent = wanted.Extent;
        var end = parts.LastOrDefault(part => part.Extent.Number == extent.Number && part.Extent.Node == extent.Node && part.Extent.Epoch == extent.Epoch) is { IsEmpty: false } part
            ? part.EndOf(part.Count - 1) : TimeSpan.Zero;
        return end > extent.MediaTime + extent.Duration ? wanted with { Extent = extent with { Duration = end - extent.MediaTime } } : wanted;
    }
}
