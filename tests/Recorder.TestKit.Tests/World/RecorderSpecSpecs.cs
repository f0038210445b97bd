using Recorder.Contracts;

namespace Recorder.Testing.Tests;

/// <summary>The base class of specs, and the examples of its documentation.</summary>
public sealed class RecorderSpecSpecs : RecorderSpec
{
    [Fact]
    public void Setting_the_wall_clock_does_not_affect_other_clocks()
    {
        var (before, stamp) = (Clock.GetUtcNow(), Clock.GetTimestamp());
        Clock.SetWallClock(TimeSpan.FromDays(-730));
        (Clock.GetUtcNow(), Clock.GetTimestamp(), Clock.Elapsed).ShouldBe((before - TimeSpan.FromDays(730), stamp, TimeSpan.Zero));
        Clock.Advance(TimeSpan.FromSeconds(2));

        var two = TimeSpan.FromSeconds(2);
        (Clock.GetUtcNow() - before, Clock.GetElapsedTime(stamp)).ShouldBe((two - TimeSpan.FromDays(730), two));
    }

    [Fact]
    public void A_camera_that_drops_for_three_seconds_leaves_one_recording_with_a_gap()
    {
        var camera = Source("camera");
        var recorder = CreateRecorder(camera);
        recorder.Start(timeslice: TimeSpan.FromSeconds(1));
        Clock.Advance(TimeSpan.FromSeconds(2));
        camera.Lose();
        Clock.Advance(TimeSpan.FromSeconds(3));
        camera.Restore();
        Clock.Advance(TimeSpan.FromSeconds(2));
        recorder.Stop();

        recorder.ExpectStarted();
        recorder.ExpectBlob(mediaTime: TimeSpan.Zero, duration: TimeSpan.FromSeconds(1));
        recorder.ExpectGap(GapCause.SourceLost, TimeSpan.FromSeconds(3));
        recorder.ExpectBlob(mediaTime: TimeSpan.FromSeconds(1), duration: TimeSpan.FromSeconds(4));
        recorder.ExpectBlob(mediaTime: TimeSpan.FromSeconds(5), duration: TimeSpan.FromSeconds(1));
        recorder.ExpectBlob(mediaTime: TimeSpan.FromSeconds(6), duration: TimeSpan.FromSeconds(1));
        recorder.ExpectStopped(StopReason.Requested, TimeSpan.FromSeconds(7));
    }

    [Fact]
    public void The_example_of_RecorderSpec_passes()
    {
        var camera = Source("camera");
        var recorder = CreateRecorder(camera);
        recorder.Start();
        Clock.Advance(TimeSpan.FromSeconds(2));
        camera.Lose();
        Clock.Advance(TimeSpan.FromSeconds(3));
        camera.Restore();
        Clock.Advance(TimeSpan.FromSeconds(2));

        recorder.ExpectStarted();
        recorder.ExpectGap(GapCause.SourceLost, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void The_example_of_TestRecorder_passes()
    {
        var recorder = CreateRecorder(Source());
        recorder.Start(timeslice: TimeSpan.FromSeconds(1));
        Clock.Advance(TimeSpan.FromSeconds(2));
        recorder.Stop();

        recorder.ExpectStarted();
        recorder.ExpectBlob(mediaTime: TimeSpan.Zero, duration: TimeSpan.FromSeconds(1));
        recorder.ExpectBlob(mediaTime: TimeSpan.FromSeconds(1));
        recorder.ExpectStopped(StopReason.Requested);
        recorder.ExpectNoEvent();
    }

    [Fact]
    public void The_example_of_RecorderWorld_passes()
    {
        using var world = new RecorderWorld(seed: 7);
        var recorder = world.CreateRecorder(world.Source());
        recorder.Start();
        world.Clock.Advance(TimeSpan.FromSeconds(2));
        recorder.Stop();
        recorder.ExpectStarted();
    }
}
