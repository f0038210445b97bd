using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

/// <summary>Notes when the key frames of a recording's reference track were captured.</summary>
internal sealed class CaptureTimeline(TimeProvider time)
{
    // A larger step between two key frames is a pause, a gap or a clock that was set, not drift.
    private static readonly TimeSpan LargestDrift = TimeSpan.FromMilliseconds(100);

    // Where every frame is a key frame, not each is worth a look at the clock.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private DateTimeOffset _last;
    private TimeSpan _lastMediaTime;
    private TimeSpan _firstMediaTime;
    private TimeSpan _jumped;
    private bool _isFirstStated;

    /// <summary>Null before the first key frame.</summary>
    public CaptureTimes? Times { get; private set; }

    /// <summary>Adds a key frame.</summary>
    /// <param name="mediaTime">The frame's place on the recording's timeline.</param>
    public void Add(PacketBatch batch, int index, TimeSpan mediaTime)
    {
        var packet = batch[index];
        if (Times is not null && mediaTime - _lastMediaTime < Interval)
            return;

        var now = time.GetUtcNow();
        var captured = packet.CaptureTimeUs > 0 ? CaptureTime.FromMicroseconds(packet.CaptureTimeUs) : now;
        var clock = batch.IsCaptureStated(index) ? CaptureClock.Sender : CaptureClock.Arrival;
        if (Times is null)
        {
            Times = new CaptureTimes(captured, captured, clock, now - captured, TimeSpan.Zero);
            (_firstMediaTime, _isFirstStated, _jumped) = (mediaTime, clock == CaptureClock.Sender, batch.ClockJump(index));
        }
        else if (clock == CaptureClock.Sender && !_isFirstStated)
        {
            _isFirstStated = true;
            // The camera has reported its clock only now: it tells also when the first frame was captured.
            Times = new CaptureTimes(captured - (mediaTime - _firstMediaTime), captured, clock, now - captured, TimeSpan.Zero);
        }
        else
        {
            var step = captured - _last - (mediaTime - _lastMediaTime);
            Times = Times with
            {
                Last = captured,
                Clock = clock,
                Delay = now - captured,
                Drift = step.Duration() <= LargestDrift ? Times.Drift + step : Times.Drift,
                Jump = JumpOf(batch.ClockJump(index), step, now - captured - Times.Delay, captured, clock) ?? Times.Jump,
            };
        }

        (_last, _lastMediaTime) = (captured, mediaTime);
    }

    // A larger jump is in what the source says of its clock. A smaller one is followed: the frames' times move by it, and with them how late the frames seem to
    // be. Of a pause the second is not true, and of a slow network the first.
    private ClockJump? JumpOf(TimeSpan jumped, TimeSpan step, TimeSpan later, DateTimeOffset captured, CaptureClock clock)
    {
        // A new connection counts anew.
        var by = jumped == TimeSpan.Zero ? TimeSpan.Zero : jumped - _jumped;
        _jumped = jumped;
        if (by == TimeSpan.Zero && clock == CaptureClock.Sender && Times!.Clock == clock && step.Duration() > LargestDrift && (step + later).Duration() < LargestDrift / 2)
            by = step;

        return by == TimeSpan.Zero ? null : new ClockJump(captured, by, (Times!.Jump?.Count ?? 0) + 1);
    }
}
