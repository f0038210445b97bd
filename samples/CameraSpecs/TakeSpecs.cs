namespace CameraSpecs;

public class TakeSpecs : RecorderSpec
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Every_file_of_a_take_begins_before_its_moment()
    {
        var (left, right) = (CreateRecorder(Source("left")), CreateRecorder(Source("right")));
        var take = ArmTake(left, right);
        Clock.Advance(3 * Second);

        var moment = take.Start().At;
        Clock.Advance(3 * Second);

        Assert.All(take.Now.Angles, angle => Assert.True(angle.Offset <= TimeSpan.Zero));
        Assert.All(new[] { left, right }, recorder => Assert.True(recorder.Blobs[0].CapturedAt <= moment));
    }
}
