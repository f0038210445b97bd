using Recorder.Media.Fragments;
using Recorder.Media.Mp4;

namespace Recorder.Media.Hls;

/// <param name="End">Behind the last fragment.</param>
internal readonly record struct HlsSegment(int First, int End);

/// <summary>
/// Cuts extents into segments. A segment never changes while the extent grows. Behind a gap a segment begins with a key frame,
/// because players need one there.
/// </summary>
internal static class HlsSegments
{
    /// <summary>Longest segment. The same in every playlist for its whole life (RFC 8216, 6.2.1).</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(6);

    /// <summary>Shortest stretch without media that a playlist states as a gap; players play on over shorter ones.</summary>
    public static readonly TimeSpan ShortestGap = TimeSpan.FromSeconds(0.5);

    // Shorter segments are joined, so that playlists stay short and players make few requests.
    private static readonly TimeSpan ShortestSegment = TimeSpan.FromSeconds(1);

    // Durations count rounded to whole seconds (RFC 8216, 4.3.3.1).
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(0.49);

    /// <summary>Lists the segments of an extent: one GOP or several; of a longer GOP as much as a segment may have.</summary>
    /// <param name="isOpen">Whether the extent grows: then the last segment is incomplete and left out.</param>
    public static IEnumerable<HlsSegment> Of(ExtentPart part, bool isOpen)
    {
        var start = FirstPlayable(part, part.First);
        for (var index = start + 1; index < part.Count; index++)
        {
            var isBehindGap = IsBehindGap(part, index);
            if (isBehindGap ||
                part.EndOf(index) - part.TimeOf(start) > Longest + Rounding ||
                (part.Map[index].Key && part.TimeOf(index) - part.TimeOf(start) >= ShortestSegment))
            {
                var isPlayable = HasReferenceTrack(part, start, index);
                if (isPlayable)
                    yield return new HlsSegment(start, index);

                start = isBehindGap || !isPlayable ? FirstPlayable(part, index) : index;
                index = start;
            }
        }

        if (!isOpen && start < part.Count && HasReferenceTrack(part, start, part.Count))
            yield return new HlsSegment(start, part.Count);
    }

    public static IReadOnlyList<MediaPiece> Pieces(ExtentPart part, HlsSegment segment, int track, SilentSound sound)
    {
        var id = track < 0 ? HlsHeader.AddedTrack(part.Header) : part.Header.Tracks[track].Id;
        var pieces = new List<MediaPiece>();
        var from = segment.First;
        foreach (var hole in SilentHoles.Of(part, segment, track, sound))
        {
            AddFragments(from, hole.Before);
            pieces.Add(MediaPiece.Of(SilentFragment.Write(sound, id, (uint)hole.Before + 1, hole.From, hole.Frames)));
            from = hole.Before;
        }

        AddFragments(from, segment.End);
        return pieces;

        void AddFragments(int first, int end)
        {
            if (first < end)
            {
                var (opening, closing) = (part.Map[first], part.Map[end - 1]);
                var length = closing.Offset + closing.Length - opening.Offset;
                pieces.Add(new MediaPiece(part.Source, opening.Offset, length, default));
            }
        }
    }

    public static bool IsBehindGap(ExtentPart part, int index) =>
        index > part.First && part.TimeOf(index) - part.EndOf(index - 1) >= ShortestGap;

    // The first fragment at or behind an index that a player can begin with.
    private static int FirstPlayable(ExtentPart part, int index)
    {
        var isAnyPlayable = !HasVideo(part) || !part.Map.KnowsKeys;
        while (!isAnyPlayable && index < part.Count && !part.Map[index].Key)
            index++;

        return index;
    }

    // Sound alone is no segment in a playlist with video: it becomes a gap.
    private static bool HasReferenceTrack(ExtentPart part, int first, int end) =>
        !HasVideo(part) || new FragmentRange(part, first, end).Has(part.Header.Reference);

    private static bool HasVideo(ExtentPart part) => part.Header.Tracks[part.Header.Reference].IsVideo;
}
