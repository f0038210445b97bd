using Recorder.Contracts;
using Recorder.Testing;

namespace Recorder.Actors.Tests.Model;

/// <summary>Bugs that random stories found, as plain specs.</summary>
public sealed class FoundByTheModelSpecs : RecorderSpec
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void When_nothing_could_be_written_the_empty_blob_begins_at_0()
    {
        var recorder = CreateRecorder(Source(), new RecorderOptions { ExtentDuration = Second });
        recorder.Start();
        Clock.Advance(Second / 2);
        Disk.FailAt(Disk.Written);
        Clock.Advance(3 * Second);

        recorder.ExpectStarted();
        recorder.ExpectError(ErrorName.UnknownError);
        recorder.ExpectBlob(TimeSpan.Zero, TimeSpan.Zero, empty: true);
        recorder.ExpectStopped(StopReason.Failed);
    }

    [Theory]
    [InlineData(TrackKind.Video)]
    [InlineData(TrackKind.Audio)]
    public void A_recording_does_not_wait_for_a_track_that_ended_before_its_first_packet(TrackKind ended)
    {
        var camera = Source();
        var recorder = CreateRecorder(camera, new RecorderOptions { MemoryLimit = 256 << 10 });
        recorder.Start(Second / 10);
        camera.EndTrack(ended == TrackKind.Video ? camera.Video : camera.Audio);
        Clock.Advance(Second / 10);

        recorder.ExpectStarted();
        Clock.Advance(3 * Second);
        recorder.Stop();
        recorder.Events.OfType<RecorderProtocol.GapRecorded>().ShouldBeEmpty();
    }

    [Fact]
    public void A_track_that_ends_before_the_others_begin_is_recorded()
    {
        var camera = Source();
        var recorder = CreateRecorder(camera);
        recorder.Start();
        camera.EmitPacket(camera.Video, TimeSpan.Zero);
        camera.EndTrack(camera.Video);
        recorder.ExpectStarted();
        recorder.Stop();

        recorder.ExpectBlob(TimeSpan.Zero, 0.04 * Second, empty: false);
        recorder.ExpectStopped();
    }

    [Fact]
    public void The_status_after_a_recording_without_media_counts_no_blob_that_is_not_stored()
    {
        var recorder = CreateRecorder(Source());
        recorder.Start();
        recorder.Stop();

        recorder.Status.Blobs.ShouldBe(0);
        recorder.ExpectStarted();
        recorder.ExpectBlob(empty: true);
        recorder.ExpectStopped().Blobs.ShouldBe(0);
    }

    [Fact]
    public void After_an_error_one_blob_comes_although_more_end_with_the_recording()
    {
        var camera = Source();
        var recorder = CreateRecorder(camera);
        recorder.Start(Second / 10);
        Enumerable.Range(0, 15).ToList().ForEach(frame => camera.EmitPacket(camera.Video, frame * 0.04 * Second));
        Disk.FailAt(Disk.Written);
        recorder.Stop();

        recorder.ExpectStarted();
        recorder.ExpectError(ErrorName.UnknownError);
        recorder.ExpectBlob(empty: true);
        recorder.ExpectStopped(StopReason.Failed);
    }
}
