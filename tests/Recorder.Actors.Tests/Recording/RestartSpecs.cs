using Recorder.Actors.Capture;
using Recorder.Actors.Storage;
using Recorder.Actors.Tests.Storage;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Recording;

/// <summary>A recorder whose actor throws is restarted, and no media is lost.</summary>
public sealed class RestartSpecs : RecorderSpecs
{
    [Fact]
    public void A_recorder_that_throws_completes_its_recording_and_can_be_started_again()
    {
        Create();
        Start();
        StallDisk();
        Deliver(25);
        var started = Subscriber.ExpectMsg<Started>();
        Throw();
        Tell(new GetStatus(Id));
        ExpectMsg<Recorder.Contracts.RecorderProtocol.Status>().State.ShouldBe(RecorderState.Inactive);
        ReleaseDisk();

        var error = Subscriber.ExpectMsg<ErrorRaised>();
        var data = Subscriber.ExpectMsg<DataAvailable>();
        var stop = Subscriber.ExpectMsg<Stopped>();
        // The durable event is before the stop event.
        new[] { error.Sequence, data.Sequence, stop.Sequence - 1 }.ShouldBe(Enumerable.Range(1, 3).Select(step => started.Sequence + step));
        (stop.Reason, stop.Bytes, stop.Duration).ShouldBe((StopReason.Failed, data.Data.Length, TimeSpan.FromSeconds(1)));
        var file = File.ReadAllBytes(data.Data.Path);
        Crc32C.Append(Crc32C.Empty, file).ShouldBe(data.Data.Crc32C);
        var folder = Path.GetDirectoryName(data.Data.Path)!;
        IndexFile.Read(Path.Combine(folder, "index.jsonl"))[0].Length.ShouldBe(file.Length);
        File.ReadAllText(Path.Combine(folder, "recording.json")).ShouldContain("\"stopReason\": \"Failed\"");

        Start();
        Deliver(25);
        Tell(new Stop(Id));
        Subscriber.ExpectMsg<Started>().Recording.ShouldNotBe(started.Recording);
        Subscriber.ExpectMsg<DataAvailable>().Data.Length.ShouldBeGreaterThan(0);
        Subscriber.ExpectMsg<Stopped>().Reason.ShouldBe(StopReason.Requested);
    }

    [Fact]
    public void A_recorder_that_throws_returns_the_credit_of_its_source()
    {
        Create(new RecorderOptions { MemoryLimit = 256 << 10, FragmentDuration = TimeSpan.FromMilliseconds(200) }, source: "test:?pace=fast");
        Start();
        StallDisk();
        Deliver(100);
        Subscriber.ExpectMsg<Started>();
        FromSource(new CaptureProtocol.MediaArrived(ScriptedMedia.Frames(100, 5), _ => TestActor.Tell("credit"), Attachment));
        ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        Throw();
        ExpectMsg("credit");
    }

    [Fact]
    public void A_recorder_that_throws_while_it_is_removed_is_removed_all_the_same()
    {
        Create();
        Start();
        StallDisk();
        Deliver(25);
        Subscriber.ExpectMsg<Started>();
        Recorders.Tell(new RecordersProtocol.Remove(Id), TestActor);
        Tell(new GetStatus(Id));
        ExpectMsg<Refused>();
        Recorder.Tell(new StorageProtocol.Closed(null!, null, StoredRecording.Nothing));
        ReleaseDisk();

        Subscriber.ExpectMsg<DataAvailable>();
        Subscriber.ExpectMsg<Stopped>();
        ExpectMsg<RecordersProtocol.Removed>();
    }

    private void Throw() => FromSource(new CaptureProtocol.TrackChanged(null!));
}
