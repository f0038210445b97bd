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
        var stated = info.CaptureTimeUs != 0 ? info.CaptureTimeUs : StatedTime(info);
        var most = source.Kind == SourceKind.Device ? MostOfDevice : MostOfCamera;
        return _clock.Judge(info.Track, stated == 0 || Math.Abs(stated - now) > most ? 0 : stated, now, arrival);
    }

    private long StatedTime(in PacketInfo info)
    {
        // Devices stamp packets with the wall clock, cameras with a clock of their own.
        var isDevice = source.Kind == SourceKind.Device;
        if (info.Pts == PacketInfo.NoTimestamp || (input.StartTimeRealtimeUs is null && !isDevice))
            return 0;

        var pts = input.Streams[info.Track].TimeBase.Rescale(info.Pts, Rational.Microseconds);
        return pts + (input.StartTimeRealtimeUs ?? 0);
    }
}
