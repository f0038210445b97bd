using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Capture;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Tests.Recording;

/// <summary>What the recorder's actor does when its source opens, fails, changes or ends.</summary>
public sealed class MediaRecorderActorSourceSpecs : RecorderSpecs
{
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
    public void A_source_that_ends_before_its_first_key_frame_is_an_error_that_names_it_and_the_remedy()
    {
        Create();
        Start();
        FromSource(new CaptureProtocol.MediaArrived(
            ScriptedMedia.Frames(1, 20, audio: false, keyEvery: 100), attachment: Attachment));
        FromSource(new CaptureProtocol.SourceEnded("end of file"));

        Subscriber.ExpectMsg<ErrorRaised>().Error.Message.ShouldBe(
            "test: ended before its first key frame: nothing could be recorded; record a source that begins with a key frame, or configure it " +
            "to send key frames more often.");
        Subscriber.ExpectMsg<DataAvailable>().Data.Length.ShouldBe(0);
        Subscriber.ExpectMsg<Stopped>().Reason.ShouldBe(StopReason.Failed);
    }

    [Fact]
    public void A_source_that_ends_while_the_recording_is_paused_is_no_error()
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
    public void Tracks_that_cannot_be_recorded_are_an_error_without_data_when_the_source_opens()
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
    public void A_track_added_while_recording_ends_it_with_its_last_blob()
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
    public void Late_messages_of_the_source_to_the_first_recording_do_not_reach_the_second()
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
    public void A_source_that_reports_twice_that_it_is_open_is_opened_once()
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
    public void Media_lost_before_the_recording_begins_is_no_gap()
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
}
