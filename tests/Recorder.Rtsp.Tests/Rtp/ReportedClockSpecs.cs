using Recorder.Rtsp.Rtp;

namespace Recorder.Rtsp.Tests.Rtp;

public class ReportedClockSpecs
{
    private const long Epoch = 1_790_000_000_000_000;
    private readonly ReportedClock _clock = new(90000);

    [Fact]
    public void Every_timestamp_has_a_time_before_and_after_the_report()
    {
        Report(Epoch, 90000);
        _clock.WallClockUs(90000).ShouldBe(Epoch);
        _clock.WallClockUs(93600).ShouldBe(Epoch + 40_000);
        _clock.WallClockUs(0).ShouldBe(Epoch - 1_000_000);
        _clock.TimestampOf(Epoch + 40_000).ShouldBe(93600);
    }

    [Fact]
    public void Timestamps_of_the_report_are_unwrapped_like_those_of_the_media()
    {
        var latest = (3L << 32) + 100;
        Report(Epoch, (1L << 32) - 900, latest);
        _clock.WallClockUs(latest).ShouldBe(Epoch + 11_111);
    }

    [Fact]
    public void Drift_is_followed_and_a_step_is_known_as_one()
    {
        Report(Epoch, 0);
        Report(Epoch + 10_000_500, 900_000);
        _clock.DriftPpm.ShouldBe(50, 0.1);
        _clock.Steps.ShouldBe(0);
        Report(Epoch + 3_620_000_500, 1_800_000);
        _clock.Steps.ShouldBe(1);
        _clock.LatestStepUs.ShouldBe(3_600_000_000);
        _clock.WallClockUs(1_800_000).ShouldBe(Epoch + 3_620_000_500);
    }

    [Fact]
    public void Report_of_another_moment_than_the_media_is_ignored()
    {
        Report(Epoch, 500_000_000, latest: 90000);
        _clock.IsKnown.ShouldBeFalse();
        _clock.Report(new SenderReport(1, 0, 90000, 0), 90000);
        _clock.IsKnown.ShouldBeFalse();
    }

    private void Report(long wallUs, long timestamp, long? latest = null)
    {
        var (seconds, micros) = ((ulong)(wallUs / 1_000_000) + 2_208_988_800, (ulong)(wallUs % 1_000_000));
        var ntp = (seconds << 32) | ((micros << 32) / 1_000_000);
        _clock.Report(new SenderReport(1, ntp, (uint)timestamp, 0), latest ?? timestamp);
    }
}
