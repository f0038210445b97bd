using Recorder.Actors.Takes;
using Recorder.Contracts;

namespace Recorder.Actors.Tests.Takes;

/// <summary>What a take makes of the status of its recorders.</summary>
public sealed class TakeProgressSpecs
{
    private static readonly DateTimeOffset At = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly RecordingId Recording = RecordingId.Create(At, 1);

    [Fact]
    public void A_recording_that_a_restarted_process_goes_on_with_began_where_it_began()
    {
        var angle = Look(Angle(AngleState.Recording), first: -0.4, last: 2);
        // The new process counts its own frames, and is looked at again and again.
        for (var second = 4; second < 10; second++)
            angle = Look(angle, first: 3, last: second);

        angle.Offset.ShouldBe(TimeSpan.FromSeconds(-0.4));
        angle.IsLate.ShouldBeFalse();
        angle.Times!.Last.ShouldBe(At.AddSeconds(9));
    }

    [Fact]
    public void A_camera_that_states_its_clock_only_later_corrects_the_beginning()
    {
        var angle = Look(Angle(AngleState.Recording), first: -0.2, last: 1, CaptureClock.Arrival);
        angle = Look(angle, first: -0.5, last: 3);
        angle.Offset.ShouldBe(TimeSpan.FromSeconds(-0.5));
        angle.Uncertainty.ShouldBe(TimeSpan.FromMilliseconds(5));

        Look(angle, first: -0.1, last: 4).Offset.ShouldBe(TimeSpan.FromSeconds(-0.1));
    }

    [Fact]
    public void The_times_of_a_second_recording_are_not_those_of_the_first()
    {
        var angle = Look(Angle(AngleState.Missing), first: 5, last: 6, recording: RecordingId.Create(At.AddSeconds(5), 2));

        angle.State.ShouldBe(AngleState.Recording);
        angle.Recordings.Count.ShouldBe(2);
        angle.Times.ShouldBeNull();
        angle.Detail.ShouldContain("goes on in another recording");
    }

    [Fact]
    public void A_recorder_that_records_for_somebody_else_is_not_taken_for_an_angle_that_has_returned()
    {
        var status = StatusOf(5, 6, CaptureClock.Sender, RecordingId.Create(At.AddSeconds(-60), 1));

        TakeProgress.Look(Take(Angle(AngleState.Missing)), Angle(AngleState.Missing), status with { Take = new TakeId("another") }).State.ShouldBe(AngleState.Missing);
        TakeProgress.Look(Take(Angle(AngleState.Missing)), Angle(AngleState.Missing) with { Recordings = [] }, status with { Take = null }).State.ShouldBe(AngleState.Missing);
    }

    private static TakeAngle Look(TakeAngle angle, double first, double last, CaptureClock clock = CaptureClock.Sender, RecordingId? recording = null) =>
        TakeProgress.Look(Take(angle), angle, StatusOf(first, last, clock, recording ?? Recording));

    private static RecorderProtocol.Status StatusOf(double first, double last, CaptureClock clock, RecordingId recording) => new()
    {
        Recorder = new RecorderId("left"),
        State = RecorderState.Recording,
        MimeType = "video/mp4",
        Recording = recording,
        Take = new TakeId("take"),
        Times = new CaptureTimes(At.AddSeconds(first), At.AddSeconds(last), clock, TimeSpan.FromMilliseconds(50), TimeSpan.Zero),
    };

    private static Take Take(TakeAngle angle) => new()
    {
        Id = new TakeId("take"),
        State = TakeState.Recording,
        Slate = new Slate(),
        At = At,
        CommittedAt = At,
        Angles = [angle],
    };

    private static TakeAngle Angle(AngleState state) =>
        new() { Recorder = new RecorderId("left"), Camera = "left", Angle = "A", State = state, Recordings = [Recording] };
}
