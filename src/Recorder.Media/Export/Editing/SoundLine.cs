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

    private long _end;
    private bool _hasBegun;
    private long _offset;
    private long _silent;
    private long _held;
    private long _shift;
    private int _dropped;

    /// <returns>Null for a packet that is left out, because most of it is before the beginning.</returns>
    public SoundPlace? Next(long shown, long duration)
    {
        var wanted = shown - zero;
        if (!_hasBegun && wanted < -duration / 2)
        {
            _dropped++;
            return null;
        }

        var (from, silent) = (_end, silence?.Frames(_end, wanted) ?? 0);
        if (silence is not null)
        {
            _end += silent * silence.FrameDuration;
            _silent += silent * silence.FrameDuration;
        }

        var late = wanted - _end;
        if (silence is null && late > Math.Max(duration, _rounding))
        {
            // The packet before lasts longer; the first one begins early instead.
            _held += late;
            (_end, duration) = _hasBegun ? (wanted, duration) : (_end, duration + late);
        }
        else
        {
            _end = !isExact && late > _rounding ? wanted : _end;
            _offset = _hasBegun ? _offset : wanted - _end;
            _shift = Math.Abs(_end - wanted) > Math.Abs(_shift) ? _end - wanted : _shift;
        }

        _hasBegun = true;
        var place = new SoundPlace(silent, from, _end, duration);
        _end += duration;
        return place;
    }

    public EditSound Report(string codec) => new(
        codec, timeBase.ToTimeSpan(_offset), _dropped, timeBase.ToTimeSpan(_silent), timeBase.ToTimeSpan(_held), timeBase.ToTimeSpan(_shift));
}
