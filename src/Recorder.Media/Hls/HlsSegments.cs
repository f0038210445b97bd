using Recorder.Media.Fragments;
using Recorder.Media.Mp4;

namespace Recorder.Media.Hls;

/// <summary>Fragments of an extent that a playlist lists as one segment.</summary>
/// <param name="First">The first of them.</param>
/// <param name="End">Behind the last.</param>
internal readonly record struct HlsSegment(int First, int End);

/// <summary>Silence in a segment.</summary>
/// <param name="Before">The fragment that it stands in front of.</param>
/// <param name="From">When it begins, in the track's timescale as the extent counts it.</param>
/// <param name="Frames">How many frames.</param>
internal readonly record struct SilentHole(int Before, long From, int Frames);

/// <summary>
/// Cuts extents into segments, and finds where their sound is missing. What it says of a segment never changes while the extent grows. Players
/// need a key frame behind a gap, and sound as long as the pictures at both sides of it: else they wait where the shorter one ends.
/// </summary>
internal static class HlsSegments
{
    /// <summary>Longest segment. The same in every playlist and as long as it lives (RFC 8216, 6.2.1).</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(6);

    /// <summary>A longer stretch without media is told as a gap; a shorter one players pass over.</summary>
    public static readonly TimeSpan ShortestGap = TimeSpan.FromSeconds(0.5);

    // Segments that are shorter join with the next: playlists stay short, and players ask seldom.
    private static readonly TimeSpan ShortestSegment = TimeSpan.FromSeconds(1);

    // Durations count as they are rounded to whole seconds (RFC 8216, 4.3.3.1).
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(0.49);

    // Players pass over a shorter one where pictures begin and end.
    private static readonly TimeSpan ShortestHole = TimeSpan.FromSeconds(0.1);

    // By so much silence ends before the pictures: the sound of the next segment may begin before its pictures.
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(0.2);

    /// <summary>The segments of an extent: a group of pictures or several; of a longer one as much as a segment may have.</summary>
    /// <param name="part">The extent.</param>
    /// <param name="isOpen">Whether more is to come: then the last segment is not complete and is left out.</param>
    public static IEnumerable<HlsSegment> Of(ExtentPart part, bool isOpen)
    {
        var start = BeginFrom(part, part.First);
        for (var index = start + 1; index < part.Count; index++)
        {
            var isBehindGap = IsBehindGap(part, index);
            if (isBehindGap ||
                part.EndOf(index) - part.TimeOf(start) > Longest + Rounding ||
                (part.Map[index].Key && part.TimeOf(index) - part.TimeOf(start) >= ShortestSegment))
            {
                var plays = Plays(part, start, index);
                if (plays)
                {
                    yield return new HlsSegment(start, index);
                }

                start = isBehindGap || !plays ? BeginFrom(part, index) : index;
                index = start;
            }
        }

        if (!isOpen && start < part.Count && Plays(part, start, part.Count))
        {
            yield return new HlsSegment(start, part.Count);
        }
    }

    /// <summary>Where the sound of a segment is missing.</summary>
    /// <param name="part">The extent.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="track">Index of the extent's track of sound; below 0 when it has none.</param>
    /// <param name="sound">What its silence is.</param>
    public static IReadOnlyList<SilentHole> Holes(ExtentPart part, HlsSegment segment, int track, SilentSound sound)
    {
        var source = track < 0 ? null : part.Header.Tracks[track];
        var scale = source?.Timescale ?? sound.Rate;
        var holes = new List<SilentHole>();
        var begin = UnitsOf(part.Map.TimeOf(segment.First));
        var earliest = UnitsOf(part.Map.TimeOf(segment.First) - Lead);
        var usual = Mp4Time.ToUnits(ShortestGap, scale);
        var atSeam = Mp4Time.ToUnits(ShortestHole, scale);
        var (opens, closes) = (segment.First == 0 || IsBehindGap(part, segment.First), segment.End == part.Map.Count || IsBehindGap(part, segment.End));
        var silentTo = opens ? begin : Math.Max(SoundedBefore(part, segment.First, track) ?? 0, earliest);
        // Silence that began before goes on without a step.
        var shortest = opens ? atSeam : silentTo == earliest ? sound.FrameDuration : usual;
        for (var index = segment.First; track >= 0 && index < segment.End; index++)
        {
            if (part.Map.Run(index, track) is { Exists: true } run)
            {
                Fill(index, run.Start);
                (silentTo, shortest) = (Math.Max(silentTo, run.End), usual);
            }
        }

        shortest = closes ? Math.Min(shortest, atSeam) : shortest;
        Fill(segment.End, UnitsOf(part.EndOf(segment.End - 1) - part.Zero - (closes ? TimeSpan.Zero : Lead)));
        return holes;

        long UnitsOf(TimeSpan time) => Math.Max(0, Mp4Time.ToUnits(time, scale) + (source?.Delay ?? 0));

        void Fill(int before, long until)
        {
            if (until - silentTo >= shortest && sound.Frames(silentTo, until) is > 0 and var frames)
            {
                holes.Add(new SilentHole(before, silentTo, frames));
                silentTo = until;
            }
        }
    }

    /// <summary>The bytes of a segment with silence where its sound is missing.</summary>
    public static IReadOnlyList<MediaPiece> Pieces(ExtentPart part, HlsSegment segment, int track, SilentSound sound)
    {
        var id = track < 0 ? HlsHeader.AddedTrack(part.Header) : part.Header.Tracks[track].Id;
        var pieces = new List<MediaPiece>();
        var from = segment.First;
        foreach (var hole in Holes(part, segment, track, sound))
        {
            AddFragments(from, hole.Before);
            var bytes = SilentFragment.Write(sound, id, (uint)hole.Before + 1, hole.From, hole.Frames);
            pieces.Add(new MediaPiece(null, 0, bytes.Length, bytes));
            from = hole.Before;
        }

        AddFragments(from, segment.End);
        return pieces;

        void AddFragments(int first, int end)
        {
            if (first < end)
            {
                var (opening, closing) = (part.Map[first], part.Map[end - 1]);
                pieces.Add(new MediaPiece(part.Source, opening.Offset, closing.Offset + closing.Length - opening.Offset, default));
            }
        }
    }

    private static bool IsBehindGap(ExtentPart part, int index) => index > part.First && part.TimeOf(index) - part.EndOf(index - 1) >= ShortestGap;

    // The first fragment from here on that a player can begin with.
    private static int BeginFrom(ExtentPart part, int index)
    {
        var isAny = !HasPictures(part) || !part.Map.KnowsKeys;
        while (!isAny && index < part.Count && !part.Map[index].Key)
        {
            index++;
        }

        return index;
    }

    // Sound alone is no segment among pictures: it is told as a gap.
    private static bool Plays(ExtentPart part, int first, int end)
    {
        var plays = !HasPictures(part);
        for (var index = first; index < end && !plays; index++)
        {
            plays = part.Map.Run(index, part.Header.Reference).Exists;
        }

        return plays;
    }

    private static bool HasPictures(ExtentPart part) => part.Header.Tracks[part.Header.Reference].IsVideo;

    // Where the sound before a segment ended; null where there was none for longer than is looked back.
    private static long? SoundedBefore(ExtentPart part, int first, int track)
    {
        for (var index = first - 1; track >= 0 && index >= 0 && part.Map.TimeOf(first) - part.Map.TimeOf(index) <= Longest; index--)
        {
            if (part.Map.Run(index, track) is { Exists: true } run)
            {
                return run.End;
            }
        }

        return null;
    }
}
