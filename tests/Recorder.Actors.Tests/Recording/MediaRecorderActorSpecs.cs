using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Capture;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Tests.Recording;

/// <summary>The recorder's actor, from its commands to the events that its subscribers see.</summary>
public sealed class MediaRecorderActorSpecs : RecorderSpecs
{
    [Fact]
    public void Start_is_recording_at_once_and_raises_start_when_media_arrives()
    {
        Create();
        Tell(new Start(Id));
        ExpectMsg<Accepted>().State.ShouldBe(RecorderState.Recording);
        Subscriber.ExpectNoMsg(TimeSpan.FromMilliseconds(50));

        ExpectAttach();
        OpenSource();
        Deliver(5);

        Subscriber.ExpectMsg<Started>().Sequence.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Stop_queues_dataavailable_and_stop_and_is_inactive_at_once()
    {
        Record(25);
        Tell(new Stop(Id));
        ExpectMsg<Accepted>().State.ShouldBe(RecorderState.Inactive);

        var data = Subscriber.ExpectMsg<DataAvailable>().Data;
        var stop = Subscriber.ExpectMsg<Stopped>();
        stop.Reason.ShouldBe(StopReason.Requested);
        stop.Duration.ShouldBe(TimeSpan.FromSeconds(1));
        new FileInfo(data.Path).Length.ShouldBe(data.Length);
    }

    [Fact]
    public void Stop_before_media_still_raises_start_first()
    {
        Create();
        Tell(new Start(Id));
        ExpectMsg<Accepted>();
        Tell(new Stop(Id));

        Subscriber.ExpectMsg<Started>();
        Subscriber.ExpectMsg<DataAvailable>().Data.Length.ShouldBe(0);
        Subscriber.ExpectMsg<Stopped>();
    }

    [Fact]
    public void A_second_start_is_refused_and_leaves_the_recording_untouched()
    {
        Record(10);
        Tell(new Start(Id));
        ExpectMsg<Refused>().Error.Name.ShouldBe(ErrorName.InvalidStateError);
        Deliver(15);
        Tell(new Stop(Id));

        Subscriber.ExpectMsg<DataAvailable>();
        Subscriber.ExpectMsg<Stopped>().Duration.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Pause_resume_and_requestData_are_refused_when_inactive()
    {
        Create();
        foreach (var command in new ICommand[] { new Pause(Id), new Resume(Id), new RequestData(Id) })
        {
            Tell(command);
            ExpectMsg<Refused>().Error.Name.ShouldBe(ErrorName.InvalidStateError);
        }

        Tell(new Stop(Id));
        ExpectMsg<Accepted>().State.ShouldBe(RecorderState.Inactive);
        Subscriber.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_timeslice_gives_a_blob_for_each_second_of_media()
    {
        Record(0, TimeSpan.FromSeconds(1));
        Deliver(60);
        Tell(new Stop(Id));

        Enumerable.Range(0, 3).Select(_ => Subscriber.ExpectMsg<DataAvailable>().Timecode.TotalSeconds).ShouldBe([0, 1, 2]);
        Subscriber.ExpectMsg<Stopped>().Blobs.ShouldBe(3);
    }

    [Fact]
    public void Invariant_2_events_of_a_recorder_carry_consecutive_numbers()
    {
        Record(0, TimeSpan.FromSeconds(0.2));
        Subscriber.IgnoreNoMessages();
        Deliver(50);
        Tell(new Pause(Id));
        Tell(new RequestData(Id));
        Tell(new Resume(Id));
        Deliver(25);
        Tell(new Stop(Id));

        var numbers = new List<long>();
        Subscriber.FishForMessage(message =>
        {
            numbers.Add(((IEvent)message).Sequence);
            return message is Stopped;
        });
        numbers.Last().ShouldBeGreaterThan(12);
        numbers.ShouldBe(Enumerable.Range((int)numbers[0], numbers.Count).Select(number => (long)number));
    }

    [Fact]
    public void Pause_is_one_event_and_a_repeat_is_silent()
    {
        Record(5);
        Tell(new Pause(Id));
        Tell(new Pause(Id));
        Subscriber.ExpectMsg<Paused>();
        Tell(new Resume(Id));
        Tell(new Resume(Id));
        Subscriber.ExpectMsg<Resumed>();
        Subscriber.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void RequestData_straight_after_start_gives_an_empty_blob()
    {
        Create();
        Tell(new Start(Id));
        Tell(new RequestData(Id));

        var data = Subscriber.ExpectMsg<DataAvailable>();
        (data.Data.Length, data.Timecode).ShouldBe((0, TimeSpan.Zero));
    }

    [Fact]
    public void RequestData_ends_the_blob_and_recording_continues()
    {
        Record(10);
        Tell(new RequestData(Id));
        Subscriber.ExpectMsg<DataAvailable>().Data.Length.ShouldBeGreaterThan(0);
        Deliver(15);
        Tell(new Stop(Id));

        var data = Subscriber.ExpectMsg<DataAvailable>().Data;
        data.Offset.ShouldBeGreaterThan(0);
        Subscriber.ExpectMsg<Stopped>().Bytes.ShouldBe(data.Offset + data.Length);
    }

    [Fact]
    public void Stop_and_start_at_once_do_not_mix_the_two_recordings()
    {
        Record(25);
        Tell(new Stop(Id));
        Tell(new Start(Id));
        ReceiveN(2);
        Deliver(25);
        ExpectAttach();
        OpenSource();
        Deliver(50);
        Tell(new Stop(Id));

        var first = Subscriber.ExpectMsg<DataAvailable>().Data;
        Subscriber.ExpectMsg<Stopped>().Duration.ShouldBe(TimeSpan.FromSeconds(1));
        Subscriber.ExpectMsg<Started>().Recording.ShouldNotBe(first.Recording);
        var second = Subscriber.ExpectMsg<DataAvailable>().Data;
        second.Recording.ShouldNotBe(first.Recording);
        second.Offset.ShouldBe(0);
        Subscriber.ExpectMsg<Stopped>().Duration.ShouldBe(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void An_empty_blob_is_named_after_the_requested_container()
    {
        Create(new RecorderOptions { MimeType = "video/webm" });
        Tell(new Start(Id));
        Tell(new RequestData(Id));

        Path.GetExtension(Subscriber.ExpectMsg<DataAvailable>().Data.Path).ShouldBe(".webm");
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_an_error_that_names_it()
    {
        Create(target: new RecordingTarget("/proc/nothing"));
        Start();
        Deliver(25);

        Subscriber.ExpectMsg<Started>();
        Subscriber.ExpectMsg<ErrorRaised>().Error.Message.ShouldContain("/proc/nothing");
        Subscriber.ExpectMsg<DataAvailable>().Data.Length.ShouldBe(0);
        Subscriber.ExpectMsg<Stopped>();
    }

    [Fact]
    public void Invariant_1_commands_are_carried_out_one_after_another_in_order()
    {
        Record(5);
        Tell(new Pause(Id));
        Tell(new Start(Id));
        Tell(new Resume(Id));
        Tell(new Stop(Id));
        Tell(new Pause(Id));

        ExpectMsg<Accepted>().State.ShouldBe(RecorderState.Paused);
        ExpectMsg<Refused>().State.ShouldBe(RecorderState.Paused);
        ExpectMsg<Accepted>().State.ShouldBe(RecorderState.Recording);
        ExpectMsg<Accepted>().State.ShouldBe(RecorderState.Inactive);
        ExpectMsg<Refused>().State.ShouldBe(RecorderState.Inactive);
    }

    [Fact]
    public void Invariant_5_a_recorder_that_fails_leaves_the_others_alone()
    {
        Record(25);
        var (mine, attachment) = (Recorder, Attachment);
        var other = new RecorderId("other");
        Recorders.Tell(new RecordersProtocol.Create(other, "test:", new RecorderOptions(), new RecordingTarget("/proc/nothing")), TestActor);
        ExpectMsg<RecordersProtocol.Created>();
        Tell(new Start(other));
        ExpectMsg<Accepted>();
        ExpectAttach();
        OpenSource();
        FromSource(new CaptureProtocol.MediaArrived(ScriptedMedia.Frames(0, 5), attachment: Attachment));
        Subscriber.FishForMessage(message => message is Stopped stopped && stopped.Recorder == other);

        (Recorder, Attachment) = (mine, attachment);
        Deliver(25);
        Tell(new Stop(Id));
        Subscriber.ExpectMsg<DataAvailable>().Recorder.ShouldBe(Id);
        Subscriber.ExpectMsg<Stopped>().Duration.ShouldBe(TimeSpan.FromSeconds(2));
    }
}
