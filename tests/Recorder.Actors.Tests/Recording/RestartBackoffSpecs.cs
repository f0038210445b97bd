using Recorder.Actors.Timing;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Recording;

public sealed class RestartBackoffSpecs
{
    private readonly RestartBackoff _backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), new Random(1));

    [Fact]
    public void A_recorder_whose_source_has_changed_is_started_again_at_once()
    {
        After(seconds: 3600, sourceHasChanged: true).ShouldBe(TimeSpan.Zero);
        After(seconds: 1, sourceHasChanged: true).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void A_recorder_whose_source_changes_again_and_again_is_started_with_growing_delays()
    {
        var waits = Enumerable.Range(0, 5).Select(_ => After(seconds: 0.2, sourceHasChanged: true)).ToList();

        waits[0].ShouldBeInRange(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1));
        waits[^1].ShouldBeInRange(TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(16));
    }

    [Fact]
    public void After_a_failure_it_waits_longer_each_time_until_a_long_run()
    {
        After(seconds: 1);
        After(seconds: 1);
        After(seconds: 29).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2));

        After(seconds: 30).ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(1));
    }

    private TimeSpan After(double seconds, bool sourceHasChanged = false) => _backoff.After(
        new Stopped(new RecorderId("cam"), 1, default, new RecordingId("20260101T000000.000Z-1"), StopReason.Failed)
        {
            Duration = TimeSpan.FromSeconds(seconds),
            SourceHasChanged = sourceHasChanged,
        });
}
