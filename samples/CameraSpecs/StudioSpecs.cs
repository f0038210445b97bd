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
    public void A_full_disk_stops_the_recording_and_keeps_what_was_written()
    {
        var recorder = CreateRecorder(Source());
        recorder.Start(timeslice: Second);
        Clock.Advance(2.5 * Second);
        Disk.Fill();
        Clock.Advance(Second);

        recorder.ExpectStarted();
        Assert.NotEmpty(Disk.Read(recorder.ExpectBlob(mediaTime: TimeSpan.Zero)));
        Assert.NotEmpty(Disk.Read(recorder.ExpectBlob(mediaTime: Second)));
        Assert.Contains("full", recorder.ExpectError(ErrorName.UnknownError).Message);
    }

    // Whatever the order in which the messages of two recorders are delivered.
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
