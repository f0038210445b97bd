using Recorder.Actors.Catalogue;
using Recorder.Node.Api;

namespace Recorder.Node.Media;

/// <summary>What was asked of a take's timeline: nothing, a moment, or a frame or moment of one angle.</summary>
internal sealed record TimelineQuestion(DateTimeOffset? At = null, string? Angle = null, int Recording = 1, long? Frame = null, TimeSpan? MediaTime = null)
{
    public bool IsAsked => At is not null || Angle is not null;
}

/// <summary>Reads the timeline of a take from its recordings; nothing of it is stored.</summary>
internal sealed class TakeTimelineReader(Take take, MediaLibrary library)
{
    private readonly TakeTimeCode _timeCode = new(take);

    /// <exception cref="ProblemException">The angle or frame that was asked for does not exist.</exception>
    public async Task<TakeTimeline> ReadAsync(TimelineQuestion question, CancellationToken cancellationToken)
    {
        var angles = new List<(TakeAngle Angle, List<(AngleRecording? Read, RecordingTimeline Timeline)> Recordings)>();
        foreach (var angle in take.Angles)
        {
            var recordings = new List<(AngleRecording? Read, RecordingTimeline Timeline)>();
            for (var number = 0; number < angle.Recordings.Count; number++)
                recordings.Add(await ReadAsync(angle, number, cancellationToken));

            angles.Add((angle, recordings));
        }

        return new TakeTimeline
        {
            Take = take.Id,
            At = take.At!.Value,
            TimeCode = take.TimeCode ?? "",
            Rate = take.Rate,
            DropFrame = take.IsDropFrame,
            Angles =
            [
                .. angles.Select(angle => new AngleTimeline(
                    angle.Angle.Angle, angle.Angle.Recorder, angle.Angle.Camera, angle.Angle.Times?.Clock ?? CaptureClock.Unknown, angle.Angle.Uncertainty,
                    [.. angle.Recordings.Select(recording => recording.Timeline)])),
            ],
            Moment = question.IsAsked
                ? await Task.Run(() => Find(question, [.. angles.Select(angle => (angle.Angle, angle.Recordings.Select(recording => recording.Read).OfType<AngleRecording>().ToList()))]), cancellationToken)
                : null,
        };
    }

    private async Task<(AngleRecording?, RecordingTimeline)> ReadAsync(TakeAngle angle, int number, CancellationToken cancellationToken)
    {
        try
        {
            var recording = await AngleRecording.ReadAsync(angle, number, library, cancellationToken);
            return (recording, await Task.Run(() => recording.Describe(_timeCode), cancellationToken));
        }
        catch (ProblemException gone)
        {
            return (null, new RecordingTimeline { Key = $"{angle.Recorder}~{angle.Recordings[number]}", Problem = gone.Problem.Detail });
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CatalogueUnavailableException)
        {
            return (null, new RecordingTimeline { Key = $"{angle.Recorder}~{angle.Recordings[number]}", Problem = unreadable.Message });
        }
    }

    private TakeMoment Find(TimelineQuestion question, IReadOnlyList<(TakeAngle Angle, List<AngleRecording> Recordings)> angles)
    {
        if (question.At is { } at)
            return MomentOf(at, [.. angles.Select(angle => Look(angle.Angle, angle.Recordings, at))]);

        var asked = angles.FirstOrDefault(angle => angle.Angle.Angle.Equals(question.Angle, StringComparison.OrdinalIgnoreCase));
        if (asked.Angle is null)
            throw Missing($"Take {take.Id} has no angle '{question.Angle}', only {string.Join(", ", take.Angles.Select(angle => angle.Angle))}.");

        var key = question.Recording <= asked.Angle.Recordings.Count ? $"{asked.Angle.Recorder}~{asked.Angle.Recordings[question.Recording - 1]}" : null;
        var recording = asked.Recordings.Find(recording => recording.Played.Key.ToString() == key)
            ?? throw Missing($"Angle {asked.Angle.Angle} has no recording {question.Recording} that can be read; it has {asked.Angle.Recordings.Count}.");
        try
        {
            var media = question.MediaTime ?? TimeOf(recording, question.Frame!.Value);
            var piece = recording.Clock.Pieces.LastOrDefault(piece => piece.MediaTime <= media && media < piece.End)
                ?? throw Missing($"Nothing of recording {key} is at {media.TotalSeconds:0.###} s; its pieces say what is there.");
            var (wall, own) = (piece.WallOf(media), recording.Show(piece, media, _timeCode));
            return MomentOf(wall, [.. angles.Select(angle => angle.Angle == asked.Angle ? own : Look(angle.Angle, angle.Recordings, wall))]);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw Missing(Unreadable(recording, failed));
        }
    }

    private static string Unreadable(AngleRecording recording, Exception failed) => $"Recording {recording.Played.Key} cannot be read: {failed.Message}";

    private static TimeSpan TimeOf(AngleRecording recording, long number) => recording.Frames switch
    {
        null => throw Missing($"The frames of recording {recording.Played.Key} cannot be counted; ask for a mediaTime."),
        var frames when frames.Find(number) is { } frame => frame.Shown,
        var frames => throw Missing($"Recording {recording.Played.Key} has frames 0 to {frames.Count - 1}, but no frame {number}."),
    };

    private TakeMoment MomentOf(DateTimeOffset at, IReadOnlyList<AngleMoment> angles) => new(at, _timeCode.Of(at).ToString(), angles);

    private AngleMoment Look(TakeAngle angle, List<AngleRecording> recordings, DateTimeOffset at)
    {
        foreach (var recording in Enumerable.Reverse(recordings))
        {
            try
            {
                if (recording.Clock.Find(at) is { } piece)
                    return recording.Show(piece, piece.MediaOf(at), _timeCode);
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                // It was removed meanwhile; the other angles are there.
                return new AngleMoment { Angle = angle.Angle, Recorder = angle.Recorder, Recording = recording.Played.Key.ToString(), Detail = Unreadable(recording, failed) };
            }
        }

        var gap = recordings.SelectMany(recording => recording.Gaps).LastOrDefault(gap => gap.From <= at && at <= gap.To && gap.Cause != GapCause.Muted);
        var pieces = recordings.SelectMany(recording => recording.Clock.Pieces).ToList();
        return new AngleMoment
        {
            Angle = angle.Angle,
            Recorder = angle.Recorder,
            Gap = gap is null ? null : AngleRecording.Describe(gap),
            Detail = gap is not null ? (gap.Detail.Length > 0 ? gap.Detail : $"Nothing was recorded: {gap.Cause}.")
                : pieces.Count == 0 ? $"Recorder {angle.Recorder} has recorded nothing of the take."
                : at < pieces[0].From ? $"Recorder {angle.Recorder} begins later, at {pieces[0].From:O}."
                : at < pieces[^1].From ? $"Recorder {angle.Recorder} was paused or did not record."
                : recordings[^1].Played.IsUnderWay ? $"Recorder {angle.Recorder} has not recorded it yet."
                : $"Recorder {angle.Recorder} ended before, at {pieces[^1].To:O}.",
        };
    }

    private static ProblemException Missing(string detail) => new(Problem.NotFound(detail));
}
