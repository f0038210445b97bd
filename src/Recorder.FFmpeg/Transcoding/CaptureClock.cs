namespace Recorder.FFmpeg;

/// <summary>Keeps the offset from media time to capture time, so that encoded packets get a capture time.</summary>
internal struct CaptureClock
{
    private long _offset;
    private bool _known;

    public void Observe(long captureTimeUs, long pts, Rational timeBase)
    {
        if (captureTimeUs == 0 || pts == PacketInfo.NoTimestamp)
            return;
        _offset = captureTimeUs - timeBase.Rescale(pts, Rational.Microseconds);
        _known = true;
    }

    public readonly long At(long pts, Rational timeBase) => _known ? _offset + timeBase.Rescale(pts, Rational.Microseconds) : 0;
}
