using Recorder.Actors.Capture;

namespace Recorder.Actors.Tests.Capture;

public sealed class DamageReportSpecs
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(1);
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(40);

    [Fact]
    public void The_missing_time_is_that_of_the_damaged_packets_not_the_time_since_the_last_good_packet()
    {
        var report = new DamageReport();
        report.Add(0, Frame);
        report.Add(1, Frame / 2);
        report.Add(0, Frame);

        var dropped = report.Take(Now.AddSeconds(-6), Now).ShouldNotBeNull();
        (dropped.Packets, dropped.Missing).ShouldBe((3, 2 * Frame));
        (dropped.To - dropped.From).ShouldBe(2 * Frame);
        report.Take(Now, Now).ShouldBeNull();
    }

    [Fact]
    public void Damage_that_gave_no_packet_is_as_long_as_the_clock_says()
    {
        var report = new DamageReport();
        report.Add();

        var dropped = report.Take(Now.AddSeconds(-2), Now).ShouldNotBeNull();
        (dropped.Missing, dropped.To - dropped.From).ShouldBe((null, TimeSpan.FromSeconds(2)));
    }
}
