using Recorder.Contracts;
using Recorder.Testing;

namespace Recorder.Actors.Tests.Model;

/// <summary>What random stories found, told plainly.</summary>
public sealed class FoundByTheModelSpecs : RecorderSpec
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void When_nothing_could_be_written_the_blob_that_stands_for_it_begins_at_0()
    {
        var recorder = CreateRecorder(Source(), new RecorderOptions { ExtentDuration = Second });
        recorder.Start();
        Clock.Advance(Second / 2);
        Disk.Fill();
        Clock.Advance(3 * Second);

        recorder.ExpectStarted();
        recorder.ExpectError(ErrorName.UnknownError);
        recorder.ExpectBlob(TimeSpan.Zero, TimeSpan.Zero, empty: true);
        recorder.ExpectStopped(StopReason.Failed);
    }

    [Fact]
    public void After_an_error_one_blob_comes_although_more_end_with_the_recording()
    {
        var camera = Source();
        var recorder = CreateRecorder(camera);
        recorder.Start(Second / 2);
        camera.EndTrack(camera.Audio);
        Clock.Advance(0.6 * Second);
        Disk.Fill();
        recorder.Stop();

        recorder.ExpectStarted();
        recorder.ExpectError(ErrorName.UnknownError);
        recorder.ExpectBlob(empty: true);
        recorder.ExpectStopped(StopReason.Failed);
    }
}
