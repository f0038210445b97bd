using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Recording;

/// <summary>A disk that does not answer: the thread of its volume is blocked.</summary>
public sealed class StalledDiskSpecs : RecorderSpecs
{
    // Eight segments of 32 KiB.
    private static readonly RecorderOptions SmallMemory = new() { MemoryLimit = 256 << 10, FragmentDuration = TimeSpan.FromMilliseconds(200) };

    [Fact]
    public void Invariant_4_a_stalled_disk_costs_media_that_is_in_a_gap_and_memory_stays_bounded()
    {
        Create(SmallMemory);
        Start();
        Deliver(25);
        Subscriber.ExpectMsg<Started>();
        StallDisk();
        Deliver(1000);
        Tell(new GetStatus(Id));
        var stalled = ExpectMsg<RecorderProtocol.Status>();
        Deliver(1000);
        Tell(new GetStatus(Id));
        ExpectMsg<RecorderProtocol.Status>().Bytes.ShouldBe(stalled.Bytes);
        // Memory is taken in whole segments, however little is in each.
        stalled.Bytes.ShouldBeLessThan(SmallMemory.MemoryLimit / 4);

        ReleaseDisk();
        AwaitAssert(() =>
        {
            Deliver(5);
            Subscriber.ExpectMsg<GapRecorded>(TimeSpan.FromMilliseconds(50)).Cause.ShouldBe(GapCause.DiskStalled);
        });
        Tell(new Stop(Id));
        var data = Subscriber.ExpectMsg<DataAvailable>().Data;
        new FileInfo(data.Path).Length.ShouldBe(data.Length);
        Subscriber.ExpectMsg<Stopped>();
    }

    // Else a node that is killed would have published an event that its folder lacks, and its next run would publish it again.
    [Fact]
    public void A_mark_is_published_when_its_index_line_is_on_disk()
    {
        Create(SmallMemory);
        Start();
        Deliver(25);
        Subscriber.ExpectMsg<Started>();
        StallDisk();
        Tell(new Mark(Id, "goal"));
        ExpectMsg<Accepted>();
        // Events published before arrive before this answer.
        Subscriber.Send(Mediator, new EventsProtocol.Subscribe());
        Subscriber.ExpectMsg<EventsProtocol.Subscribed>();

        ReleaseDisk();

        Subscriber.ExpectMsg<Marked>().Label.ShouldBe("goal");
    }

    [Fact]
    public void Invariant_4_a_stalled_disk_delays_neither_commands_nor_a_recorder_on_another_disk()
    {
        Create(SmallMemory);
        Start();
        Deliver(25);
        Subscriber.ExpectMsg<Started>();
        StallDisk();
        Deliver(100);

        var other = new RecorderId("other");
        var elsewhere = Directory.CreateTempSubdirectory("recorder-");
        var memory = Path.Combine("/dev/shm", elsewhere.Name);
        try
        {
            Recorders.Tell(new RecordersProtocol.Create(other, "test:", new RecorderOptions(), new RecordingTarget(memory)), TestActor);
            ExpectMsg<RecordersProtocol.Created>();
            Tell(new RecorderProtocol.Start(other));
            ExpectMsg<Accepted>();
            ExpectAttach();
            OpenSource();
            Deliver(25);
            Tell(new Stop(other));
            Subscriber.FishForMessage(message => message is Stopped stopped && stopped.Recorder == other);
            ExpectMsg<Accepted>();

            Tell(new Pause(Id));
            ExpectMsg<Accepted>().State.ShouldBe(RecorderState.Paused);
        }
        finally
        {
            ReleaseDisk();
            elsewhere.Delete();
            Directory.Delete(memory, recursive: true);
        }
    }
}
