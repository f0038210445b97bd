using Recorder.FFmpeg;
using Recorder.Media.Mp4;

namespace Recorder.Media.Export.Editing;

/// <param name="Silent">How many silent packets come before it.</param>
/// <param name="From">When the first of them begins.</param>
/// <param name="At">When it begins.</param>
internal readonly record struct SoundPlace(int Silent, long From, long At, long Duration);

/// <summary>
/// Lays packets of sound one behind the other from the beginning of the file, because most readers count samples and ignore times, and because
/// editors do not read edit lists alike, by which the track could begin elsewhere. Silence takes the place of missing sound.
/// </summary>
/// <param name="timeBase">Of the track in the file, and of all times here.</param>
/// <param name="zero">When the file begins.</param>
/// <param name="silence">Null when silence of the codec cannot be made.</param>
/// <param name="isExact">Whether the durations of packets are exact; if not, packets are laid at their own times.</param>
internal sealed class SoundLine(Rational timeBase, long zero, SilentSound? silence, bool isExact)
{
    // Containers round times to milliseconds.
    private readonly long _rounding = timeBase.FromTimeSpan(TimeSpan.FromMilliseconds(2));

    // EBU R 37 allows sound to be this much before its picture, and more behind it. Jitter must cost neither silence nor sound.
    private readonly long _slack = timeBase.FromTimeSpan(TimeSpan.FromMilliseconds(40));

    private long _end;
    private bool _hasBegun;
    private long _offset;
    private long _silent;
    private long _held;
    private long _shift;
    private int _dropped;

    /// <returns>Null for a packet that is left out: most of it is before the beginning, or sound that was laid before is in its place.</returns>
    public SoundPlace? Next(long shown, long duration)
    {
        var late = shown - zero - _end;
        var slack = Math.Max(duration, _slack);
        if (_hasBegun ? late < -slack : late < -duration / 2)
        {
            _dropped++;
            return null;
        }

        var (from, silent) = (_end, 0);
        if (silence is not null && (late > slack || !_hasBegun))
        {
            silent = silence.Frames(_end, _end + late);
            _end += silent * silence.FrameDuration;
            _silent += silent * silence.FrameDuration;
        }

        var place = silence is null && late > Math.Max(duration, _rounding) ? Hold(late, duration) : Lay(shown - zero, duration);
        _hasBegun = true;
        _end = place.At + place.Duration;
        return place with { Silent = silent, From = from };
    }

    public EditSound Report(string codec) => new(
        codec, timeBase.ToTimeSpan(_offset), _dropped, timeBase.ToTimeSpan(_silent), timeBase.ToTimeSpan(_held), timeBase.ToTimeSpan(_shift));

    // The packet before lasts longer; the first one begins early instead.
    private SoundPlace Hold(long late, long duration)
    {
        _held += late;
        return _hasBegun ? new SoundPlace(0, 0, _end + late, duration) : new SoundPlace(0, 0, _end, duration + late);
    }

    private SoundPlace Lay(long wanted, long duration)
    {
        var at = !isExact && wanted - _end > _rounding ? wanted : _end;
        _offset = _hasBegun ? _offset : wanted - at;
        _shift = Math.Abs(at - wanted) > Math.Abs(_shift) ? at - wanted : _shift;
        return new SoundPlace(0, 0, at, duration);
    }
}
