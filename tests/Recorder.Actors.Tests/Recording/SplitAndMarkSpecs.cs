using System.Text;
using Recorder.Contracts;
using Recorder.Testing;
using Xunit.Abstractions;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Recording;

public sealed class SplitAndMarkSpecs(ITestOutputHelper output) : RecorderSpec(output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Split_begins_a_new_extent_and_blob_at_the_next_key_frame()
    {
        var recorder = CreateRecorder(Source());
        recorder.Start();
        Clock.Advance(1.2 * Second);
        recorder.Split();
        Clock.Advance(Second);
        recorder.Stop();

        recorder.ExpectStarted();
        recorder.ExpectBlob(TimeSpan.Zero, 2 * Second).Extent.ShouldBe(1);
        var second = recorder.ExpectBlob(2 * Second, 0.2 * Second);
        (second.Extent, second.Offset, second.StartsWithKeyFrame).ShouldBe((2, 0, true));
        recorder.ExpectStopped(StopReason.Requested, 2.2 * Second);
    }

    [Fact]
    public void Split_of_encoded_video_forces_a_key_frame()
    {
        var recorder = CreateRecorder(
            Source("camera", ScriptedTrack.Video("rawvideo")),
            new RecorderOptions { MimeType = "video/mp4;codecs=avc1", VideoKeyFrameIntervalDuration = 100 * Second });
        recorder.Start();
        Clock.Advance(2 * Second);
        recorder.Split();
        Clock.Advance(2 * Second);
        recorder.Stop();

        recorder.ExpectStarted();
        recorder.ExpectBlob().Extent.ShouldBe(1);
        recorder.ExpectBlob().Extent.ShouldBe(2);
        recorder.ExpectStopped();
    }

    [Fact]
    public void Split_while_paused_takes_effect_after_resume()
    {
        var recorder = CreateRecorder(Source());
        recorder.Start();
        Clock.Advance(Second);
        recorder.Pause();
        recorder.Split();
        Clock.Advance(Second);
        recorder.Resume();
        Clock.Advance(2 * Second);
        recorder.Stop();

        recorder.Blobs.Select(blob => blob.Extent).ShouldBe([1, 2]);
    }

    [Fact]
    public void Split_before_media_has_no_effect()
    {
        var recorder = CreateRecorder(Source());
        recorder.Post(new Start(recorder.Id));
        recorder.Post(new Split(recorder.Id));
        Clock.Advance(2 * Second);
        recorder.Stop();

        recorder.Blobs.Select(blob => blob.Extent).ShouldBe([1]);
    }

    [Fact]
    public void Split_of_one_file_is_refused()
    {
        var recorder = CreateRecorder(Source(), target: new RecordingTarget(null, "/take.mp4"));
        recorder.Start();
        recorder.ExpectRefused(new Split(recorder.Id), ErrorName.NotSupportedError).Message.ShouldContain("folder");
    }

    [Fact]
    public void An_inactive_recorder_refuses_split_and_mark_with_a_sentence()
    {
        var recorder = CreateRecorder(Source());
        recorder.ExpectRefused(new Split(recorder.Id), ErrorName.InvalidStateError).Message.ShouldContain("start it before you split it");
        recorder.ExpectRefused(new Mark(recorder.Id, "x"), ErrorName.InvalidStateError).Message.ShouldContain("start it before you mark it");
    }

    [Fact]
    public void Mark_labels_the_present_moment_in_an_event_and_in_the_index_file()
    {
        var recorder = CreateRecorder(Source());
        recorder.Start();
        Clock.Advance(1.2 * Second);
        recorder.Mark("the ball is \"in\"");

        recorder.ExpectStarted();
        var marked = recorder.Expect<Marked>();
        (marked.MediaTime, marked.Label, marked.At).ShouldBe((1.2 * Second, "the ball is \"in\"", Clock.GetUtcNow()));
        var index = Disk.Paths.Single(path => path.EndsWith("index.jsonl", StringComparison.Ordinal));
        Encoding.UTF8.GetString(Disk.Read(index)).ShouldContain("\"mark\":{\"mediaTime\":1200,");
    }

    [Fact]
    public void Mark_is_refused_before_media_and_with_an_invalid_label()
    {
        var camera = Source();
        camera.Stall();
        var recorder = CreateRecorder(camera);
        recorder.Start();
        recorder.ExpectRefused(new Mark(recorder.Id, "x"), ErrorName.InvalidStateError).Message.ShouldContain("start event");
        camera.Play();
        Clock.Advance(Second);
        recorder.ExpectRefused(new Mark(recorder.Id, ""), ErrorName.NotSupportedError).Message.ShouldContain("0 characters");
        recorder.ExpectRefused(new Mark(recorder.Id, new string('x', 201)), ErrorName.NotSupportedError).Message.ShouldContain("1 to 200");
        recorder.Mark(new string('x', 200));
    }
}
