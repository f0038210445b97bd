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
    public void RequestData_cuts_what_was_gathered_and_recording_goes_on()
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
    public void When_the_source_ends_the_recorder_becomes_inactive_with_its_data()
    {
        Record(25);
        FromSource(new CaptureProtocol.SourceEnded("end of file"));

        Subscriber.ExpectMsg<DataAvailable>();
        Subscriber.ExpectMsg<Stopped>().Reason.ShouldBe(StopReason.SourceEnded);
        Tell(new GetStatus(Id));
        FishForMessage(message => message is Status).ShouldBeOfType<Status>().State.ShouldBe(RecorderState.Inactive);
    }

    [Fact]
    public void A_source_that_ends_before_a_key_frame_came_is_an_error_that_names_it_and_the_remedy()
    {
        Create();
        Start();
        FromSource(new CaptureProtocol.MediaArrived(
            ScriptedMedia.Frames(1, 20, audio: false, keyEvery: 100), attachment: Attachment));
        FromSource(new CaptureProtocol.SourceEnded("end of file"));

        Subscriber.ExpectMsg<ErrorRaised>().Error.Message.ShouldBe(
            "test: ended before a key frame came: nothing could be recorded; record a source that begins with a key frame, or have it send " +
            "them more often.");
        Subscriber.ExpectMsg<DataAvailable>().Data.Length.ShouldBe(0);
        Subscriber.ExpectMsg<Stopped>().Reason.ShouldBe(StopReason.Failed);
    }

    [Fact]
    public void A_source_that_ends_while_nothing_was_wanted_of_it_is_no_error()
    {
        Create();
        Start();
        Tell(new Pause(Id));
        ExpectMsg<Accepted>();
        Deliver(25);
        FromSource(new CaptureProtocol.SourceEnded("end of file"));

        Subscriber.ExpectMsg<Paused>();
        Subscriber.ExpectMsg<Started>();
        Subscriber.ExpectMsg<DataAvailable>().Data.Length.ShouldBe(0);
        Subscriber.ExpectMsg<Stopped>().Reason.ShouldBe(StopReason.SourceEnded);
    }

    [Fact]
    public void Paused_before_the_source_is_open_the_recording_begins_after_resume()
    {
        Create();
        Tell(new Start(Id));
        ExpectMsg<Accepted>();
        ExpectAttach();
        Tell(new Pause(Id));
        ExpectMsg<Accepted>();
        OpenSource();
        Deliver(50);
        Subscriber.ExpectMsg<Paused>();
        Tell(new Resume(Id));
        ExpectMsg<Accepted>();
        Deliver(25);
        Tell(new Stop(Id));

        Subscriber.ExpectMsg<Resumed>();
        Subscriber.ExpectMsg<Started>();
        Subscriber.ExpectMsg<DataAvailable>().Data.MediaTime.ShouldBe(TimeSpan.Zero);
        Subscriber.ExpectMsg<Stopped>().Duration.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_source_that_cannot_be_reached_in_time_is_an_error_with_its_cause()
    {
        Create(new RecorderOptions { OpenTimeout = TimeSpan.FromMilliseconds(50) });
        Tell(new Start(Id));
        ExpectMsg<Accepted>();
        ExpectAttach();
        FromSource(new CaptureProtocol.SourceConnecting(1, "Connection to rtsp://cam refused.", TimeSpan.FromSeconds(1)));

        var error = Subscriber.ExpectMsg<ErrorRaised>().Error;
        error.ShouldBe(new MediaError(ErrorName.UnknownError, "Connection to rtsp://cam refused."));
        Subscriber.ExpectMsg<DataAvailable>().Data.Length.ShouldBe(0);
        Subscriber.ExpectMsg<Stopped>().Reason.ShouldBe(StopReason.Failed);
    }

    [Fact]
    public void What_cannot_be_recorded_is_found_late_as_error_and_stop_without_data()
    {
        Create(new RecorderOptions { MimeType = "audio/mp4" });
        Tell(new Start(Id));
        ExpectMsg<Accepted>();
        ExpectAttach();
        OpenSource();

        Subscriber.ExpectMsg<ErrorRaised>().Error.Name.ShouldBe(ErrorName.NotSupportedError);
        Subscriber.ExpectMsg<Stopped>();
    }

    [Fact]
    public void A_track_added_while_recording_ends_it_with_what_was_gathered()
    {
        Record(25);
        FromSource(new CaptureProtocol.TrackAdded(ScriptedMedia.Audio with { Id = 7 }));

        Subscriber.ExpectMsg<ErrorRaised>().Error.Name.ShouldBe(ErrorName.InvalidModificationError);
        Subscriber.ExpectMsg<DataAvailable>().Data.Length.ShouldBeGreaterThan(0);
        Subscriber.ExpectMsg<Stopped>().Reason.ShouldBe(StopReason.Failed);
    }

    [Fact]
    public void A_lost_and_restored_source_is_one_recording_with_a_gap()
    {
        Record(25);
        var from = DateTimeOffset.UnixEpoch;
        FromSource(new CaptureProtocol.SourceLost(from, "silence"));
        FromSource(new CaptureProtocol.SourceRestored(from, from.AddSeconds(3)));
        NextFrame += 75;
        Deliver(25);
        Tell(new Stop(Id));

        var gap = Subscriber.ExpectMsg<GapRecorded>();
        (gap.Cause, gap.MediaTime, gap.Duration).ShouldBe((GapCause.SourceLost, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3)));
        Subscriber.ExpectMsg<DataAvailable>();
        Subscriber.ExpectMsg<Stopped>().Duration.ShouldBe(TimeSpan.FromSeconds(5));
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
    public void What_the_source_still_said_to_the_first_recording_does_not_reach_the_second()
    {
        Record(25);
        var first = Attachment;
        Tell(new Stop(Id));
        Tell(new Start(Id));
        ReceiveN(2);
        ExpectAttach();
        var second = Attachment;
        second.ShouldBeGreaterThan(first);

        Attachment = first;
        OpenSource();
        var late = ScriptedMedia.Frames(NextFrame, 25);
        var credit = 0L;
        FromSource(new CaptureProtocol.MediaArrived(late.AddRef(), bytes => credit = bytes, first));
        FromSource(new CaptureProtocol.TrackAdded(ScriptedMedia.Audio with { Id = 7 }));
        FromSource(new CaptureProtocol.SourceFailed(new MediaError(ErrorName.UnknownError, "late")));
        FromSource(new CaptureProtocol.SourceEnded("late"));
        Attachment = second;
        OpenSource();
        Deliver(50);
        Tell(new Stop(Id));

        Subscriber.ExpectMsg<DataAvailable>();
        Subscriber.ExpectMsg<Stopped>().Duration.ShouldBe(TimeSpan.FromSeconds(1));
        Subscriber.ExpectMsg<Started>();
        Subscriber.ExpectMsg<DataAvailable>();
        Subscriber.ExpectMsg<Stopped>().Duration.ShouldBe(TimeSpan.FromSeconds(2));
        credit.ShouldBe(late.Bytes);
        late.Release();
    }

    [Fact]
    public void A_source_that_says_twice_that_it_is_open_is_opened_once()
    {
        Create();
        Subscriber.IgnoreNoMessages();
        Start();
        OpenSource();
        Deliver(25);
        Tell(new Stop(Id));

        var connected = 0;
        Subscriber.FishForMessage(message =>
        {
            connected += message is SourceChanged { Status: SourceStatus.Connected } ? 1 : 0;
            return message is Stopped;
        });
        connected.ShouldBe(1);
    }

    [Fact]
    public void What_was_lost_before_the_recording_begins_is_no_gap_of_it()
    {
        Create();
        Start();
        var from = DateTimeOffset.UnixEpoch;
        FromSource(new CaptureProtocol.MediaDropped(GapCause.RecorderOverrun, 12, from, from.AddSeconds(1)));
        FromSource(new CaptureProtocol.SourceLost(from, "silence"));
        FromSource(new CaptureProtocol.SourceRestored(from, from.AddSeconds(2)));
        Deliver(25);

        Subscriber.ExpectMsg<Started>();
        Tell(new Stop(Id));
        Subscriber.ExpectMsg<DataAvailable>();
    }

    [Fact]
    public void An_empty_blob_is_named_after_the_container_that_was_asked_for()
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

    [Fact]
    public void Removing_a_recorder_completes_its_recording_first()
    {
        Record(25);
        Recorders.Tell(new RecordersProtocol.Remove(Id), TestActor);

        Subscriber.ExpectMsg<DataAvailable>();
        Subscriber.ExpectMsg<Stopped>().Reason.ShouldBe(StopReason.Shutdown);
        ExpectMsg<RecordersProtocol.Removed>();
    }

    [Fact]
    public void Creating_refuses_a_bad_type_a_bad_source_and_a_name_in_use()
    {
        Create();
        foreach (var create in new[]
        {
            new RecordersProtocol.Create(new RecorderId("a"), "test:", new RecorderOptions { MimeType = "video/ogg" }, new RecordingTarget(Folder)),
            new RecordersProtocol.Create(new RecorderId("a"), "gopher://x", new RecorderOptions(), new RecordingTarget(Folder)),
            new RecordersProtocol.Create(new RecorderId("../a"), "test:", new RecorderOptions(), new RecordingTarget(Folder)),
            new RecordersProtocol.Create(Id, "test:", new RecorderOptions(), new RecordingTarget(Folder)),
        })
        {
            Recorders.Tell(create, TestActor);
            ExpectMsg<Refused>();
        }
    }
}
