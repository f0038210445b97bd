using Recorder.Media.Fragments;
using Recorder.Media.Mp4;

namespace Recorder.Media.VirtualFiles;

/// <summary>Finds where the audio tracks of a virtual file have no sound beside the video, and fills it with silence.</summary>
/// <param name="zero">The time on the recording's timeline that is 0 of the file.</param>
internal sealed class MissingSound(VirtualTracks tracks, TimeSpan zero, long[] skips)
{
    // Players play on over shorter holes.
    private static readonly TimeSpan ShortestSilence = TimeSpan.FromSeconds(0.5);

    // Sound may come this much later in the file than the video it belongs to; silence must not take its place.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly long[] _filledTo = [.. skips];
    private TimeSpan _mediaTo;

    /// <summary>Returns the silence that belongs before a fragment, and takes note of the sound in the fragment.</summary>
    public List<SilentSpan>? Before(ExtentPart part, int index, int[] trackMap, long[] shifts)
    {
        List<SilentSpan>? silent = null;
        var time = part.TimeOf(index) - zero;
        if (time - _mediaTo >= ShortestSilence)
        {
            // Nothing plays in a gap of all tracks, so it needs no silence.
            silent = UpTo(_mediaTo);
            for (var track = 0; track < _filledTo.Length; track++)
                _filledTo[track] = Math.Max(_filledTo[track], UnitsOf(time, track));
        }

        for (var track = 0; track < _filledTo.Length; track++)
        {
            var source = Array.IndexOf(trackMap, track);
            var run = source < 0 ? FragmentRun.None : part.Map.Run(index, source);
            // Shifts and runs of audio need no scaling: audio of another timescale becomes a track of its own.
            if (Fill(track, run.Exists ? run.Start + shifts[source] : UnitsOf(time - Patience, track)) is { } span)
                (silent ??= []).Add(span);

            _filledTo[track] = run.Exists ? Math.Max(_filledTo[track], run.End + shifts[source]) : _filledTo[track];
        }

        var end = part.EndOf(index) - zero;
        _mediaTo = end > _mediaTo ? end : _mediaTo;
        return silent;
    }

    public List<SilentSpan> UpTo(TimeSpan end) =>
        [.. Enumerable.Range(0, _filledTo.Length).Select(track => Fill(track, UnitsOf(end, track))).OfType<SilentSpan>()];

    private SilentSpan? Fill(int track, long until)
    {
        var from = _filledTo[track];
        if (tracks.All[track] is not { Source.IsVideo: false, Entry.Silence: { } sound } ||
            until - from < Mp4Time.ToUnits(ShortestSilence, tracks.All[track].Timescale))
        {
            return null;
        }

        var frames = sound.Frames(from, until);
        _filledTo[track] = from + (frames * (long)sound.FrameDuration);
        return new SilentSpan(sound, (uint)track + 1, 0, from, frames, 0);
    }

    private long UnitsOf(TimeSpan time, int track) => Mp4Time.ToUnits(time, tracks.All[track].Timescale) + skips[track];
}
