using Recorder.Actors.Tests.Conformance;
using Recorder.Contracts;
using Recorder.Testing;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Recording;

/// <summary>Recordings and events of a source whose timestamps are wrong.</summary>
public sealed class WrongTimestampSpecs : RecorderSpec
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(40);

    [Theory]
    [InlineData(-3)]
    [InlineData(-5)]
    [InlineData(8)]
    public void A_recording_of_a_camera_whose_clock_is_set_is_as_long_as_it_took(int by)
    {
        var camera = Source();
        camera.JudgeTimestamps();
        var recorder = CreateRecorder(camera);
        recorder.Start(Second);
        Clock.Advance(20 * Second);
        camera.SetClock(by * Second);
        Clock.Advance(20 * Second);
        recorder.Stop();

        TimestampCorrections(recorder).ShouldHaveSingleItem().ShouldEndWith($"jumped by {by}.0 s: media time follows packet arrival.");
        DurationOf(recorder).ShouldBe(40 * Second, tolerance: 2 * Frame);
        recorder.Blobs.ShouldAllBe(blob => blob.Duration > TimeSpan.Zero);
        recorder.Events.OfType<GapRecorded>().ShouldBeEmpty();
        Decoded.Of(Disk.Read(recorder.Blobs[0])).Video.DecodeErrors.ShouldBe(0);
        recorder.Status.Source.ShouldNotBe(SourceStatus.TimestampsMended);
    }

    [Fact]
    public void A_recording_of_frames_that_are_stamped_25_and_sent_20_a_second_is_as_long_as_it_took()
    {
        var camera = Source();
        camera.JudgeTimestamps();
        camera.SetRate(camera.Video, 0.8);
        var recorder = CreateRecorder(camera);
        recorder.Start(Second);
        Clock.Advance(100 * Second);
        recorder.Stop();

        TimestampCorrections(recorder)[0].ShouldEndWith("running 20 % slow: they are corrected gradually.");
        DurationOf(recorder).ShouldBe(100 * Second, tolerance: 3 * Frame);
        // Capture time and media time advance together.
        var blobs = recorder.Blobs;
        blobs.Where(blob => blob.MediaTime > 60 * Second).ShouldAllBe(
            blob => (blob.CapturedAt - blobs[0].CapturedAt - blob.MediaTime).Duration() < 5 * Frame);
        recorder.Events.OfType<GapRecorded>().ShouldBeEmpty();
    }

    [Fact]
    public void A_timestamp_correction_in_the_pre_roll_is_reported_in_the_recording()
    {
        var camera = Source();
        camera.JudgeTimestamps();
        var recorder = CreateRecorder(camera, new RecorderOptions { PreRoll = 10 * Second });
        Clock.Advance(20 * Second);
        camera.SetClock(-3 * Second);
        Clock.Advance(5 * Second);
        recorder.Send(new Start(recorder.Id) { PreRoll = 10 * Second });
        Clock.Advance(5 * Second);
        recorder.Stop();

        TimestampCorrections(recorder).ShouldHaveSingleItem();
        DurationOf(recorder).ShouldBe(15 * Second, tolerance: 1.1 * Second);
    }

    [Fact]
    public void A_gap_of_damaged_packets_is_as_long_as_the_packets()
    {
        var (camera, recorder) = Record();
        camera.Damage(packets: 3, missing: 3 * Frame);
        Clock.Advance(2 * Second);
        recorder.Stop();

        recorder.ExpectGap(GapCause.Corrupt, 3 * Frame).Packets.ShouldBe(3);
    }

    [Fact]
    public void A_gap_of_packets_that_overran_the_recorder_is_as_long_as_the_missing_media()
    {
        var (camera, recorder) = Record();
        camera.Stall();
        Clock.Advance(3 * Second);
        camera.Drop(GapCause.RecorderOverrun, 75, lasting: 7 * Second);
        camera.Play();
        Clock.Advance(2 * Second);
        recorder.Stop();

        var gap = recorder.ExpectGap(GapCause.RecorderOverrun);
        gap.Duration.ShouldBe(3 * Second, tolerance: 2 * Frame);
        gap.MediaTime.ShouldBe(2 * Second, tolerance: 2 * Frame);
        DurationOf(recorder).ShouldBe(7 * Second, tolerance: 2 * Frame);
    }

    private static List<string> TimestampCorrections(TestRecorder recorder) =>
        [.. recorder.Events.OfType<SourceChanged>().Where(changed => changed.Status == SourceStatus.TimestampsMended).Select(changed => changed.Detail)];

    private static TimeSpan DurationOf(TestRecorder recorder) => recorder.Events.OfType<Stopped>().ShouldHaveSingleItem().Duration;

    private (ScriptedSource Camera, TestRecorder Recorder) Record()
    {
        var camera = Source();
        var recorder = CreateRecorder(camera);
        recorder.Start();
        Clock.Advance(2 * Second);
        recorder.ExpectStarted();
        return (camera, recorder);
    }
}
