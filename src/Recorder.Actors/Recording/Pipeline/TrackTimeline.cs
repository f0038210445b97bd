using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

/// <summary>
/// Maps one track's source timestamps onto the recording's timeline: from 0, with pauses cut out, decode times always rising.
/// Counts in the track's own time base, so nothing is lost to rounding.
/// </summary>
internal sealed class TrackTimeline(Rational timeBase)
{
    private long _shift;
    private long _lastDts = PacketInfo.NoTimestamp;

    public Rational TimeBase { get; } = timeBase;

    /// <summary>Where the next decode time is expected, mapped; <see cref="PacketInfo.NoTimestamp"/> before the first packet.</summary>
    public long Expected { get; private set; } = PacketInfo.NoTimestamp;

    /// <summary>Source time <paramref name="time"/>, counted in <paramref name="unit"/>, becomes 0.</summary>
    public void Anchor(long time, Rational unit) => _shift = unit.Rescale(time, TimeBase);

    /// <summary>The same moments of the source are the same moments of the recording as on another track's timeline.</summary>
    public void Join(TrackTimeline other) => _shift = other.TimeBase.Rescale(other._shift, TimeBase);

    /// <summary>Cuts this much out from here on.</summary>
    public void Cut(long time, Rational unit) => _shift += unit.Rescale(time, TimeBase);

    /// <summary>A source time on the recording's timeline.</summary>
    public long Map(long time) => time == PacketInfo.NoTimestamp ? time : time - _shift;

    /// <summary>A source time on the recording's timeline, as a time span.</summary>
    public TimeSpan TimeOf(long time) => time == PacketInfo.NoTimestamp ? TimeSpan.Zero : TimeBase.ToTimeSpan(time - _shift);

    /// <summary>Whether a packet with this mapped decode time comes after all that were written.</summary>
    public bool Continues(long dts) => _lastDts == PacketInfo.NoTimestamp || dts > _lastDts;

    /// <summary>Notes a written packet.</summary>
    public void Wrote(long dts, long duration)
    {
        // Where a packet does not say how long it lasts, the distance to the one before it is the best guess.
        var length = duration > 0 ? duration : _lastDts == PacketInfo.NoTimestamp ? 0 : dts - _lastDts;
        _lastDts = dts;
        Expected = dts + length;
    }
}
