namespace Recorder.Media.Fragments;

/// <summary>
/// Chooses which extents play where several nodes recorded the same time: those of the highest epoch, and where they have
/// nothing, those of the epoch before. So a hand-over, a take-over and a partition each give one timeline.
/// </summary>
internal static class ExtentChoice
{
    /// <summary>Nodes give the same frame times that differ by up to this much.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(50);

    /// <summary>The rounded times of one moment in several files differ by up to this much.</summary>
    public static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(0.1);

    public static IReadOnlyList<WantedExtent> Of(IEnumerable<WantedExtent> extents)
    {
        var chosen = new List<WantedExtent>();
        var covered = new List<(TimeSpan Begin, TimeSpan End)>();
        foreach (var epoch in extents.GroupBy(extent => extent.Extent.Epoch).OrderByDescending(group => group.Key))
        {
            foreach (var wanted in epoch)
            {
                var (begin, end) = (wanted.Extent.MediaTime, wanted.Extent.MediaTime + wanted.Extent.Duration);
                foreach (var (from, to) in Subtract(covered, begin, end))
                    chosen.Add(wanted with { From = from == begin ? null : from, To = to == end ? null : to });
            }

            Cover(covered, epoch);
        }

        return [.. chosen.OrderBy(wanted => wanted.Begin).ThenBy(wanted => wanted.Extent.Number)];
    }

    /// <summary>Finds the times of extents that cannot be read and that no chosen extent covers.</summary>
    public static IReadOnlyList<(Extent Extent, TimeSpan From, TimeSpan To)> Uncovered(
        IEnumerable<Extent> extents, IEnumerable<WantedExtent> chosen)
    {
        var covered = new List<(TimeSpan Begin, TimeSpan End)>();
        Cover(covered, chosen);
        return
        [
            .. extents.SelectMany(extent => Subtract(covered, extent.MediaTime, extent.MediaTime + extent.Duration)
                .Select(hole => (extent, hole.From, hole.To))),
        ];
    }

    // The stretches of an interval that are not covered, except those shorter than a frame.
    private static IEnumerable<(TimeSpan From, TimeSpan To)> Subtract(
        List<(TimeSpan Begin, TimeSpan End)> covered, TimeSpan begin, TimeSpan end)
    {
        var isEmpty = end == begin;
        foreach (var (from, to) in covered)
        {
            if (to <= begin)
                continue;

            if (from >= end)
                break;

            if (from - begin > Tolerance)
                yield return (begin, from);

            begin = to;
        }

        // An extent that is being recorded has no duration before its first blob.
        if (end - begin > Tolerance || (isEmpty && !covered.Exists(interval => interval.Begin <= begin && begin < interval.End)))
            yield return (begin, end);
    }

    private static void Cover(List<(TimeSpan Begin, TimeSpan End)> covered, IEnumerable<WantedExtent> extents)
    {
        covered.AddRange(extents.Select(wanted => (wanted.Extent.MediaTime, wanted.Extent.MediaTime + wanted.Extent.Duration)));
        covered.Sort();
        for (var i = covered.Count - 1; i > 0; i--)
        {
            if (covered[i].Begin <= covered[i - 1].End + Tolerance)
            {
                var end = covered[i].End > covered[i - 1].End ? covered[i].End : covered[i - 1].End;
                covered[i - 1] = (covered[i - 1].Begin, end);
                covered.RemoveAt(i);
            }
        }
    }
}
