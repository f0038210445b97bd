using Recorder.Media.Mp4;


namespace Recorder.Media.Fragments;

/// <summary>
/// Puts extents, each of which counts from 0, on one timeline. An extent's 0 is the decode time of its first picture; that of the first
/// extent is when its first picture is shown, which with B-frames is later.
/// </summary>
internal static class Mp4Timeline
{
    // The index counts in milliseconds with fractions, an edit list's waiting in whole ones: two cannot be told apart.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(2);

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
        return run.Exists ? Mp4Time.ToTime(run.Start - track.Delay, track.Timescale) : TimeSpan.Zero;
    }

    /// <summary>
    /// What is added to the times of each track of an extent so that they follow those before: where they nearly do, exactly; where they
    /// would step back, as little later as possible.
    /// </summary>
    /// <param name="part">The extent.</param>
    /// <param name="range">The fragments that are wanted.</param>
    /// <param name="zero">The moment of the recording's timeline that becomes 0.</param>
    /// <param name="places">Which track of the file each of the extent's becomes; below 0 none.</param>
    /// <param name="scales">Units a second of the file's tracks.</param>
    /// <param name="skips">What the edit list skips of each of the file's tracks.</param>
    /// <param name="ends">Where each of the file's tracks ended; below 0 before it began. Moves on.</param>
    /// <returns>For each track of the extent, in the timescale of what it becomes.</returns>
    public static long[] ShiftsOf(
        ExtentPart part, Range range, TimeSpan zero, IReadOnlyList<int> places, IReadOnlyList<uint> scales, ReadOnlySpan<long> skips,
        Span<FragmentRun> ends)
    {
        var tracks = part.Header.Tracks;
        var shifts = new long[tracks.Count];
        var (first, count) = range.GetOffsetAndLength(part.Count);
        for (var track = 0; track < shifts.Length; track++)
        {
            var place = places[track];
            var (opening, closing) = (RunAtBegin(part, track, first, count), RunAtEnd(part, track, first, count));
            if (place < 0 || !opening.Exists)
            {
                continue;
            }

            var (own, scale) = (tracks[track].Timescale, scales[place]);
            shifts[track] = Mp4Time.ToUnits(part.Zero - zero, scale) - Mp4Time.Rescale(tracks[track].Delay, own, scale) + skips[place];
            var start = Mp4Time.Rescale(opening.Start, own, scale) + shifts[track];
            var end = ends[place];
            if (end.Exists && Math.Abs(start - end.End) <= Math.Max(1, Mp4Time.ToUnits(Tolerance, scale)))
            {
                shifts[track] += end.End - start;
            }
            else
            {
                var earliest = end.Exists ? end.End - end.LastDuration + 1 : 0;
                shifts[track] += Math.Max(0, earliest - start);
            }

            closing = closing.Scale(own, scale);
            ends[place] = closing with { Start = closing.Start + shifts[track] };
        }

        return shifts;
    }

    private static FragmentRun RunAtBegin(ExtentPart part, int track, int first, int count)
    {
        var run = FragmentRun.None;
        for (var i = first; i < first + count && !run.Exists; i++)
        {
            run = part.Map.Run(i, track);
        }

        return run;
    }

    private static FragmentRun RunAtEnd(ExtentPart part, int track, int first, int count)
    {
        var run = FragmentRun.None;
        for (var i = first + count - 1; i >= first && !run.Exists; i--)
        {
            run = part.Map.Run(i, track);
        }

        return run;
    }
}
