using Recorder.Actors.Recording;
using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Testing;
using Xunit.Abstractions;
using static Recorder.Actors.Capture.CaptureProtocol;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Recording;

/// <summary>Recorders when the system clock is set: no duration is measured by it.</summary>
public sealed class ClockSpecs(ITestOutputHelper output) : RecorderSpec(output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TwoYears = TimeSpan.FromDays(730);

    [Theory]
    [InlineData(730)]
    [InlineData(-730)]
    public void The_pre_roll_keeps_its_length_when_the_clock_is_set(int days)
    {
        var recorder = CreateRecorder(Source(), new RecorderOptions { PreRoll = 10 * Second });
        Clock.Advance(20.3 * Second);
        Clock.SetWallClock(TimeSpan.FromDays(days));
        Clock.Advance(2 * Second);
        Start(recorder, 5 * Second);
        recorder.ExpectStarted();
        Clock.Advance(2 * Second);
        recorder.Stop();

        // Key frames arrive every second: the nearest was 5.3 s ago.
        recorder.ExpectBlob(TimeSpan.Zero).Duration.ShouldBeInRange(7.2 * Second, 7.4 * Second);
    }

    [Theory]
    [InlineData(730)]
    [InlineData(-730)]
    public void The_pre_roll_is_bounded_by_elapsed_time_when_the_clock_is_set(int days)
    {
        var buffer = new PreRollBuffer(10 * Second, 1 << 20);
        buffer.Open(new SourceOpened([ScriptedMedia.Video]));
        for (var second = 0; second < 60; second++)
        {
            var wall = DateTimeOffset.UnixEpoch + TimeSpan.FromDays(20_000 + (second < 30 ? 0 : days)) + (second * Second);
            var batch = PacketBatch.Rent();
            batch.Add([1], 0, 0, 0, 1, key: true);
            batch.SetCaptureTime(0, (wall - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
            buffer.Add(batch, wall, second * Second);
            batch.Release();
            buffer.Bytes.ShouldBe(Math.Min(second + 1, 11));
        }

        buffer.Clear();
    }

    [Theory]
    [InlineData(730)]
    [InlineData(-730)]
    public void A_loss_lasts_as_long_as_the_source_was_away(int days)
    {
        var camera = Source();
        var recorder = Record(camera);
        camera.Lose();
        Clock.Advance(3 * Second);
        Clock.SetWallClock(TimeSpan.FromDays(days));
        Clock.Advance(2 * Second);
        camera.Restore();
        Clock.Advance(2 * Second);
        recorder.Stop();

        var gap = recorder.ExpectGap(GapCause.SourceLost);
        gap.Duration.ShouldBeInRange(5 * Second, 5.2 * Second);
        (gap.To - gap.From).ShouldBe(gap.Duration);
    }

    [Fact]
    public void A_loss_without_end_lasts_until_the_end_of_the_recording()
    {
        var camera = Source();
        var recorder = Record(camera);
        camera.Lose();
        Clock.SetWallClock(TwoYears);
        Clock.Advance(3 * Second);
        recorder.Stop();

        recorder.ExpectGap(GapCause.SourceLost, 3 * Second);
    }

    [Fact]
    public void Every_recorder_raises_an_event_for_the_clock_of_its_node_also_one_that_is_created_later()
    {
        var first = CreateRecorder(Source());
        World.Recorders.Tell(new RecorderControl.ClockNotice(ClockStatus.Distrusted, "It jumped."));
        var second = CreateRecorder(Source("other"));
        World.Settle();
        World.Recorders.Tell(new RecorderControl.ClockNotice(ClockStatus.Trusted, "It is back."));
        World.Settle();
        var third = CreateRecorder(Source("third"));

        foreach (var recorder in new[] { first, second })
        {
            recorder.Events.OfType<ClockChanged>().Select(changed => (changed.Sequence, changed.Status, changed.Detail))
                .ShouldBe([(1, ClockStatus.Distrusted, "It jumped."), (2, ClockStatus.Trusted, "It is back.")]);
        }

        third.Events.ShouldBeEmpty();
    }

    private static void Start(TestRecorder recorder, TimeSpan preRoll) =>
        recorder.Send(new Start(recorder.Id) { PreRoll = preRoll }).ShouldBeOfType<Accepted>();

    private TestRecorder Record(ScriptedSource camera)
    {
        var recorder = CreateRecorder(camera);
        recorder.Start();
        Clock.Advance(2 * Second);
        recorder.ExpectStarted();
        return recorder;
    }
}
