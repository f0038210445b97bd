using Recorder.Actors.Catalogue;
using Recorder.Media;

namespace Recorder.Node.Api;

/// <summary>An interval of media without a gap; durations are milliseconds.</summary>
/// <param name="MediaTime">Its begin on the recording's timeline.</param>
/// <param name="Duration">Its duration.</param>
/// <param name="From">Wall-clock time of its begin.</param>
/// <param name="To">Wall-clock time of its end.</param>
internal sealed record TimelineInterval(TimeSpan MediaTime, TimeSpan Duration, DateTimeOffset From, DateTimeOffset To);

/// <summary>A gap: media that should have been recorded and was not; durations are milliseconds.</summary>
/// <param name="Cause">Its cause.</param>
/// <param name="MediaTime">Its begin on the recording's timeline.</param>
/// <param name="Duration">Its duration on the timeline.</param>
/// <param name="From">Wall-clock time of the last media before it.</param>
/// <param name="To">Wall-clock time of the first media after it.</param>
/// <param name="Packets">The number of lost packets; 0 if unknown.</param>
/// <param name="Detail">A description.</param>
internal sealed record TimelineGap(
    GapCause Cause, TimeSpan MediaTime, TimeSpan Duration, DateTimeOffset From, DateTimeOffset To, long Packets, string Detail);

/// <summary>A part of a recording that one node of a cluster has; durations are milliseconds.</summary>
/// <param name="Node">The node.</param>
/// <param name="Epoch">The term of the node: it rises each time the recorder changes its node.</param>
/// <param name="Late">Whether another node owned the recorder already.</param>
/// <param name="MediaTime">Its begin on the recording's timeline.</param>
/// <param name="Duration">Its duration on the timeline; parts of two epochs may overlap.</param>
internal sealed record TimelinePart(string Node, int Epoch, bool Late, TimeSpan MediaTime, TimeSpan Duration);

/// <summary>A named moment.</summary>
/// <param name="Label">Its name.</param>
/// <param name="MediaTime">Its place on the recording's timeline, milliseconds.</param>
/// <param name="At">Its wall-clock time.</param>
internal sealed record TimelineMark(string Label, TimeSpan MediaTime, DateTimeOffset At);

