using Recorder.Actors.Catalogue;

namespace Recorder.Actors.Playback;

/// <summary>An extent and where its fragments are.</summary>
internal sealed record ExtentPart(ExtentRow Row, FragmentMap Map)
{
    public Mp4Header Header => Map.Header;

    /// <summary>Where its bytes are.</summary>
    public IMediaSource Source { get; init; } = new LocalMedia(Row.Path);

    /// <summary>The first fragment that is wanted: what is before, another part has.</summary>
    public int First { get; init; }

    /// <summary>Behind the last fragment that is wanted: those known when the part was made, as the map may grow.</summary>
    public int Count { get; init; } = Map.Count;

    /// <summary>Whether nothing is wanted.</summary>
    public bool IsEmpty => Count <= First;

    /// <summary>The moment of the recording's timeline that is the extent's 0.</summary>
    public TimeSpan Zero { get; init; } = Row.MediaTime;

    /// <summary>
    /// When a fragment begins, on the recording's timeline: its first picture is shown then, or, within a group of pictures with B-frames,
    /// would be if pictures were shown in the order in which they are decoded. Rises from fragment to fragment.
    /// </summary>
    public TimeSpan TimeOf(int fragment)
    {
        var track = Header.Tracks[Header.Reference];
        var run = Map.Run(fragment, Header.Reference);
        // A fragment without the reference track is of the time of the one before it.
        while (!run.Exists && fragment > 0)
        {
            run = Map.Run(--fragment, Header.Reference);
        }

        var start = run.Exists ? run.Start + Math.Max(0, Map.Run(0, Header.Reference).Shown) : 0;
        return Zero + Mp4Timeline.ToTime(start - track.Delay, track.Timescale);
    }

    /// <summary>When the reference track's last sample of a fragment ends.</summary>
    public TimeSpan EndOf(int fragment)
    {
        var run = Map.Run(fragment, Header.Reference);
        return TimeOf(fragment) + (run.Exists ? Mp4Timeline.ToTime(run.Duration, Header.Tracks[Header.Reference].Timescale) : TimeSpan.Zero);
    }
}

/// <summary>
/// Puts extents, each of which counts from 0, on one timeline. An extent's 0 is the decode time of its first picture; that of the first
/// extent is when its first picture is shown, which with B-frames is later.
/// </summary>
internal static class Mp4Timeline
{
    // The index counts in milliseconds with fractions, an edit list's waiting in whole ones: two cannot be told apart.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(2);

    public static TimeSpan ToTime(long units, uint timescale) => new((long)((Int128)units * TimeSpan.TicksPerSecond / timescale));

    public static long ToUnits(TimeSpan time, uint timescale)
    {
        var product = (Int128)time.Ticks * timescale;
        var half = product < 0 ? -TimeSpan.TicksPerSecond / 2 : TimeSpan.TicksPerSecond / 2;
        return (long)((product + half) / TimeSpan.TicksPerSecond);
    }

    /// <summary>States the <see cref="ExtentPart.Zero"/> of each.</summary>
    public static IReadOnlyList<ExtentPart> Place(IReadOnlyList<ExtentPart> parts)
    {
        // What was placed before and has lost the first since stays where it is.
        if (!parts.Any(part => part.Row.Number == 1))
        {
            return parts;
        }

        var origin = OriginOf(parts);
        return [.. parts.Select(part => part.Row.Number == 1 ? part : part with { Zero = part.Row.MediaTime + origin })];
    }

    /// <summary>Where the index's 0 is on the timeline of what is placed: the first picture's decode time; 0 without the first extent.</summary>
    public static TimeSpan OriginOf(IReadOnlyList<ExtentPart> parts)
    {
        if (parts.FirstOrDefault(part => part.Row.Number == 1) is not { Map.Count: > 0 } first)
        {
            return TimeSpan.Zero;
        }

        var track = first.Header.Tracks[first.Header.Reference];
        var run = first.Map.Run(0, first.Header.Reference);
        return run.Exists ? ToTime(run.Start - track.Delay, track.Timescale) : TimeSpan.Zero;
    }

    /// <summary>
    /// What is added to the times of each track of an extent so that they follow those before: where they nearly do, exactly; where they
    /// would step back, as little later as possible.
    /// </summary>
    /// <param name="part">The extent.</param>
    /// <param name="range">The fragments that are wanted.</param>
    /// <param name="zero">The moment of the recording's timeline that becomes 0.</param>
    /// <param name="skips">What the edit list skips of each track.</param>
    /// <param name="ends">Where each track ended; below 0 before the first extent. Moves on.</param>
    public static long[] ShiftsOf(ExtentPart part, Range range, TimeSpan zero, ReadOnlySpan<long> skips, Span<FragmentRun> ends)
    {
        var tracks = part.Header.Tracks;
        var shifts = new long[tracks.Count];
        var (first, count) = range.GetOffsetAndLength(part.Count);
        for (var track = 0; track < shifts.Length; track++)
        {
            var scale = tracks[track].Timescale;
            shifts[track] = ToUnits(part.Zero - zero, scale) - tracks[track].Delay + skips[track];
            var opening = FragmentRun.None;
            var closing = FragmentRun.None;
            for (var i = first; i < first + count && !opening.Exists; i++)
            {
                opening = part.Map.Run(i, track);
            }

            for (var i = first + count - 1; i >= first && !closing.Exists; i--)
            {
                closing = part.Map.Run(i, track);
            }

            if (!opening.Exists)
            {
                continue;
            }

            var start = opening.Start + shifts[track];
            var end = ends[track];
            if (end.Exists && Math.Abs(start - end.End) <= Math.Max(1, ToUnits(Tolerance, scale)))
            {
                shifts[track] += end.End - start;
            }
            else
            {
                var earliest = end.Exists ? end.End - end.LastDuration + 1 : 0;
                shifts[track] += Math.Max(0, earliest - start);
            }

            ends[track] = closing with { Start = closing.Start + shifts[track] };
        }

        return shifts;
    }
}
