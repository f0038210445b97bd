using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

internal sealed class CaptureClock(ICaptureInput input, SourceUri source, TimeProvider time)
{
    // Most microseconds between the clocks: one that was never set states nonsense, which retention would go by.
    private const long MostOfDevice = 10_000_000;
    private const long MostOfCamera = 60_000_000;

    private readonly SenderClock _clock = new();

    public long TimeOf(in PacketInfo info, TimeSpan arrival)
    {
        var now = CaptureTime.ToMicroseconds(time.GetUtcNow());
        return _clock.Judge(info.Track, info.CaptureTimeUs != 0 ? info.CaptureTimeUs : StatedTime(info, now), now, arrival);
    }

    private long StatedTime(in PacketInfo info, long now)
    {
        // Devices stamp packets with the wall clock, cameras with a clock of their own.
        var isDevice = source.Kind == SourceKind.Device;
        if (info.Pts == PacketInfo.NoTimestamp || (input.StartTimeRealtimeUs is null && !isDevice))
            return 0;

        var pts = input.Streams[info.Track].TimeBase.Rescale(info.Pts, Rational.Microseconds);
        var stated = pts + (input.StartTimeRealtimeUs ?? 0);
        return Math.Abs(stated - now) > (isDevice ? MostOfDevice : MostOfCamera) ? 0 : stated;
    }
}
