using Recorder.Contracts;
using Recorder.Node.Media;

namespace Recorder.Node.Tests.Media;

public sealed class SoundVerdictSpecs
{
    private static readonly DateTimeOffset At = new(2026, 12, 1, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Sound_that_agrees_with_the_clocks_has_nothing_to_say()
    {
        var answer = SoundVerdict.Of(Angle("left", 0, 5), Angle("right", -300, 5), Match(8));

        answer.ClockOffset.ShouldBe(Milliseconds(-300));
        answer.ClockUncertainty.ShouldBe(Milliseconds(10));
        answer.Offset.ShouldBe(Milliseconds(-308));
        answer.Difference.ShouldBe(Milliseconds(-8));
        answer.Detail.ShouldBe("");
    }

    [Theory]
    [InlineData(120, "earlier")]
    [InlineData(-120, "later")]
    public void Sound_that_disagrees_by_more_than_both_leave_open_is_named_with_the_difference(int lag, string word)
    {
        var answer = SoundVerdict.Of(Angle("left", 0, 5), Angle("right", 40, 5), Match(lag));

        answer.Offset.ShouldBe(Milliseconds(40 - lag));
        answer.Difference.ShouldBe(Milliseconds(-lag));
        answer.Detail.ShouldStartWith($"By its sound, camera right begins 120 ms {word} than its clock says, which is more than both leave open (± 11 ms)");
    }

    [Fact]
    public void The_same_is_no_news_when_the_clock_is_that_of_arrival()
    {
        SoundVerdict.Of(Angle("left", 0, 200), Angle("right", 40, 200), Match(120)).Detail.ShouldBe("");
    }

    [Fact]
    public void Sound_that_is_not_certain_has_no_offset_and_says_why()
    {
        var answer = SoundVerdict.Of(Angle("left", 0, 5), Angle("right", 40, 5), Match(120) with { Confidence = 1.2 });

        answer.Offset.ShouldBeNull();
        answer.Difference.ShouldBeNull();
        answer.ClockOffset.ShouldBe(Milliseconds(40));
        answer.Confidence.ShouldBe(1.2);
        answer.Detail.ShouldBe("The sound of cameras left and right has too little in common within 2 s.");
    }

    private static SoundMatch Match(int lag) => new(Milliseconds(lag), Milliseconds(1), 9);

    private static TakeAngle Angle(string camera, int first, int uncertainty) => new()
    {
        Recorder = RecorderId.Parse(camera),
        Camera = camera,
        Angle = "A",
        Times = new CaptureTimes(At + Milliseconds(first), At, CaptureClock.Sender, default, default),
        Uncertainty = Milliseconds(uncertainty),
    };

    private static TimeSpan Milliseconds(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
