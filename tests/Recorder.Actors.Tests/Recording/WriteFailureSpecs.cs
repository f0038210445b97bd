using System.Text.Json;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Recording;

/// <summary>Disks that fail: what the last events and the description then say.</summary>
public sealed class WriteFailureSpecs : RecorderSpecs
{
    [Fact]
    public void A_write_that_fails_after_stop_is_an_error_before_the_last_blob_and_the_stop()
    {
        Create();
        Start();
        StallDisk();
        Deliver(25);
        Subscriber.ExpectMsg<Started>();
        Tell(new Stop(Id));
        ExpectMsg<Accepted>().State.ShouldBe(RecorderState.Inactive);
        File.WriteAllText(Path.Combine(Folder, Id.Value), "stands where the folder should");
        ReleaseDisk();

        Subscriber.ExpectMsg<ErrorRaised>().Error.Message.ShouldContain(Folder);
        Subscriber.ExpectMsg<DataAvailable>().Data.Length.ShouldBe(0);
        var stop = Subscriber.ExpectMsg<Stopped>();
        (stop.Reason, stop.Bytes, stop.Blobs, stop.Duration).ShouldBe((StopReason.Failed, 0, 0, TimeSpan.Zero));
        Tell(new GetStatus(Id));
        ExpectMsg<Recorder.Contracts.RecorderProtocol.Status>().Bytes.ShouldBe(0);
    }

    [Fact]
    public void Stop_and_the_description_state_what_is_stored_and_not_what_was_produced()
    {
        Create(new RecorderOptions { ExtentDuration = TimeSpan.FromSeconds(1) });
        Start();
        StallDisk();
        Deliver(60);
        var recording = Path.Combine(Folder, Id.Value, Subscriber.ExpectMsg<Started>().Recording.Value);
        Tell(new Stop(Id));
        Directory.CreateDirectory(recording);
        File.WriteAllText(Path.Combine(recording, "000002.mp4"), "stands where the second extent should");
        ReleaseDisk();

        var stored = Subscriber.ExpectMsg<DataAvailable>().Data;
        stored.Length.ShouldBeGreaterThan(0);
        var error = Subscriber.ExpectMsg<ErrorRaised>().Error;
        Subscriber.ExpectMsg<DataAvailable>().Data.Length.ShouldBe(0);
        var stop = Subscriber.ExpectMsg<Stopped>();
        (stop.Reason, stop.Bytes, stop.Blobs, stop.Duration).ShouldBe((StopReason.Failed, stored.Length, 1, stored.Duration));

        var description = JsonDocument.Parse(File.ReadAllText(Path.Combine(recording, "recording.json"))).RootElement;
        description.GetProperty("stopReason").GetString().ShouldBe("Failed");
        description.GetProperty("error").GetString().ShouldBe(error.ToString());
        description.GetProperty("bytes").GetInt64().ShouldBe(stored.Length);
        description.GetProperty("blobs").GetInt64().ShouldBe(1);
        description.GetProperty("durationMs").GetDouble().ShouldBe(stored.Duration.TotalMilliseconds);
    }

    [Fact]
    public void A_recording_that_goes_well_leaves_no_hole_where_its_error_would_have_been()
    {
        Record(25);
        Tell(new Stop(Id));

        var data = Subscriber.ExpectMsg<DataAvailable>();
        // The durable event is between them.
        Subscriber.ExpectMsg<Stopped>().Sequence.ShouldBe(data.Sequence + 2);
    }

    [Fact]
    public void A_recording_that_is_there_stays_as_it_is_with_its_index_and_description()
    {
        var file = Path.Combine(Folder, "take.mp4");
        string[] parts = [file, file + ".index.jsonl", file + ".recording.json"];
        Array.ForEach(parts, part => File.WriteAllText(part, "precious"));
        Create(target: new RecordingTarget(null, file));
        Start();
        Deliver(25);
        Subscriber.ExpectMsg<Started>();

        Subscriber.ExpectMsg<ErrorRaised>().Error.Message.ShouldContain("already exists");
        Subscriber.ExpectMsg<DataAvailable>();
        Subscriber.ExpectMsg<Stopped>();
        parts.ShouldAllBe(part => File.ReadAllText(part) == "precious");
    }
}
