namespace CameraSpecs;

public class DroppedCameraSpecs : RecorderSpec
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_camera_that_drops_for_three_seconds_leaves_one_recording_and_a_gap()
    {
        var camera = Source("camera");
        var recorder = CreateRecorder(camera);
        recorder.Start(timeslice: Second);
        Clock.Advance(2 * Second);
        camera.Lose();
        Clock.Advance(3 * Second);
        camera.Restore();
        Clock.Advance(2 * Second);
        recorder.Stop();

        Assert.Equal(3 * Second, Assert.Single(recorder.Events.OfType<RecorderProtocol.GapRecorded>()).Duration);
        Assert.Equal(7 * Second, Assert.Single(recorder.Events.OfType<RecorderProtocol.Stopped>()).Duration);
    }

    [Fact]
    public void A_camera_that_cannot_be_reached_fails_after_ten_seconds_and_says_why()
    {
        var camera = Source("camera");
        var recorder = CreateRecorder(camera);
        camera.RefuseConnection("Connection refused.");
        recorder.Start();
        Clock.Advance(9 * Second);
        recorder.ExpectNoEvent();

        camera.RefuseConnection("Connection refused.");
        Clock.Advance(2 * Second);

        Assert.Equal("Connection refused.", recorder.ExpectError(ErrorName.UnknownError).Message);
        recorder.ExpectBlob(empty: true);
        recorder.ExpectStopped(StopReason.Failed);
    }

    [Fact]
    public void A_camera_lost_for_longer_than_the_loss_timeout_ends_its_recording()
    {
        var camera = Source("camera");
        var recorder = CreateRecorder(camera, new RecorderOptions { LossTimeout = 30 * Second });
        recorder.Start();
        Clock.Advance(5 * Second);
        camera.Lose();
        Clock.Advance(31 * Second);

        recorder.ExpectStarted();
        recorder.ExpectGap(GapCause.SourceLost, 30 * Second);
        recorder.ExpectBlob(TimeSpan.Zero, 5 * Second);
        recorder.ExpectStopped(StopReason.SourceLost, 5 * Second);
    }
}
