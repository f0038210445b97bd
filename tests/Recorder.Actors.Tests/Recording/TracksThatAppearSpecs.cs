using Recorder.Contracts;
using Recorder.Testing;
using Xunit.Abstractions;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Recording;

/// <summary>
/// A track that the media itself begins or ceases to send is recorded, in another extent, and told. Only a track that a program adds or
/// removes is the specification's error (behaviours 69 and 70).
/// </summary>
public sealed class TracksThatAppearSpecs(ITestOutputHelper output) : RecorderSpec(output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Sound_that_appears_begins_an_extent_and_is_told()
    {
        var camera = Source("camera", ScriptedTrack.Video());
        var recorder = Record(camera);
        camera.Appear(ScriptedTrack.Audio());
        Clock.Advance(5 * Second);
        recorder.Stop();

        Told(recorder).Detail.ShouldContain("began to be sent");
        recorder.Blobs.Select(blob => blob.Extent).Distinct().ShouldBe([1, 2]);
        (recorder.Blobs[0].Type.Contains("mp4a", StringComparison.Ordinal), recorder.Blobs[^1].Type.Contains("mp4a", StringComparison.Ordinal)).ShouldBe((false, true));
    }

    [Fact]
    public void Pictures_that_appear_after_the_sound_make_it_a_recording_of_both()
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
    public void Sound_that_vanishes_is_told_and_the_pictures_go_on()
    {
        var camera = Source();
        var recorder = Record(camera);
        camera.Vanish(camera.Audio);
        Clock.Advance(5 * Second);
        recorder.Stop();

        Told(recorder).Detail.ShouldContain("is no longer sent");
        recorder.Events.OfType<ErrorRaised>().ShouldBeEmpty();
    }

    private static SourceChanged Told(TestRecorder recorder)
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
