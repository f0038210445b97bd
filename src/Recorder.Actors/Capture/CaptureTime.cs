using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

internal static class CaptureTime
{
    public static DateTimeOffset Of(PacketBatch batch, int index) => FromMicroseconds(batch[index].CaptureTimeUs);

    public static DateTimeOffset FromMicroseconds(long us) =>
        DateTimeOffset.UnixEpoch.AddTicks(us * TimeSpan.TicksPerMicrosecond);

    public static long ToMicroseconds(DateTimeOffset time) =>
        (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
