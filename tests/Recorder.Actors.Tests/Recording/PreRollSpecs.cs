using Recorder.Actors.Tests.Conformance;
using Recorder.Contracts;
using Recorder.Testing;
using Xunit.Abstractions;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Recording;

/// <summary>Recordings that begin with a pre-roll.</summary>
public sealed class PreRollSpecs(ITestOutputHelper output) : RecorderSpec(output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly RecorderOptions TenSeconds = new() { PreRoll = 10 * Second };

    [Fact]
    public void A_recording_begins_with_the_key_frame_nearest_to_the_requested_moment()
    {
        var recorder = CreateRecorder(Source(), TenSeconds);
        Clock.Advance(20.3 * Second);
        var now = Clock.GetUtcNow();
        Start(recorder, 5 * Second);
        recorder.ExpectStarted();
        Clock.Advance(2 * Second);
        recorder.Stop();

        // Key frames arrive every second from the source's beginning on: the nearest was 5.3 s ago.
        var blob = recorder.ExpectBlob(TimeSpan.Zero);
        blob.Duration.ShouldBeInRange(7.2 * Second, 7.4 * Second);
        (blob.CapturedAt - (now - (5.3 * Second))).Duration().ShouldBeLessThanOrEqualTo(TimeSpan.FromMilliseconds(100));
        recorder.ExpectStopped(StopReason.Requested, blob.Duration);
        var video = Decoded.Of(Disk.Read(blob)).Video;
        (video.DecodeErrors, video.Frames.Count).ShouldBe((0, (int)Math.Round(blob.Duration / (Second / 25))));
    }

    [Fact]
    public void Blobs_of_the_pre_roll_carry_their_capture_time()
    {
        var recorder = CreateRecorder(Source(), TenSeconds);
        Clock.Advance(20 * Second);
        Start(recorder, 5 * Second, Second);
        Clock.Advance(2 * Second);

        var blobs = recorder.Blobs;
        blobs.Count.ShouldBeGreaterThanOrEqualTo(6);
        foreach (var (earlier, later) in blobs.Zip(blobs.Skip(1)))
            (later.CapturedAt - earlier.CapturedAt - (later.MediaTime - earlier.MediaTime)).Duration().ShouldBeLessThan(Second / 10);
    }

    [Fact]
    public void A_start_does_not_wait_for_a_longer_pre_roll()
    {
        var recorder = CreateRecorder(Source(), TenSeconds);
        Clock.Advance(2.5 * Second);
        Start(recorder, 10 * Second);
        Clock.Advance(Second);
        recorder.Stop();
        recorder.ExpectStarted();
        recorder.ExpectBlob().Duration.ShouldBeInRange(3.3 * Second, 3.6 * Second);
    }

    [Fact]
    public void Without_a_pre_roll_a_recording_begins_with_the_next_media()
    {
        var recorder = CreateRecorder(Source(), TenSeconds);
        Clock.Advance(20 * Second);
        recorder.Start();
        Clock.Advance(2 * Second);
        recorder.Stop();
        recorder.ExpectStarted();
        recorder.ExpectBlob().Duration.ShouldBeLessThanOrEqualTo(2 * Second);
    }

    [Fact]
    public void A_longer_pre_roll_than_the_recorder_keeps_is_refused_with_both_numbers()
    {
        var camera = Source();
        var recorder = CreateRecorder(camera, TenSeconds);
        recorder.ExpectRefused(new Start(recorder.Id) { PreRoll = 11 * Second }, ErrorName.NotSupportedError).Message
            .ShouldContain("PreRoll is 11 s, and the recorder keeps 10 s");
        var other = CreateRecorder(camera);
        other.ExpectRefused(new Start(other.Id) { PreRoll = Second }, ErrorName.NotSupportedError).Message.ShouldContain("keeps 0 s");
        camera.Subscribers.ShouldBe(1);
    }

    [Fact]
    public void Memory_is_bounded_by_bytes_and_the_source_is_never_kept_waiting()
    {
        var camera = Source("camera", ScriptedTrack.Video(width: 320, height: 240));
        var recorder = CreateRecorder(camera, TenSeconds with { PreRoll = TimeSpan.FromDays(1), PreRollBytes = 256 << 10 });
        Clock.Advance(600 * Second);
        camera.BytesUnderWay.ShouldBe(0);
        Start(recorder, TimeSpan.FromHours(1));
        Clock.Advance(Second);
        recorder.Stop();
        recorder.ExpectStarted();
        recorder.ExpectBlob().Length.ShouldBeLessThan(400 << 10);
    }

    [Fact]
    public void A_gap_in_the_pre_roll_is_in_its_place_in_the_recording()
    {
        var camera = Source();
        var recorder = CreateRecorder(camera, TenSeconds);
        Clock.Advance(10 * Second);
        camera.Lose();
        Clock.Advance(2 * Second);
        camera.Restore();
        Clock.Advance(3 * Second);
        Start(recorder, 8 * Second);
        Clock.Advance(Second);
        recorder.Stop();

        recorder.ExpectStarted();
        var gap = recorder.ExpectGap(GapCause.SourceLost);
        gap.MediaTime.ShouldBeInRange(2.5 * Second, 3.5 * Second);
        recorder.ExpectBlob().Duration.ShouldBeInRange(8.8 * Second, 9.2 * Second);
    }

    [Fact]
    public void Tracks_that_change_begin_a_new_pre_roll()
    {
        var camera = Source();
        var recorder = CreateRecorder(camera, TenSeconds);
        Clock.Advance(10 * Second);
        camera.Resize(camera.Video, 128, 96);
        Clock.Advance(2 * Second);
        Start(recorder, 8 * Second);
        Clock.Advance(Second);
        recorder.Stop();

        recorder.ExpectStarted().Tracks[0].Width.ShouldBe(128);
        recorder.ExpectBlob().Duration.ShouldBeInRange(2 * Second, 3 * Second);
    }

    [Fact]
    public void The_pre_roll_is_kept_again_after_a_recording_and_after_a_crash_of_the_source()
    {
        var camera = Source();
        var recorder = CreateRecorder(camera, TenSeconds);
        Clock.Advance(3 * Second);
        Start(recorder, 2 * Second);
        Clock.Advance(Second);
        recorder.Stop();
        Clock.Advance(3 * Second);
        Start(recorder, 2 * Second);
        recorder.Stop();
        recorder.Events.OfType<Stopped>().Last().Duration.ShouldBeInRange(1.5 * Second, 3 * Second);

        camera.Crash();
        camera.Play();
        Clock.Advance(4 * Second);
        Start(recorder, 2 * Second);
        recorder.Stop();
        recorder.Events.OfType<Stopped>().Last().Duration.ShouldBeInRange(1.5 * Second, 3 * Second);
    }

    [Fact]
    public void A_duration_shorter_than_the_pre_roll_ends_the_recording_at_once()
    {
        var camera = Source();
        var recorder = CreateRecorder(camera, TenSeconds);
        Clock.Advance(10 * Second);
        recorder.Send(new Start(recorder.Id) { PreRoll = 8 * Second, Duration = 3 * Second }).ShouldBe(new Accepted(recorder.Id, RecorderState.Inactive));

        recorder.ExpectStarted();
        recorder.ExpectBlob().Duration.ShouldBeInRange(2.9 * Second, 3.1 * Second);
        recorder.ExpectStopped(StopReason.Requested);
        Clock.Advance(Second);
        recorder.ExpectNoEvent();
        camera.BytesUnderWay.ShouldBe(0);
    }

    private static void Start(TestRecorder recorder, TimeSpan preRoll, TimeSpan? timeslice = null) =>
        recorder.Send(new Start(recorder.Id, timeslice) { PreRoll = preRoll }).ShouldBeOfType<Accepted>();
}
