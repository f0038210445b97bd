using Recorder.Media;
using Recorder.Media.Export;
using Recorder.Media.Fragments;

namespace Recorder.Node.Media;

/// <summary>The media of a recording that has the frame of a moment.</summary>
/// <param name="Media">Begins at a key frame before the moment.</param>
/// <param name="At">The moment.</param>
/// <param name="HasOneKeyFrame">Whether the media is known to have one key frame up to the moment: its first.</param>
internal sealed record PicturePlan(ExportPlan Media, TimeSpan At, bool HasOneKeyFrame)
{
    // Later than any recording: the latest frame.
    private static readonly TimeSpan End = TimeSpan.FromDays(3650);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(2);

    /// <summary>Reads a moment; a moment that was not recorded is a problem that says why.</summary>
    /// <returns>Null without the query, which means the latest frame.</returns>
    public static async Task<TimeSpan?> ReadMomentAsync(HttpContext context, MediaLibrary library, LocalRecording recording)
    {
        var asked = Query.Text(context.Request, MediaQuery.At);
        if (asked is not null && MediaQuery.IsWallClock(asked, out var wall) && wall < recording.Description.StartedAt)
            throw new ProblemException(Problem.NotFound($"'{recording.Key}' began at {recording.Description.StartedAt:O}."));

        var at = await MediaQuery.ReadAsync(asked, MediaQuery.At, library, recording, context.RequestAborted);
        if (at is { } moment && recording.Reader.Read(moment, moment + TimeSpan.FromMilliseconds(1)).Gaps
                .FirstOrDefault(gap => gap.MediaTime <= moment && moment < gap.MediaTime + gap.Duration) is { } gap)
        {
            throw new ProblemException(Problem.NotFound(
                $"Nothing of '{recording.Key}' was recorded from {MediaQuery.Write(gap.MediaTime)} s for {MediaQuery.Write(gap.Duration)} s " +
                $"({gap.Cause}). {gap.Detail}".TrimEnd()));
        }

        return at;
    }

    /// <returns>Null if no media was recorded at the moment.</returns>
    public static async Task<PicturePlan?> FindAsync(
        LocalRecording recording, TimeSpan? at, MediaLibrary library, CancellationToken cancellationToken)
    {
        var near = at ?? recording.Reader.LastBlob()?.MediaTime;
        if (recording.Container != MediaContainer.Mp4)
        {
            var (rows, away) = await library.WantedAsync(recording, near, at + Step, MediaLibrary.SkipNone, cancellationToken);
            PlaybackEndpoints.RequireAll(recording, away);
            if (rows.Count == 0 || at < rows[0].Begin || (at is not null && EndOf(rows[^1].Extent) < at && rows[^1].Extent.FirstBlob > 0))
                return null;

            var time = at ?? (rows[^1].Extent.FirstBlob > 0 ? EndOf(rows[^1].Extent) : End);
            return ExportPlan.Of(rows, time, null) is { } plan ? new PicturePlan(plan, time, HasOneKeyFrame: false) : null;
        }

        var (extents, missing) = await library.PartsAsync(recording, near, at + Step, cancellationToken);
        PlaybackEndpoints.RequireAll(recording, missing);
        var parts = extents.Where(part => !part.IsEmpty).ToList();
        if (parts.Count == 0 || at < parts[0].Extent.MediaTime)
            return null;

        // Audio may begin a moment before the first frame.
        var first = parts[0].TimeOf(parts[0].First);
        at = at < first ? first : at;
        var latest = parts[^1].TimeOf(parts[^1].Count - 1);
        var found = ExportPlan.Of(parts, at ?? latest, at + Step);
        return found is null || at > found.From + found.Duration ? null
            : new PicturePlan(found with { Length = null }, at ?? End, HasOneKey(parts, found.From, at ?? End));
    }

    private static TimeSpan EndOf(Extent row) => row.MediaTime + row.Duration;

    private static bool HasOneKey(List<ExtentPart> parts, TimeSpan from, TimeSpan to)
    {
        var keys = 0;
        foreach (var part in parts)
        {
            if (!part.Map.KnowsKeys)
                return false;

            var begin = FragmentMap.Search(part.Count, index => part.TimeOf(index) >= from - Step);
            for (var i = Math.Max(begin, part.First); i < part.Count && part.TimeOf(i) <= to + Step && keys <= 1; i++)
                keys += part.Map[i].KeyCount;
        }

        return keys == 1;
    }
}
