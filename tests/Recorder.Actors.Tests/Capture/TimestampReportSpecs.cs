using Recorder.Actors.Capture;

namespace Recorder.Actors.Tests.Capture;

public sealed class TimestampReportSpecs
{
    [Fact]
    public void A_clock_that_is_set_again_and_again_is_told_once_in_ten_seconds_with_their_number()
    {
        var report = new TimestampReport();
        report.Take([Jump(-3)], At(0)).ShouldNotBeNull().Detail.ShouldBe(
            "The timestamps of track 0 jumped by -3.0 s: they go on as their packets arrive.");
        report.Take([Jump(1)], At(2)).ShouldBeNull();
        report.Take([Jump(2)], At(4)).ShouldBeNull();
        report.Take([Jump(4)], At(11)).ShouldNotBeNull().Detail.ShouldEndWith(" So were 2 others before.");
    }

    [Fact]
    public void A_gentle_correction_is_not_told()
    {
        List<TimestampMend> mends = [Jump(0.01) with { Verdict = PaceVerdict.Drifts, IsPlain = false }];
        new TimestampReport().Take(mends, At(0)).ShouldBeNull();
        mends.ShouldBeEmpty();
    }

    private static TimestampMend Jump(double by) =>
        new(0, null, TimeSpan.FromSeconds(by), 0, TimeSpan.Zero, TimeSpan.Zero, IsPlain: true);

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
