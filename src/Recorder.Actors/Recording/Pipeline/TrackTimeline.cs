using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

/// <summary>
/// Maps one track's source timestamps onto the recording's timeline, which begins at 0 and leaves out pauses; decode times always rise.
/// Counts in the track's own time base to avoid rounding.
/// </summary>
internal sealed class TrackTimeline(Rational timeBase)
{
    private long _shift;
    private long _lastDts = PacketInfo.NoTimestamp;

    public Rational TimeBase { get; } = timeBase;

    /// <summary>The expected next decode time on the recording's timeline; <see cref="PacketInfo.NoTimestamp"/> before the first packet.</summary>
    public long Expected { get; private set; } = PacketInfo.NoTimestamp;

    /// <summary>Makes the source time <paramref name="time"/>, in units of <paramref name="unit"/>, the beginning of the timeline.</summary>
    public void Anchor(long time, Rational unit) => _shift = unit.Rescale(time, TimeBase);

    public void AlignWith(TrackTimeline other) => _shift = other.TimeBase.Rescale(other._shift, TimeBase);

    /// <summary>Moves all later packets earlier by <paramref name="time"/>, in units of <paramref name="unit"/>.</summary>
    public void Cut(long time, Rational unit) => _shift += unit.Rescale(time, TimeBase);

    public long Map(long time) => time == PacketInfo.NoTimestamp ? time : time - _shift;

    public TimeSpan TimeOf(long time) => time == PacketInfo.NoTimestamp ? TimeSpan.Zero : TimeBase.ToTimeSpan(time - _shift);

    /// <summary>Whether a decode time on the recording's timeline is later than those of all written packets.</summary>
    public bool IsAfterLast(long dts) => _lastDts == PacketInfo.NoTimestamp || dts > _lastDts;

    public void Advance(long dts, long duration)
    {
        // The distance to the packet before is the best guess for a packet without a duration.
        var length = duration > 0 ? duration : _lastDts == PacketInfo.NoTimestamp ? 0 : dts - _lastDts;
        _lastDts = dts;
        Expected = dts + length;
    }
}
