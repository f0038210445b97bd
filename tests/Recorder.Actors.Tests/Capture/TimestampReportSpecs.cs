using Recorder.Actors.Capture;

namespace Recorder.Actors.Tests.Capture;

public sealed class TimestampReportSpecs
{
    [Fact]
    public void Repeated_corrections_are_reported_once_in_ten_seconds_with_their_number()
    {
        var report = new TimestampReport();
        report.Take([Jump(-3)], At(0)).ShouldNotBeNull().Detail.ShouldBe(
            "The timestamps of track 0 jumped by -3.0 s: media time follows packet arrival.");
        report.Take([Jump(1)], At(2)).ShouldBeNull();
        report.Take([Jump(2)], At(4)).ShouldBeNull();
        report.Take([Jump(4)], At(11)).ShouldNotBeNull().Detail.ShouldEndWith(" 2 earlier corrections were not reported.");
    }

    [Fact]
    public void A_gentle_correction_is_not_reported()
    {
        List<TimestampCorrection> corrections = [Jump(0.01) with { Verdict = DriftVerdict.Began, IsNoticeable = false }];
        new TimestampReport().Take(corrections, At(0)).ShouldBeNull();
        corrections.ShouldBeEmpty();
    }

    private static TimestampCorrection Jump(double by) =>
        new(0, null, TimeSpan.FromSeconds(by), 0, TimeSpan.Zero, TimeSpan.Zero, IsNoticeable: true);

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
