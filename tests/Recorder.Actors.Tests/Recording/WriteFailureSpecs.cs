using System.Text.Json;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Recording;

/// <summary>The last events and the description of a recording whose disk fails.</summary>
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
    public void Stop_and_the_description_have_the_stored_figures_and_not_the_produced_ones()
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
    public void A_recording_without_an_error_has_consecutive_event_numbers()
    {
        Record(25);
        Tell(new Stop(Id));

        var data = Subscriber.ExpectMsg<DataAvailable>();
        // The durable event is between the two.
        Subscriber.ExpectMsg<Stopped>().Sequence.ShouldBe(data.Sequence + 2);
    }

    [Fact]
    public void An_existing_recording_is_not_overwritten()
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
