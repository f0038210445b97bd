using Recorder.Contracts;
using Recorder.Testing;
using Xunit.Abstractions;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Conformance;

/// <summary>Behaviours 79 to 84: the content of the recording.</summary>
public sealed class Content_79_84_Specs(ITestOutputHelper output) : RecorderSpec(output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(SignalLossPolicy.Gap, "")]
    [InlineData(SignalLossPolicy.BlackAndSilence, "video/webm;codecs=vp8,opus")]
    public void Tracks_disabled_from_the_start_still_complete_79(SignalLossPolicy policy, string mimeType)
    {
        var camera = Source();
        var recorder = CreateRecorder(camera, new RecorderOptions { SignalLoss = policy, MimeType = mimeType });
        recorder.Start();
        camera.Mute(camera.Video);
        camera.Mute(camera.Audio);
        Clock.Advance(2 * Second);

        recorder.Stop();

        recorder.ExpectStarted();
        if (policy == SignalLossPolicy.BlackAndSilence)
        {
            var played = Decoded.Of(Disk.Read(recorder.ExpectBlob(TimeSpan.Zero, 2 * Second, empty: false)));
            played.Video.Frames.Count.ShouldBe(50);
            played.Video.Frames.ShouldAllBe(frame => frame.Level < 20);
        }
        else
        {
            recorder.ExpectGap(GapCause.Muted, 2 * Second);
            recorder.ExpectGap(GapCause.Muted);
            recorder.ExpectBlob(TimeSpan.Zero);
        }

        recorder.ExpectStopped(StopReason.Requested);
        recorder.ExpectNoEvent();
    }

    [Fact]
    public void Disabled_midway_is_black_and_silence_and_the_duration_is_kept_80()
    {
        var camera = Source();
        var recorder = Record(camera, new RecorderOptions
        {
            SignalLoss = SignalLossPolicy.BlackAndSilence,
            MimeType = "video/webm;codecs=vp8,opus",
        });

        var played = Decoded.Of(Disk.Read(recorder.ExpectBlob(TimeSpan.Zero, 3 * Second, empty: false)));
        recorder.ExpectStopped(StopReason.Requested, 3 * Second);
        played.Video.Frames.Count.ShouldBe(75);
        played.Video.Frames.Where(IsMidway).ShouldAllBe(frame => frame.Level < 20);
        played.Video.Frames.Where(IsBeforeOrAfter).ShouldAllBe(frame => frame.Level > 60);
        played.Audio.Frames.Where(IsMidway).ShouldAllBe(frame => frame.Level < 100);
        played.Audio.Frames.Where(IsBeforeOrAfter).ShouldAllBe(frame => frame.Level > 1000);

        // The encoder needs a moment to reach the bit rate.
        static bool IsMidway(PlayedFrame frame) => frame.Time.TotalSeconds is > 1.15 and < 1.85;
        static bool IsBeforeOrAfter(PlayedFrame frame) => frame.Time.TotalSeconds is (> 0.1 and < 0.85) or (> 2.15 and < 2.85);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_change_of_the_source_s_codec_parameters_is_no_error_81(bool copied)
    {
        var camera = Source();
        var recorder = CreateRecorder(camera, new RecorderOptions { MimeType = copied ? "" : "video/webm;codecs=vp8,opus" });
        recorder.Start();
        Clock.Advance(Second);
        camera.Resize(camera.Video, 128, 96);
        Clock.Advance(Second);
        recorder.Stop();

        recorder.ExpectStarted();
        recorder.Events.OfType<ErrorRaised>().ShouldBeEmpty();
        recorder.Events.OfType<SourceChanged>().ShouldContain(source => source.Status == SourceStatus.Changed);
        recorder.Events.OfType<Stopped>().ShouldHaveSingleItem().Duration.ShouldBe(2 * Second);
        // A copied track continues in another file with another header; the frames of an encoder keep their size.
        var extents = recorder.Blobs.GroupBy(blob => blob.Path).Select(blobs => Decoded.Of(Disk, blobs)).ToList();
        extents.Select(extent => (extent.Video.Parameters.Width, extent.Video.Parameters.Height))
            .ShouldBe(copied ? [(64, 48), (128, 96)] : [(64, 48)]);
        extents.ShouldAllBe(extent => extent.Video.DecodeErrors == 0);
        extents.Sum(extent => extent.Video.Frames.Count).ShouldBe(50);
    }

    [Theory]
    [InlineData("h264", "aac", "video/mp4")]
    [InlineData("h264", "opus", "video/mp4")]
    [InlineData("vp8", "opus", "video/webm")]
    [InlineData("vp9", "opus", "video/mp4")]
    [InlineData("vp8", "aac", "video/x-matroska")]
    public void An_unset_mimeType_keeps_the_source_s_codecs_82(string video, string audio, string container)
    {
        var recorder = CreateRecorder(Source("camera", ScriptedTrack.Video(video), ScriptedTrack.Audio(audio)));
        recorder.Start();
        Clock.Advance(Second);
        recorder.Stop();

        var type = recorder.ExpectStarted().MimeType;
        type.ShouldStartWith(container + ";codecs=");
        var played = Decoded.Of(Disk.Read(recorder.ExpectBlob(empty: false)));
        (played.Video.Parameters.Codec, played.Audio.Parameters.Codec).ShouldBe((video, audio));
        MediaMimeType.TryParse(type, out var parsed).ShouldBeTrue();
        parsed!.Codecs.ShouldBe([played.Video.Parameters.MimeCodec, played.Audio.Parameters.MimeCodec]);
    }

    // A browser's recorder belongs to a page, and a node's recorder to the client that created it: removing the recorder replaces closing the
    // page. A recording is stopped before the removal is answered, and no event follows, whatever the source does.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Owner_gone_start_is_refused_and_there_is_no_stop_event_83(bool whileRecording)
    {
        var camera = Source();
        var recorder = CreateRecorder(camera, id: "front");
        if (whileRecording)
        {
            recorder.Start();
            Clock.Advance(Second);
        }

        World.Recorders.Tell(new RecordersProtocol.Remove(recorder.Id), ActorRefs.NoSender);
        World.Settle();

        if (whileRecording)
        {
            recorder.ExpectStarted();
            recorder.ExpectBlob(TimeSpan.Zero, Second);
            recorder.ExpectStopped(StopReason.Shutdown);
        }

        recorder.ExpectRefused(new Start(recorder.Id), ErrorName.InvalidStateError).Message.ShouldContain("front");
        Clock.Advance(Second);
        camera.End();
        recorder.ExpectNoEvent();
        camera.Subscribers.ShouldBe(0);
    }

    [Fact]
    public void A_data_event_always_carries_a_blob_84()
    {
        var camera = Source();
        var recorder = CreateRecorder(camera);
        // Before any media, with media, without new media, paused, by timeslice, at the end, by an error, and before the recording began.
        recorder.Start(Second);
        recorder.RequestData();
        Clock.Advance(2.6 * Second);
        recorder.RequestData();
        recorder.RequestData();
        recorder.Pause();
        recorder.RequestData();
        recorder.Stop();
        recorder.Start();
        Clock.Advance(Second);
        camera.Remove(camera.Audio);
        recorder.Start();
        recorder.Stop();
        recorder.Start();
        camera.Fail(ErrorName.UnknownError, "The camera is broken.");

        var events = recorder.Events.OfType<DataAvailable>().ToList();
        events.Count.ShouldBe(1 + 2 + 2 + 1 + 1 + 1 + 1 + 1);
        foreach (var data in events)
        {
            data.Data.ShouldNotBeNull();
            data.Data.Path.ShouldNotBeEmpty();
            data.Data.Type.ShouldNotBeNull();
            Disk.Read(data.Data).Length.ShouldBe((int)data.Data.Length);
            data.Timecode.ShouldBe(data.Data.MediaTime);
        }

        events.Count(data => data.Data.Length > 0).ShouldBe(4);
    }

    private TestRecorder Record(ScriptedSource camera, RecorderOptions options)
    {
        var recorder = CreateRecorder(camera, options);
        recorder.Start();
        Clock.Advance(Second);
        camera.Mute(camera.Video);
        camera.Mute(camera.Audio);
        Clock.Advance(Second);
        camera.Unmute(camera.Video);
        camera.Unmute(camera.Audio);
        Clock.Advance(Second);
        recorder.Stop();
        recorder.ExpectStarted();
        return recorder;
    }
}
