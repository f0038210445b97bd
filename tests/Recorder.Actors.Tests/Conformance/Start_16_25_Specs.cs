using Recorder.Contracts;
using Recorder.Testing;
using Xunit.Abstractions;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Conformance;

/// <summary>Behaviours 16 to 25: the immediate effects of start(), and its refusals.</summary>
public sealed class Start_16_25_Specs(ITestOutputHelper output) : RecorderSpec(output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void The_state_is_recording_at_once_although_no_media_came_16()
    {
        var camera = Source();
        camera.RefuseConnection("The camera is still starting.");
        var recorder = CreateRecorder(camera);

        recorder.Send(new Start(recorder.Id)).ShouldBe(new Accepted(recorder.Id, RecorderState.Recording));
        recorder.State.ShouldBe(RecorderState.Recording);
        recorder.ExpectNoEvent();

        camera.AllowConnection();
        Clock.Advance(Second);
        recorder.ExpectStarted();
        recorder.State.ShouldBe(RecorderState.Recording);
    }

    [Fact]
    public void Start_while_waiting_recording_or_paused_is_an_InvalidStateError_17()
    {
        var camera = Source();
        camera.RefuseConnection("The camera is still starting.");
        var recorder = CreateRecorder(camera);
        recorder.Start();
        recorder.ExpectRefused(new Start(recorder.Id), ErrorName.InvalidStateError);

        camera.AllowConnection();
        Clock.Advance(Second);
        recorder.ExpectStarted();
        recorder.ExpectRefused(new Start(recorder.Id, Second), ErrorName.InvalidStateError);
        recorder.State.ShouldBe(RecorderState.Recording);

        recorder.Pause();
        recorder.ExpectPaused();
        recorder.ExpectRefused(new Start(recorder.Id), ErrorName.InvalidStateError);
        recorder.State.ShouldBe(RecorderState.Paused);
        recorder.ExpectNoEvent();
    }

    [Fact]
    public void A_refused_start_leaves_the_recording_untouched_18()
    {
        var camera = Source();
        var (left, disturbed) = (CreateRecorder(camera, id: "left"), CreateRecorder(camera, id: "disturbed"));
        left.Start(Second);
        disturbed.Start(Second);
        Clock.Advance(1.5 * Second);

        var wish = new Start(disturbed.Id, 0.2 * Second) { Duration = 0.5 * Second };
        disturbed.ExpectRefused(wish, ErrorName.InvalidStateError);
        Clock.Advance(2 * Second);
        Pause(left, disturbed);
        disturbed.ExpectRefused(wish, ErrorName.InvalidStateError);
        Clock.Advance(Second);
        left.Resume();
        disturbed.Resume();
        Clock.Advance(2 * Second);
        left.Stop();
        disturbed.Stop();

        EventNames(disturbed).ShouldBe(EventNames(left));
        EventNames(disturbed).Count(name => name == nameof(DataAvailable)).ShouldBeGreaterThan(3);
        Disk.Read(disturbed.Blobs[0].Path).ShouldBe(Disk.Read(left.Blobs[0].Path));

        static void Pause(TestRecorder one, TestRecorder other)
        {
            one.Pause();
            other.Pause();
        }

        static List<string> EventNames(TestRecorder recorder) => [.. recorder.Events.Select(raised => raised.GetType().Name)];
    }

    // A browser does not record tracks of another origin. A node is refused access by the source.
    [Fact]
    public void A_source_that_the_caller_may_not_use_is_a_SecurityError_19()
    {
        var camera = Source();
        var before = CreateRecorder(camera);
        camera.Forbid("The camera refuses the password.");

        // Both errors apply here; SecurityError comes before NotSupportedError.
        var later = CreateRecorder(camera, new RecorderOptions
        {
            VideoKeyFrameIntervalCount = 5,
            VideoKeyFrameIntervalDuration = Second,
        });

        foreach (var recorder in new[] { before, later })
        {
            recorder.ExpectRefused(new Start(recorder.Id), ErrorName.SecurityError)
                .Message.ShouldBe("The camera refuses the password.");
            recorder.State.ShouldBe(RecorderState.Inactive);
            recorder.Events.ShouldBeEmpty();
        }

        Disk.Paths.ShouldBeEmpty();
    }

    [Fact]
    public void An_ended_stream_is_a_NotSupportedError_and_the_recorder_stays_inactive_20()
    {
        var camera = Source();
        var before = CreateRecorder(camera);
        camera.End();
        var later = CreateRecorder(camera);

        foreach (var recorder in new[] { before, later })
        {
            recorder.ExpectRefused(new Start(recorder.Id), ErrorName.NotSupportedError).Message.ShouldContain("ended");
            recorder.State.ShouldBe(RecorderState.Inactive);
            recorder.Events.ShouldBeEmpty();
        }

        Disk.Paths.ShouldBeEmpty();
    }

    [Fact]
    public void Tracks_added_after_construction_are_recorded_21()
    {
        var camera = Source("camera", ScriptedTrack.Video());
        var recorder = CreateRecorder(camera);
        camera.Add(ScriptedTrack.Audio());

        recorder.Start();
        Clock.Advance(Second);
        recorder.Stop();

        recorder.ExpectStarted().Tracks.Select(track => track.Kind).ShouldBe([TrackKind.Video, TrackKind.Audio]);
        var played = Decoded.Of(Disk, recorder.Blobs);
        played.Video.Frames.Count.ShouldBe(25);
        played.Audio.Frames.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("audio/mp4")]
    [InlineData("audio/webm")]
    [InlineData("audio/webm;codecs=opus")]
    [InlineData("audio/x-matroska")]
    public void An_audio_type_with_a_video_track_is_refused_22(string mimeType)
    {
        var later = Source("later", ScriptedTrack.Audio());
        var options = new RecorderOptions { MimeType = mimeType };
        var recorders = new[] { CreateRecorder(Source(), options), CreateRecorder(later, options) };
        later.Add(ScriptedTrack.Video());

        foreach (var recorder in recorders)
        {
            recorder.ExpectRefused(new Start(recorder.Id), ErrorName.NotSupportedError).Message.ShouldContain("video");
            recorder.State.ShouldBe(RecorderState.Inactive);
            recorder.Status.MimeType.ShouldBe(mimeType);
            recorder.Events.ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("video/mp4")]
    [InlineData("video/webm;codecs=vp8,opus")]
    [InlineData("video/x-matroska")]
    public void A_video_type_with_audio_only_works_23(string mimeType)
    {
        var recorder = CreateRecorder(Source("microphone", ScriptedTrack.Audio()), new RecorderOptions { MimeType = mimeType });

        recorder.Start();
        Clock.Advance(Second);
        recorder.Stop();

        recorder.ExpectStarted();
        recorder.ExpectBlob(mediaTime: TimeSpan.Zero, empty: false);
        recorder.ExpectStopped(StopReason.Requested);
        var audio = Decoded.Of(Disk, recorder.Blobs).Tracks.ShouldHaveSingleItem();
        audio.Frames.Count(frame => frame.Level > 1000).ShouldBeGreaterThan(40);
    }

    [Fact]
    public void Both_key_frame_options_are_refused_24()
    {
        var recorder = CreateRecorder(Source(), new RecorderOptions
        {
            VideoKeyFrameIntervalCount = 25,
            VideoKeyFrameIntervalDuration = Second,
        });

        recorder.ExpectRefused(new Start(recorder.Id), ErrorName.NotSupportedError);

        recorder.State.ShouldBe(RecorderState.Inactive);
        recorder.Events.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("video/webm;codecs=vp8", "h264")]
    [InlineData("video/webm;codecs=vp9", "h264")]
    [InlineData("video/mp4;codecs=avc1", "vp8")]
    public void A_key_frame_comes_by_duration_25(string mimeType, string codec)
    {
        var recorder = CreateRecorder(
            Source("camera", ScriptedTrack.Video(codec)),
            new RecorderOptions { MimeType = mimeType, VideoKeyFrameIntervalDuration = 0.2 * Second });

        // The scene must not change, because an encoder inserts a key frame at a scene change.
        recorder.Start();
        Clock.Advance(0.64 * Second);
        recorder.Stop();

        Decoded.Of(Disk, recorder.Blobs).Video.KeyFrames.Select(time => Math.Round(time.TotalSeconds, 2))
            .ShouldBe([0, 0.2, 0.4, 0.6]);
    }
}
