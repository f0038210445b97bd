using Recorder.Contracts;
using Recorder.Testing;
using Xunit.Abstractions;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Conformance;

/// <summary>Behaviours 26 to 34: key frames, bit rates, MIME type and tracks after start().</summary>
public sealed class Start_26_34_Specs(ITestOutputHelper output) : RecorderSpec(output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData("video/webm;codecs=vp8", "h264")]
    [InlineData("video/webm;codecs=vp9", "h264")]
    [InlineData("video/mp4;codecs=avc1", "vp8")]
    public void A_key_frame_comes_by_count_26(string mimeType, string codec)
    {
        var recorder = CreateRecorder(
            Source("camera", ScriptedTrack.Video(codec)),
            new RecorderOptions { MimeType = mimeType, VideoKeyFrameIntervalCount = 7 });

        // The scene must not change, because an encoder inserts a key frame at a scene change.
        recorder.Start();
        Clock.Advance(0.64 * Second);
        recorder.Stop();

        var packets = Decoded.Of(Disk, recorder.Blobs).Video.Packets;
        packets.Count.ShouldBe(16);
        Enumerable.Range(0, packets.Count).Where(index => packets[index].Key).ShouldBe([0, 7, 14]);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(1_000_000L, 64_000L, null)]
    [InlineData(null, null, 1_000_000L)]
    public void With_audio_and_video_the_bitrates_stay_as_they_were_27(long? video, long? audio, long? total)
    {
        var recorder = CreateRecorder(Source(), new RecorderOptions
        {
            MimeType = "video/webm;codecs=vp8,opus",
            VideoBitsPerSecond = video,
            AudioBitsPerSecond = audio,
            BitsPerSecond = total,
        });
        var before = Bitrates(recorder);

        recorder.Start();
        Bitrates(recorder).ShouldBe(before);
        Clock.Advance(Second);
        recorder.ExpectStarted();
        Bitrates(recorder).ShouldBe(before);
        recorder.Stop();
        Bitrates(recorder).ShouldBe(before);
    }

    [Fact]
    public void BitsPerSecond_with_one_kind_only_leaves_the_other_zero_28()
    {
        var options = new RecorderOptions { MimeType = "video/webm;codecs=vp8,opus", BitsPerSecond = 1_000_000 };
        var video = CreateRecorder(Source("video", ScriptedTrack.Video()), options);
        var audio = CreateRecorder(Source("audio", ScriptedTrack.Audio()), options with { BitsPerSecond = 64_000 });

        video.Start();
        audio.Start();
        Clock.Advance(Second);

        video.ExpectStarted();
        audio.ExpectStarted();
        Bitrates(video).ShouldBe((1_000_000, 0));
        Bitrates(audio).ShouldBe((0, 64_000));
    }

    [Fact]
    public void The_split_is_restored_when_the_recorder_is_inactive_again_29()
    {
        var camera = Source("camera", ScriptedTrack.Video());
        var options = new RecorderOptions { BitsPerSecond = 1_000_000 };
        var (stopped, failed) = (CreateRecorder(camera, options), CreateRecorder(camera, options));
        foreach (var recorder in new[] { stopped, failed })
        {
            recorder.Start();
            Clock.Advance(Second);
            Bitrates(recorder).ShouldBe((1_000_000, 0));
        }

        stopped.Stop();
        Bitrates(stopped).ShouldBe((950_000, 50_000));
        camera.Fail(ErrorName.UnknownError, "The camera burns.");
        Bitrates(failed).ShouldBe((950_000, 50_000));
    }

    [Fact]
    public void Start_fires_exactly_once_a_recording_30()
    {
        var camera = Source();
        var recorder = CreateRecorder(camera);

        recorder.Start(Second);
        Clock.Advance(2 * Second);
        recorder.RequestData();
        recorder.Pause();
        recorder.Resume();
        camera.Lose();
        Clock.Advance(Second);
        camera.Restore();
        Clock.Advance(2 * Second);
        recorder.Stop();
        Started(recorder).ShouldBe(1);

        // This recording is stopped before any media, and still raises its start event.
        recorder.Start();
        recorder.Stop();
        Started(recorder).ShouldBe(2);

        static int Started(TestRecorder recorder) => recorder.Events.OfType<Started>().Count();
    }

    [Fact]
    public void The_mimeType_is_empty_until_start_31()
    {
        var camera = Source();
        var recorder = CreateRecorder(camera);
        camera.RefuseConnection("The camera is still starting.");
        camera.Stall();

        recorder.Start();
        recorder.Status.MimeType.ShouldBe("");

        // The tracks are known now, but no media has come.
        camera.AllowConnection();
        recorder.Status.Source.ShouldBe(SourceStatus.Connected);
        recorder.Status.MimeType.ShouldBe("");
        recorder.ExpectNoEvent();

        camera.Play();
        Clock.Advance(Second);
        recorder.Status.MimeType.ShouldBe(recorder.ExpectStarted().MimeType);
        recorder.Status.MimeType.ShouldNotBe("");
    }

    [Theory]
    [InlineData("h264", "aac", "", "^video/mp4;codecs=avc1\\.[0-9a-f]{6},mp4a\\.40\\.2$")]
    [InlineData("h264", null, "", "^video/mp4;codecs=avc1\\.[0-9a-f]{6}$")]
    [InlineData(null, "aac", "", "^audio/mp4;codecs=mp4a\\.40\\.2$")]
    [InlineData("vp8", "opus", "", "^video/webm;codecs=vp8,opus$")]
    [InlineData("vp8", null, "video/webm", "^video/webm;codecs=vp8$")]
    [InlineData(null, "opus", "audio/webm", "^audio/webm;codecs=opus$")]
    [InlineData("h264", "opus", "video/x-matroska", "^video/x-matroska;codecs=avc1\\.[0-9a-f]{6},opus$")]
    [InlineData("rawvideo", "pcm_s16le", "video/webm", "^video/webm;codecs=vp8,opus$")]
    public void The_mimeType_then_names_the_container_and_one_or_two_codecs_32(
        string? video, string? audio, string asked, string given)
    {
        var camera = Source("camera", [
            .. video is null ? [] : new[] { ScriptedTrack.Video(video) },
            .. audio is null ? [] : new[] { ScriptedTrack.Audio(audio) },
        ]);
        var recorder = CreateRecorder(camera, new RecorderOptions { MimeType = asked });

        recorder.Start();
        Clock.Advance(Second);

        recorder.ExpectStarted().MimeType.ShouldMatch(given);
        recorder.Status.MimeType.ShouldMatch(given);
    }

    [Fact]
    public void What_is_found_unsupported_late_is_an_error_then_stop_without_data_33()
    {
        var camera = Source();
        camera.RefuseConnection("The camera is still starting.");
        var recorder = CreateRecorder(camera, new RecorderOptions { MimeType = "audio/webm" });
        recorder.Start();
        recorder.ExpectNoEvent();

        camera.AllowConnection();

        recorder.ExpectError(ErrorName.NotSupportedError).Message.ShouldContain("video");
        recorder.ExpectStopped(StopReason.Failed);
        recorder.State.ShouldBe(RecorderState.Inactive);
        Clock.Advance(Second);
        recorder.ExpectNoEvent();
        recorder.Blobs.ShouldBeEmpty();
        camera.Subscribers.ShouldBe(0);
    }

    [Fact]
    public void A_track_that_ended_before_start_is_not_recorded_34()
    {
        var camera = Source();
        var recorder = CreateRecorder(camera);
        camera.EndTrack(camera.Audio);

        recorder.Start();
        Clock.Advance(Second);
        recorder.Stop();

        var started = recorder.ExpectStarted();
        started.Tracks.ShouldHaveSingleItem().Kind.ShouldBe(TrackKind.Video);
        started.MimeType.ShouldNotContain(",");
        recorder.ExpectBlob(empty: false);
        recorder.ExpectStopped(StopReason.Requested, Second);
        Decoded.Of(Disk, recorder.Blobs).Tracks.ShouldHaveSingleItem().Frames.Count.ShouldBe(25);
    }

    private static (long Video, long Audio) Bitrates(TestRecorder recorder) =>
        (recorder.Status.VideoBitsPerSecond, recorder.Status.AudioBitsPerSecond);
}
