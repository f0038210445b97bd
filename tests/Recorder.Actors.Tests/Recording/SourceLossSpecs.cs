using Recorder.Contracts;
using Recorder.Testing;

namespace Recorder.Actors.Tests.Recording;

/// <summary>The gaps of a source that is lost and does not return in time.</summary>
public sealed class SourceLossSpecs : RecorderSpec
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_stop_while_the_source_is_lost_adds_a_gap()
    {
        var (camera, recorder) = Record();
        camera.Lose();
        Clock.Advance(3 * Second);
        recorder.Stop();

        var gap = recorder.ExpectGap(GapCause.SourceLost, 3 * Second);
        gap.MediaTime.ShouldBe(2 * Second);
        recorder.ExpectBlob(duration: 2 * Second);
        recorder.ExpectStopped(StopReason.Requested, 2 * Second);
    }

    [Fact]
    public void A_loss_without_end_is_a_gap_when_the_recording_stops()
    {
        var (camera, recorder) = Record(new RecorderOptions { LossTimeout = 30 * Second });
        camera.Lose();
        Clock.Advance(31 * Second);

        recorder.ExpectGap(GapCause.SourceLost, 30 * Second);
        recorder.ExpectBlob();
        recorder.ExpectStopped(StopReason.SourceLost);
    }

    [Fact]
    public void A_pause_in_a_loss_cuts_the_paused_part_out_of_the_gap()
    {
        var (camera, recorder) = Record();
        camera.Lose();
        Clock.Advance(3 * Second);
        recorder.Pause();
        Clock.Advance(10 * Second);
        recorder.Resume();
        Clock.Advance(2 * Second);
        camera.Restore();
        Clock.Advance(2 * Second);
        recorder.Stop();

        recorder.Events.OfType<RecorderProtocol.GapRecorded>().Select(gap => gap.To - gap.From).ShouldBe([3 * Second, 2 * Second]);
    }

    private (ScriptedSource Camera, TestRecorder Recorder) Record(RecorderOptions? options = null)
    {
        var camera = Source();
        var recorder = CreateRecorder(camera, options);
        recorder.Start();
        Clock.Advance(2 * Second);
        recorder.ExpectStarted();
        return (camera, recorder);
    }
}