/// <summary>The timeline of a recording.</summary>
/// <param name="Key">The recording.</param>
/// <param name="Intervals">The intervals that exist, in order.</param>
/// <param name="Gaps">The gaps, in order.</param>
/// <param name="Marks">Named moments, in order.</param>
/// <param name="Parts">The parts by node, in order; absent without a cluster.</param>
internal sealed record TimelineAnswer(
    string Key, IReadOnlyList<TimelineInterval> Intervals, IReadOnlyList<TimelineGap> Gaps, IReadOnlyList<TimelineMark> Marks,
    IReadOnlyList<TimelinePart>? Parts = null)
{
    public static readonly QueryParameter From = new(
        "from", "string", "Only media after this moment: seconds of the recording's timeline (12.5), or a time (RFC 3339).");

    public static readonly QueryParameter To = new(
        "to", "string", "Only media before this moment: seconds of the recording's timeline, or a time (RFC 3339).");

    // The end of a file and the begin of the next one differ by rounding.
    private static readonly TimeSpan Seam = TimeSpan.FromMilliseconds(2);

    // The clock of a camera may be adjusted by this much; a larger difference is a pause or a gap.
    private static readonly TimeSpan ClockStep = TimeSpan.FromSeconds(1);

    public static async Task<TimelineAnswer> ReadAsync(
        RecordingRow row, HttpRequest request, ICatalogue catalogue, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (from, to) = (Moment.Read(request, From), Moment.Read(request, To));
        // The wall clock runs on in pauses and gaps, so media of a wall-clock time can lie earlier on the timeline by this much.
        var late = (row.EndedAt ?? now) - row.StartedAt - row.Duration + ClockStep;
        var earliest = from.Media ?? (from.Wall is { } wall ? wall - row.StartedAt - late : null);
        var latest = to.Media ?? (to.Wall is { } end ? end - row.StartedAt + ClockStep : null);
        if (earliest >= latest)
            throw new ProblemException(Problem.Type("'to' must be later than 'from'."));

        var extents = await catalogue.ListExtentsAsync(row.Key, earliest, latest, cancellationToken);
        var gaps = await catalogue.ListGapsAsync(row.Key, earliest, latest, cancellationToken);
        var marks = await catalogue.ListMarksAsync(row.Key, cancellationToken);
        return new TimelineAnswer(
            row.Key.ToString(),
            [.. Merge(extents, gaps).Where(interval => IsIn(interval.MediaTime, interval.Duration, interval.From, interval.To))],
            [
                .. gaps.Where(gap => IsIn(gap.MediaTime, gap.Duration, gap.From, gap.To)).Select(gap => new TimelineGap(
                    gap.Cause, gap.MediaTime, gap.Duration, gap.From, gap.To, gap.Packets, gap.Detail)),
            ],
            [.. marks.Where(mark => IsIn(mark.MediaTime, TimeSpan.Zero, mark.At, mark.At)).Select(mark => new TimelineMark(
                mark.Label, mark.MediaTime, mark.At))],
            PartsOf(extents));

        bool IsIn(TimeSpan media, TimeSpan duration, DateTimeOffset begin, DateTimeOffset over) =>
            !(media + duration < from.Media || media > to.Media || over < from.Wall || begin > to.Wall);
    }

    /// <summary>Merges consecutive files into intervals, and cuts these at gaps.</summary>
    internal static List<TimelineInterval> Merge(
        IReadOnlyList<Extent> extents, IReadOnlyList<RecorderProtocol.GapRecorded> gaps)
    {
        var holes = gaps.Where(gap => gap.Duration > TimeSpan.Zero && gap.Cause != GapCause.Muted).ToList();
        var merged = new List<TimelineInterval>();
        foreach (var part in extents.SelectMany(extent => Cut(IntervalOf(extent), holes)))
        {
            if (merged is not [.., var last])
            {
                merged.Add(part);
                continue;
            }

            // Two nodes may have recorded the same time, one of them for longer.
            var (end, reach) = (last.MediaTime + last.Duration, part.MediaTime + part.Duration - last.MediaTime);
            var isSameClock = (part.From - (last.To + (part.MediaTime - end))).Duration() <= ClockStep;
            if (part.MediaTime - end <= Seam && isSameClock)
                merged[^1] = reach > last.Duration ? last with { Duration = reach, To = part.To } : last;
            else if (part.MediaTime >= end)
                merged.Add(part);
            else if (reach > last.Duration)
                merged.Add(new TimelineInterval(end, reach - last.Duration, part.From + (end - part.MediaTime), part.To));
        }

        return merged;
    }

    private static List<TimelinePart>? PartsOf(IReadOnlyList<Extent> extents)
    {
        var parts = extents.Where(extent => extent.Node is not null).GroupBy(extent => (extent.Node, extent.Epoch, extent.IsLate)).Select(part =>
        {
            var begin = part.Min(extent => extent.MediaTime);
            return new TimelinePart(part.Key.Node!, part.Key.Epoch, part.Key.IsLate, begin, part.Max(extent => extent.MediaTime + extent.Duration) - begin);
        }).OrderBy(part => part.MediaTime).ToList();
        return parts.Count == 0 ? null : parts;
    }

    private static TimelineInterval IntervalOf(Extent extent) =>
        new(extent.MediaTime, extent.Duration, extent.CapturedAt, extent.CapturedAt + extent.Duration);

    private static IEnumerable<TimelineInterval> Cut(TimelineInterval whole, List<RecorderProtocol.GapRecorded> holes)
    {
        var rest = whole;
        foreach (var hole in holes)
        {
            var (begin, end) = (hole.MediaTime, hole.MediaTime + hole.Duration);
            if (end <= rest.MediaTime || begin >= rest.MediaTime + rest.Duration)
                continue;

            if (begin > rest.MediaTime)
                yield return rest with { Duration = begin - rest.MediaTime, To = rest.From + (begin - rest.MediaTime) };

            if (end >= rest.MediaTime + rest.Duration)
                yield break;

            rest = rest with
            {
                MediaTime = end,
                Duration = rest.MediaTime + rest.Duration - end,
                From = rest.From + (end - rest.MediaTime),
            };
        }

        yield return rest;
    }

    /// <summary>A moment of a query: on the timeline or the wall clock, or neither.</summary>
    private readonly record struct Moment(TimeSpan? Media, DateTimeOffset? Wall)
    {
        public static Moment Read(HttpRequest request, QueryParameter parameter) =>
            Query.Text(request, parameter) is not { } text ? default
                : Query.IsSeconds(text, out var seconds) ? new Moment(seconds, null)
                : new Moment(null, Query.ReadTime(request, parameter));
    }
}
