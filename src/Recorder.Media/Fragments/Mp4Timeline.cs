using Recorder.Media.Mp4;

namespace Recorder.Media.Fragments;

/// <summary>
/// Puts extents, each of which counts from 0, on one timeline. The index places an extent by the decode time of its first frame;
/// the timeline begins where the first extent's first frame is shown, which with B-frames is later.
/// </summary>
internal static class Mp4Timeline
{
    // The index counts in fractions of milliseconds, an edit list in whole ones: a difference of up to this much is rounding.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(2);

    public static IReadOnlyList<ExtentPart> Place(IReadOnlyList<ExtentPart> parts)
    {
        // Parts that were placed before the first extent was left out are not placed again.
        if (!parts.Any(part => part.Extent.Number == 1))
            return parts;

        var origin = OriginOf(parts);
        return [.. parts.Select(part => part.Extent.Number == 1 ? part : part with { Zero = part.Extent.MediaTime + origin })];
    }

    // The decode time of the first frame, or 0 without the first extent.
    public static TimeSpan OriginOf(IReadOnlyList<ExtentPart> parts)
    {
        if (parts.FirstOrDefault(part => part.Extent.Number == 1) is not { Map.Count: > 0 } first)
            return TimeSpan.Zero;

        var track = first.Header.Tracks[first.Header.Reference];
        var run = first.Map.Run(0, first.Header.Reference);
        return run.Exists ? Mp4Time.ToTime(run.Start - track.Delay, track.Timescale) : TimeSpan.Zero;
    }

    /// <summary>Shifts the tracks. A small difference is removed; a step back becomes the smallest possible delay.</summary>
    /// <param name="ends">The last run of each of the file's tracks, which is replaced by that of this extent.</param>
    /// <returns>A shift for each track of the extent, in the timescale of the file's track.</returns>
    public static long[] ShiftsOf(
        FragmentRange range, TimeSpan zero, IReadOnlyList<int> trackMap, IReadOnlyList<uint> scales, ReadOnlySpan<long> skips,
        Span<FragmentRun> ends)
    {
        var tracks = range.Part.Header.Tracks;
        var shifts = new long[tracks.Count];
        for (var track = 0; track < shifts.Length; track++)
        {
            var target = trackMap[track];
            var opening = range.FirstRun(track);
            if (target < 0 || !opening.Exists)
                continue;

            var (own, scale) = (tracks[track].Timescale, scales[target]);
            var delay = Mp4Time.Rescale(tracks[track].Delay, own, scale);
            var shift = Mp4Time.ToUnits(range.Part.Zero - zero, scale) - delay + skips[target];
            var start = Mp4Time.Rescale(opening.Start, own, scale) + shift;
            var end = ends[target];
            if (end.Exists && Math.Abs(start - end.End) <= Math.Max(1, Mp4Time.ToUnits(Tolerance, scale)))
            {
                shift += end.End - start;
            }
            else
            {
                var earliest = end.Exists ? end.End - end.LastDuration + 1 : 0;
                shift += Math.Max(0, earliest - start);
            }

            var closing = range.LastRun(track).Scale(own, scale);
            ends[target] = closing with { Start = closing.Start + shift };
            shifts[track] = shift;
        }

        return shifts;
    }
}
