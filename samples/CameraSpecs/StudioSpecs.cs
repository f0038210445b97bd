namespace CameraSpecs;

public class StudioSpecs : RecorderSpec
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Two_cameras_started_together_record_the_same_length()
    {
        var (left, right) = (CreateRecorder(Source("left")), CreateRecorder(Source("right")));
        left.Start();
        right.Start();
        Clock.Advance(10 * Second);
        left.Stop();
        right.Stop();

        Assert.Equal(Length(left), Length(right));
    }

    [Fact]
    public void A_full_disk_costs_what_did_not_fit_and_recording_goes_on()
    {
        var recorder = CreateRecorder(Source());
        recorder.Start(timeslice: Second);
        Clock.Advance(2.5 * Second);
        Disk.Fill();
        Clock.Advance(3 * Second);
        Disk.Repair();
        Clock.Advance(5 * Second);
        recorder.Stop();

        var gap = Assert.Single(recorder.Events.OfType<RecorderProtocol.GapRecorded>());
        Assert.Equal(GapCause.DiskFull, gap.Cause);
        Assert.True(Length(recorder) > 10 * Second);
        Assert.Equal(RecorderState.Inactive, recorder.State);
    }

    // Holds for every order in which the messages of two recorders are delivered.
    [Fact]
    public void Stopping_one_camera_never_touches_the_other() =>
        RecorderWorld.Explore(100, world =>
        {
            var (left, right) = (world.CreateRecorder(world.Source("left")), world.CreateRecorder(world.Source("right")));
            left.Start();
            right.Start();
            world.Clock.Advance(2 * Second);
            left.Post(new RecorderProtocol.Stop(left.Id));
            world.Clock.Advance(2 * Second);

            Assert.Equal(RecorderState.Inactive, left.State);
            Assert.Equal(RecorderState.Recording, right.State);
        });

    private static TimeSpan Length(TestRecorder recorder) => recorder.Events.OfType<RecorderProtocol.Stopped>().Single().Duration;
}
