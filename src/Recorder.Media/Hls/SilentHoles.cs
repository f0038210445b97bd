using Recorder.Media.Fragments;
using Recorder.Media.Mp4;

namespace Recorder.Media.Hls;

/// <param name="Before">The fragment before which the silence stands.</param>
/// <param name="From">When it begins, in the track's timescale and from the extent's 0.</param>
internal readonly record struct SilentHole(int Before, long From, int Frames);

/// <summary>
/// Finds where the sound of segments is missing. Players need sound as long as the video at both ends of an extent and of a gap,
/// else they wait where the shorter track ends. The holes of a segment never change while the extent grows.
/// </summary>
internal sealed class SilentHoles
{
    // Players play on over shorter holes where video begins and ends.
    private static readonly TimeSpan ShortestAtSeam = TimeSpan.FromSeconds(0.1);

    // Silence ends this much before the video, because the sound of the next segment may begin before its video.
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(0.2);

    // The sound of segments further back does not matter.
    private static readonly TimeSpan LookBack = HlsSegments.Longest;

    private readonly ExtentPart _part;
    private readonly int _track;
    private readonly SilentSound _sound;
    private readonly uint _scale;
    private readonly List<SilentHole> _found = [];
    private long _filledTo;

    private SilentHoles(ExtentPart part, int track, SilentSound sound)
    {
        (_part, _track, _sound) = (part, track, sound);
        _scale = track < 0 ? sound.Rate : part.Header.Tracks[track].Timescale;
    }

    public static IReadOnlyList<SilentHole> Of(ExtentPart part, HlsSegment segment, int track, SilentSound sound)
    {
        var holes = new SilentHoles(part, track, sound);
        holes.Find(segment);
        return holes._found;
    }

    private void Find(HlsSegment segment)
    {
        var begin = UnitsOf(_part.Map.TimeOf(segment.First));
        var earliest = UnitsOf(_part.Map.TimeOf(segment.First) - Lead);
        var shortestInside = Mp4Time.ToUnits(HlsSegments.ShortestGap, _scale);
        var shortestAtSeam = Mp4Time.ToUnits(ShortestAtSeam, _scale);
        var isOpening = segment.First == 0 || HlsSegments.IsBehindGap(_part, segment.First);
        var isClosing = segment.End == _part.Map.Count || HlsSegments.IsBehindGap(_part, segment.End);
        _filledTo = isOpening ? begin : Math.Max(EndOfSoundBefore(segment.First) ?? 0, earliest);
        // Silence that goes on from the segment before needs no minimum.
        var shortest = isOpening ? shortestAtSeam : _filledTo == earliest ? _sound.FrameDuration : shortestInside;
        for (var index = segment.First; _track >= 0 && index < segment.End; index++)
        {
            if (_part.Map.Run(index, _track) is { Exists: true } run)
            {
                Fill(index, run.Start, shortest);
                (_filledTo, shortest) = (Math.Max(_filledTo, run.End), shortestInside);
            }
        }

        var end = _part.Map.TimeOf(segment.End - 1) + _part.Map.DurationOf(segment.End - 1);
        Fill(segment.End, UnitsOf(isClosing ? end : end - Lead), isClosing ? Math.Min(shortest, shortestAtSeam) : shortest);
    }

    private void Fill(int before, long until, long shortest)
    {
        if (until - _filledTo >= shortest && _sound.Frames(_filledTo, until) is > 0 and var frames)
        {
            _found.Add(new SilentHole(before, _filledTo, frames));
            _filledTo = until;
        }
    }

    private long UnitsOf(TimeSpan time) =>
        Math.Max(0, Mp4Time.ToUnits(time, _scale) + (_track < 0 ? 0 : _part.Header.Tracks[_track].Delay));

    // Null when there was no sound for as long as is looked back.
    private long? EndOfSoundBefore(int first)
    {
        var earliest = _part.Map.TimeOf(first) - LookBack;
        for (var index = first - 1; _track >= 0 && index >= 0 && _part.Map.TimeOf(index) >= earliest; index--)
        {
            if (_part.Map.Run(index, _track) is { Exists: true } run)
                return run.End;
        }

        return null;
    }
}
