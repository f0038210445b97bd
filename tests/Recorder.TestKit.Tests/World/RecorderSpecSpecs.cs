using Recorder.Contracts;

namespace Recorder.Testing.Tests;

/// <summary>The base class that users write their specs with.</summary>
public sealed class RecorderSpecSpecs : RecorderSpec
{
    [Fact]
    public void A_wall_clock_that_is_set_moves_no_other_clock()
    {
        var (before, stamp) = (Clock.GetUtcNow(), Clock.GetTimestamp());
        Clock.SetWallClock(TimeSpan.FromDays(-730));
        (Clock.GetUtcNow(), Clock.GetTimestamp(), Clock.Elapsed).ShouldBe((before - TimeSpan.FromDays(730), stamp, TimeSpan.Zero));
        Clock.Advance(TimeSpan.FromSeconds(2));

        (Clock.GetUtcNow() - before, Clock.GetElapsedTime(stamp)).ShouldBe((TimeSpan.FromSeconds(2) - TimeSpan.FromDays(730), TimeSpan.FromSeconds(2)));
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
}
