using Recorder.Actors.Takes;
using Recorder.Contracts;

namespace Recorder.Actors.Tests.Takes;

/// <summary>Which angles of a take are named because of their times.</summary>
public sealed class TakeSkewSpecs
{
    private static TakeAngle Jumped(string camera, CaptureClock clock, double seconds, int count)
    {
        var angle = Angle(camera, 40, clock: clock);
        return angle with { Times = angle.Times! with { Jump = new ClockJump(At.AddSeconds(5), TimeSpan.FromSeconds(seconds), count) } };
    }

    private static readonly DateTimeOffset At = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_angle_whose_frames_arrive_later_than_those_of_the_others_is_named()
    {
        var details = Describe(Angle("a", 40), Angle("b", 740), Angle("c", 60), Angle("d", 30));

        details.ShouldBe(["", "Frames of camera b arrive 700 ms later than those of the take's other cameras, or its clock is behind.", "", ""]);
    }

    [Fact]
    public void A_clock_that_is_ahead_is_named_because_no_frame_arrives_before_its_capture()
    {
        Describe(Angle("a", -660), Angle("b", 40)).ShouldBe(["The clock of camera a is 700 ms ahead of its node's: correct it.", ""]);
        Describe(Angle("a", -660)).ShouldBe(["The clock of camera a is 660 ms ahead of its node's: correct it."]);
    }

    [Fact]
    public void Of_two_angles_the_later_one_is_named_and_of_many_one_that_is_earlier_than_the_rest()
    {
        Describe(Angle("a", 740), Angle("b", 40)).Select(detail => detail.Length > 0).ShouldBe([true, false]);
        Describe(Angle("a", 500), Angle("b", 100), Angle("c", 500), Angle("d", 480)).ShouldBe(
            ["", "Frames of camera b arrive 380 ms earlier than those of the take's other cameras, or its clock is ahead.", "", ""]);
    }

    [Fact]
    public void Nothing_is_said_of_usual_delays_nor_of_frames_out_of_the_pre_roll_buffer_nor_without_a_clock_of_the_camera()
    {
        Describe(
            Angle("a", 40),
            Angle("b", 280),
            Angle("c", 900, recorded: TimeSpan.FromMilliseconds(400)),
            Angle("d", 900, clock: CaptureClock.Arrival),
            Angle("e", 40) with { Times = null }).ShouldAllBe(detail => detail.Length == 0);
    }

    [Fact]
    public void Drift_is_named_after_half_a_minute_beside_a_delay()
    {
        var minute = TimeSpan.FromMinutes(1);
        Describe(Angle("a", 40, minute, drift: -12), Angle("b", 40, minute, drift: 2), Angle("c", 740, minute, drift: 12)).ShouldBe(
        [
            "The frames of camera a drift by -200 ppm from its clock: -12 ms so far.",
            "",
            "Frames of camera c arrive 700 ms later than those of the take's other cameras, or its clock is behind."
            + " The frames of camera c drift by +200 ppm from its clock: +12 ms so far.",
        ]);
        Describe(Angle("a", 40, TimeSpan.FromSeconds(20), drift: -4)).ShouldBe([""]);
    }

    [Fact]
    public void A_clock_that_jumped_is_named_with_when_and_how_far_and_what_its_frames_count_from()
    {
        Describe(Jumped("a", CaptureClock.Arrival, 3.2, 1), Jumped("b", CaptureClock.Sender, -0.4, 3), Angle("c", 40)).ShouldBe(
        [
            "The clock of camera a jumped by +3.2 s at 12:00:05 UTC: its frames count from their arrival since.",
            "The clock of camera b jumped by -0.4 s at 12:00:05 UTC, the latest of 3 jumps: its frames follow it.",
            "",
        ]);
    }

    [Fact]
    public void What_an_angle_has_to_say_already_is_kept()
    {
        Describe(Angle("a", 40), Angle("b", 740) with { Detail = "Camera b is not connected." })[1].ShouldBe("Camera b is not connected.");
    }

    private static IReadOnlyList<string> Describe(params TakeAngle[] angles)
    {
        var take = new Take { Id = new TakeId("20260501T120000Z-1"), State = TakeState.Recording, Slate = new Slate { Scene = "1" }, At = At, CommittedAt = At };
        return [.. TakeSkew.Describe(take, angles).Select(angle => angle.Detail)];
    }

    private static TakeAngle Angle(string camera, double delay, TimeSpan? recorded = null, CaptureClock clock = CaptureClock.Sender, double drift = 0) => new()
    {
        Recorder = new RecorderId(camera),
        Camera = camera,
        Angle = camera,
        State = AngleState.Recording,
        Times = new CaptureTimes(At, At + (recorded ?? TimeSpan.FromSeconds(2)), clock, TimeSpan.FromMilliseconds(delay), TimeSpan.FromMilliseconds(drift)),
    };
}
