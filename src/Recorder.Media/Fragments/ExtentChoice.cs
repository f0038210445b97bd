namespace Recorder.Media.Fragments;

/// <summary>An extent, and which part of it is wanted.</summary>
/// <param name="Row">The extent.</param>
/// <param name="Source">Where its bytes are.</param>
internal sealed record WantedExtent(Extent Row, IMediaSource Source)
{
    /// <summary>Where on the timeline what is wanted begins; null with the extent.</summary>
    public TimeSpan? From { get; init; }

    /// <summary>Where it ends; null with the extent.</summary>
    public TimeSpan? To { get; init; }

    /// <summary>Where what is wanted begins.</summary>
    public TimeSpan Begin => From ?? Row.MediaTime;

    /// <summary>The same of its fragments: from a key frame on, and those that are wanted for the most part.</summary>
    /// <param name="part">The extent, placed.</param>
    /// <param name="origin">Where the index's 0 is on the timeline of what is placed (<see cref="Mp4Timeline.OriginOf"/>).</param>
    public ExtentPart Cut(ExtentPart part, TimeSpan origin)
    {
        var (first, end) = (part.First, part.Count);
        if (From + origin is { } from)
        {
            first = FragmentMap.Search(part.Count, index => part.TimeOf(index) >= from - ExtentChoice.Tolerance);
            while (first < end && !part.Map[first].Key)
            {
                first++;
            }
        }

        if (To + origin is { } to)
        {
            end = FragmentMap.Search(part.Count, index => IsBehind(part.TimeOf(index), part.EndOf(index), to));
        }

        return part with { First = first, Count = Math.Max(first, end), Source = Source };
    }

    // Begins there, but for rounding, or is for the most part and by more than a frame.
    private static bool IsBehind(TimeSpan begin, TimeSpan end, TimeSpan to) =>
        begin >= to - ExtentChoice.Rounding || (end - to > ExtentChoice.Tolerance && begin + ((end - begin) / 2) >= to);
}

/// <summary>
/// Where several nodes recorded the same time, one of them plays: whoever took the recorder last (the highest epoch), and where that has
/// nothing, the one before. So a hand-over, a failover and a partition all make one timeline.
/// </summary>
internal static class ExtentChoice
{
    /// <summary>Nodes find the same frame at moments that differ by so much.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(50);

    /// <summary>By which the same moment differs from file to file.</summary>
    public static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(0.1);

    /// <summary>What of each extent plays, in the order of the timeline.</summary>
    public static IReadOnlyList<WantedExtent> Of(IEnumerable<WantedExtent> extents)
    {
        var chosen = new List<(TimeSpan Begin, WantedExtent Extent)>();
        var covered = new List<(TimeSpan Begin, TimeSpan End)>();
        foreach (var epoch in extents.GroupBy(extent => extent.Row.Epoch).OrderByDescending(group => group.Key))
        {
            var own = epoch.OrderBy(extent => extent.Row.MediaTime).ThenBy(extent => extent.Row.Number).ToList();
            foreach (var extent in own)
            {
                var (begin, end) = (extent.Row.MediaTime, extent.Row.MediaTime + extent.Row.Duration);
                foreach (var (from, to) in Without(covered, begin, end))
                {
                    chosen.Add((from, extent with { From = from == begin ? null : from, To = to == end ? null : to }));
                }
            }

            Cover(covered, own);
        }

        return [.. chosen.OrderBy(it => it.Begin).ThenBy(it => it.Extent.Row.Number).Select(it => it.Extent)];
    }

    /// <summary>What of extents that cannot be had nothing of what was chosen has.</summary>
    public static IReadOnlyList<(Extent Row, TimeSpan From, TimeSpan To)> Uncovered(IEnumerable<Extent> extents, IEnumerable<WantedExtent> chosen)
    {
        var covered = new List<(TimeSpan Begin, TimeSpan End)>();
        Cover(covered, chosen);
        return [.. extents.SelectMany(row => Without(covered, row.MediaTime, row.MediaTime + row.Duration).Select(hole => (row, hole.From, hole.To)))];
    }

    private static IEnumerable<(TimeSpan From, TimeSpan To)> Without(List<(TimeSpan Begin, TimeSpan End)> covered, TimeSpan begin, TimeSpan end)
    {
        var isEmpty = end == begin;
        foreach (var (from, to) in covered)
        {
            if (to <= begin)
            {
                continue;
            }

            if (from >= end)
            {
                break;
            }

            if (from - begin > Tolerance)
            {
                yield return (begin, from);
            }

            begin = to;
        }

        // What has no length yet is under way.
        if (end - begin > Tolerance || (isEmpty && !covered.Exists(it => it.Begin <= begin && begin < it.End)))
        {
            yield return (begin, end);
        }
    }

    private static void Cover(List<(TimeSpan Begin, TimeSpan End)> covered, IEnumerable<WantedExtent> extents)
    {
        covered.AddRange(extents.Select(extent => (extent.Row.MediaTime, extent.Row.MediaTime + extent.Row.Duration)));
        covered.Sort();
        for (var i = covered.Count - 1; i > 0; i--)
        {
            if (covered[i].Begin <= covered[i - 1].End + Tolerance)
            {
                covered[i - 1] = (covered[i - 1].Begin, covered[i].End > covered[i - 1].End ? covered[i].End : covered[i - 1].End);
                covered.RemoveAt(i);
            }
        }
    }
}
