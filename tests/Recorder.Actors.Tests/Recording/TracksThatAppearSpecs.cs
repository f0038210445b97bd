using Recorder.Contracts;
using Recorder.Testing;
using Xunit.Abstractions;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Recording;

/// <summary>
/// A track that appears or vanishes in the media is recorded in another extent and raises an event. Only a track that a program adds or
/// removes is the specification's error (behaviours 69 and 70).
/// </summary>
public sealed class TracksThatAppearSpecs(ITestOutputHelper output) : RecorderSpec(output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Audio_that_appears_begins_an_extent_and_raises_an_event()
    {
        var camera = Source("camera", ScriptedTrack.Video());
        var recorder = Record(camera);
        camera.Appear(ScriptedTrack.Audio());
        Clock.Advance(5 * Second);
        recorder.Stop();

        TracksChange(recorder).Detail.ShouldContain("began to be sent");
        recorder.Blobs.Select(blob => blob.Extent).Distinct().ShouldBe([1, 2]);
        (recorder.Blobs[0].Type.Contains("mp4a", StringComparison.Ordinal), recorder.Blobs[^1].Type.Contains("mp4a", StringComparison.Ordinal)).ShouldBe((false, true));
    }

    [Fact]
    public void Video_that_appears_after_the_audio_makes_a_recording_of_both()
    {
        var camera = Source("camera", ScriptedTrack.Audio());
        var recorder = Record(camera);
        recorder.Blobs[0].Type.ShouldStartWith("audio/mp4");
        camera.Appear(ScriptedTrack.Video());
        Clock.Advance(5 * Second);
        recorder.Stop();

        recorder.Blobs[^1].Type.ShouldStartWith("video/mp4");
        recorder.Blobs[^1].Extent.ShouldBe(2);
    }

    [Fact]
    public void Audio_that_vanishes_raises_an_event_and_the_video_continues()
    {
        var camera = Source();
        var recorder = Record(camera);
        camera.Vanish(camera.Audio);
        Clock.Advance(5 * Second);
        recorder.Stop();

        TracksChange(recorder).Detail.ShouldContain("is no longer sent");
        recorder.Events.OfType<ErrorRaised>().ShouldBeEmpty();
    }

    private static SourceChanged TracksChange(TestRecorder recorder)
    {
        recorder.Events.OfType<Stopped>().ShouldHaveSingleItem().Reason.ShouldBe(StopReason.Requested);
        return recorder.Events.OfType<SourceChanged>().Single(source => source.Status == SourceStatus.Changed);
    }

    private TestRecorder Record(ScriptedSource camera)
    {
        var recorder = CreateRecorder(camera);
        recorder.Start(Second);
        Clock.Advance(3 * Second);
        recorder.ExpectStarted();
        return recorder;
    }
}
