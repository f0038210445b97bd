using Recorder.Contracts;
using Recorder.Media;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Cluster.Index;

/// <summary>
/// What is really missing of a recording. A node that takes over tells a gap for the time that it knows nothing of; if the node before it was only cut off,
/// that one has recorded the time, which is known when its journal arrives. A gap is as long as no other node has media of it. The event stays as it was.
/// </summary>
internal static class GapCover
{
    // The end of a file and the begin of the next one differ by rounding.
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(2);

    /// <summary>Cuts gaps to what is missing.</summary>
    /// <param name="gaps">The gaps, each with the node that told of it.</param>
    /// <param name="all">All gaps of the same time.</param>
    /// <param name="extents">All extents of that time.</param>
    public static IReadOnlyList<GapRecorded> Cut(
        IReadOnlyList<(string Node, GapRecorded Gap)> gaps, IReadOnlyList<(string Node, GapRecorded Gap)> all, IReadOnlyList<Extent> extents)
    {
        var byNode = extents.GroupBy(extent => extent.Node!).ToDictionary(
            node => node.Key,
            node => all.Where(told => told.Node == node.Key && IsMissing(told.Gap)).Aggregate(
                node.Select(extent => new Span(extent.MediaTime, extent.MediaTime + extent.Duration)).ToList(), (spans, told) => Subtract(spans, SpanOf(told.Gap))));
        // Which node told of a gap was not kept at first.
        return [.. gaps.SelectMany(told => told.Node.Length == 0 || !IsMissing(told.Gap) ? [told.Gap] : Cut(told.Gap, byNode.Where(node => node.Key != told.Node).SelectMany(node => node.Value)))];
    }

    private static IEnumerable<GapRecorded> Cut(GapRecorded gap, IEnumerable<Span> media) =>
        media.Aggregate(new List<Span> { SpanOf(gap) }, Subtract).Select(rest => rest == SpanOf(gap) ? gap : gap with
        {
            MediaTime = rest.From,
            Duration = rest.To - rest.From,
            From = gap.From + (rest.From - gap.MediaTime),
            To = gap.From + (rest.To - gap.MediaTime),
            Packets = 0,
        });

    private static List<Span> Subtract(List<Span> spans, Span taken) =>
    [
        .. spans.SelectMany(span => taken.To <= span.From || taken.From >= span.To
                ? [span]
                : new[] { span with { To = taken.From }, span with { From = taken.To } })
            .Where(span => span.To - span.From > Rounding),
    ];

    // A gap without a length on the timeline covers nothing, and a muted track's time has the other tracks.
    private static bool IsMissing(GapRecorded gap) => gap.Duration > TimeSpan.Zero && gap.Cause != GapCause.Muted;

    private static Span SpanOf(GapRecorded gap) => new(gap.MediaTime, gap.MediaTime + gap.Duration);

    private readonly record struct Span(TimeSpan From, TimeSpan To);
}
