using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>Finds when packets of a live source were captured.</summary>
internal sealed class PacketClock(ICaptureInput input, SourceUri source, TimeProvider time)
{
    // Most microseconds between the clocks: one that was never set states nonsense, which retention would go by.
    private const long MostOfDevice = 10_000_000;
    private const long MostOfCamera = 60_000_000;

    private readonly SenderClock _clock = new();

    // By how much the latest packet of a track was far off.
    private readonly Dictionary<int, long> _away = [];

    /// <summary>Sets the capture time of the last packet of a batch.</summary>
    /// <param name="info">The packet as it arrived.</param>
    public void Stamp(PacketBatch batch, in PacketInfo info, TimeSpan arrival)
    {
        var now = CaptureTime.ToMicroseconds(time.GetUtcNow());
        var stated = info.CaptureTimeUs != 0 ? info.CaptureTimeUs : StatedTime(info);
        var most = source.Kind == SourceKind.Device ? MostOfDevice : MostOfCamera;
        if (Math.Abs(stated - now) <= most)
            _away.Remove(info.Track);
        else if (!IsFollowed(info.Track, stated - now))
            stated = 0;

        var last = batch.Count - 1;
        var captured = _clock.Judge(info.Track, stated, now, arrival);
        var isNear = Math.Abs(captured - now) <= most;
        batch.SetCaptureTime(last, isNear ? captured : now);
        if (stated != 0 && isNear && !_clock.IsOverruled(info.Track))
            batch.SetCaptureStated(last);

        batch.SetClockJump(last, new TimeSpan(_clock.JumpOf(info.Track) * TimeSpan.TicksPerMicrosecond));
    }

    // A clock that was right is followed by its jumps, however far; one packet that states nonsense is not a jump.
    private bool IsFollowed(int track, long away)
    {
        var isConfirmed = _away.TryGetValue(track, out var before) && Math.Abs(before - away) < MostOfDevice;
        _away[track] = away;
        return isConfirmed && _clock.WasStated(track);
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
