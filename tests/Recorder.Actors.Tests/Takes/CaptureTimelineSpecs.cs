using Microsoft.Extensions.Time.Testing;
using Recorder.Actors.Recording;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Takes;

/// <summary>What a recording knows of a camera's clock from its key frames, of which there is one a second.</summary>
public sealed class CaptureTimelineSpecs
{
    private static readonly DateTimeOffset At = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(50);

    private readonly FakeTimeProvider _time = new(At + Delay);
    private readonly CaptureTimeline _timeline;

    public CaptureTimelineSpecs() => _timeline = new CaptureTimeline(_time);

    [Fact]
    public void A_jump_that_the_source_has_left_out_is_named_once_with_its_size()
    {
        Add(0);
        Add(1);
        _timeline.Times!.Jump.ShouldBeNull();
        Add(2, jumped: 3.2, isStated: false);
        Add(3, jumped: 3.2, isStated: false);
        _timeline.Times.Jump.ShouldBe(new ClockJump(At + (2 * Second), 3.2 * Second, 1));

        Add(4, jumped: 3.2 - 5, isStated: false);
        _timeline.Times.Jump.ShouldBe(new ClockJump(At + (4 * Second), -5 * Second, 2));
        // The camera connects again, and its clock is taken as it is.
        Add(5);
        _timeline.Times.Jump!.Count.ShouldBe(2);
    }

    [Fact]
    public void A_smaller_jump_which_the_times_follow_is_named_too()
    {
        Add(0);
        Add(1);
        Add(2, by: 0.4);
        Add(3, by: 0.4);

        _timeline.Times!.Jump.ShouldBe(new ClockJump(At + (2.4 * Second), 0.4 * Second, 1));
    }

    [Fact]
    public void A_pause_a_slow_network_a_clock_that_is_steered_and_a_jump_before_the_recording_are_not_jumps()
    {
        Add(0, jumped: 3.2);
        Add(1, jumped: 3.2);
        // The recording was paused: its timeline stands still.
        Add(10, jumped: 3.2, mediaTime: 2);
        // A frame that arrives late was not captured late.
        _time.Advance(0.6 * Second);
        Add(11, jumped: 3.2, mediaTime: 3);
        Add(12, jumped: 3.2, mediaTime: 4, by: 0.08);

        _timeline.Times!.Jump.ShouldBeNull();
    }

    // Of the camera's clock that is ahead by so much; the frame arrives in time, or at the present moment if that is later.
    private void Add(double second, double by = 0, double jumped = 0, double? mediaTime = null, bool isStated = true)
    {
        if (At + (second * Second) + Delay is var arrival && arrival > _time.GetUtcNow())
            _time.SetUtcNow(arrival);

        var batch = PacketBatch.Rent();
        batch.Add("frame"u8, 0, 0, 0, 0, key: true, At + ((second + by) * Second));
        batch.SetClockJump(0, jumped * Second);
        if (isStated)
            batch.SetCaptureStated(0);

        _timeline.Add(batch, 0, (mediaTime ?? second) * Second);
        batch.Release();
    }
}
