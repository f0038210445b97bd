using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;
using static Recorder.Actors.Recording.RecorderControl;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Recording;

// The handlers, in the order of the behaviour table.
internal sealed partial class MediaRecorderActor
{
    private void OnStart(Start start)
    {
        var refusal = _memory.IsRetiring ? RecorderRefusal.ShuttingDown(_id) : StartCheck.Find(start, _options, _source.Uri, _source.Known);
        if (refusal is not null)
        {
            Answer(refusal);
            return;
        }

        var recording = _recordings.Create(start);
        _input.Begin(recording);
        WaitAtMost(_options.OpenTimeout);
        Become(WaitingForMedia);
        if (_preRoll.TakeFor(start, recording, _machine.Read()) is { } content)
        {
            // The pre-roll's attachment stays: its next media follows the pre-roll.
            Replay(content);
        }
        else
        {
            _preRoll.Clear();
            Attach();
        }

        Answer(refusal: null, recording.Id);
    }

    private void OnStop(Stop stop)
    {
        var recording = Recording!.Id;
        Finish(StopReason.Requested);
        Answer(refusal: null, recording);
    }

    private void OnRetire(Retire retire)
    {
        _memory.IsRetiring = true;
        End(recording => recording.End(retire.Keep ? null : StopReason.Shutdown, Now));
    }

    private void OnTakeOver(TakeOver takeOver)
    {
        if (Recording is null && _outbox.Waiting == 0)
            _memory.ContinueFrom(takeOver.History);

        Sender.Tell(new PreRollStatus(_preRoll.HasWholeGop));
    }

    // A recorder that is prepared for a hand-over raises no event: the present owner numbers the events.
    private void OnClock(ClockNotice notice)
    {
        if (!_memory.IsPreparedForHandOver)
            _outbox.Raise((number, at) => new ClockChanged(_id, number, at, notice.Status, notice.Detail));
    }

    private void OnMedia(MediaArrived media)
    {
        try
        {
            Apply(_input.Write(media.Batch));
        }
        finally
        {
            RetryReturn(_source.Return(media, Backlog));
        }
    }

    private void RetryReturn(bool isAllReturned)
    {
        if (!isAllReturned)
            Timers.StartSingleTimer(CreditTimer, new ReturnCredit(), CreditInterval);
    }

    private void OnSourceMessage(SourceMessage message)
    {
        if (message is SourceOpened && Recording!.Pipeline is null)
            _capture = Context.Watch(Sender);

        Apply(_input.Handle(message));
    }

    private void OnPreRollMessage(SourceMessage message)
    {
        if (message is SourceOpened)
            _capture = Context.Watch(Sender);

        if (!_preRoll.Handle(message))
        {
            Unwatch();
            if (message is not (SourceEnded or SourceFailed))
            {
                // A program changed the tracks: begin a new pre-roll with them.
                KeepPreRoll();
            }
        }
    }

    // The rest of the pre-roll is only released when the recording ends because its duration is reached or it failed.
    private void Replay(IReadOnlyList<object> preRoll)
    {
        foreach (var content in preRoll)
        {
            if (content is PacketBatch batch)
            {
                Apply(_input.Write(batch));
                batch.Release();
            }
            else if (Recording is not null && content is SourceMessage message)
            {
                Apply(_input.Handle(message));
            }
        }
    }

    private void Apply(InputResult result)
    {
        WaitAtMost(result.HasBegun ? TimeSpan.Zero : result.Wait);
        if (result.HasBegun)
            Become(Gathering);

        if (result.Error is { } error)
            Fail(error.Name, error.Message, !result.IsWithoutData, result.SourceHasChanged);
        else if (result.Stop is { } reason)
            Finish(reason);
    }

    // Zero ends the wait; null leaves it unchanged.
    private void WaitAtMost(TimeSpan? timeout)
    {
        if (timeout == TimeSpan.Zero)
            Timers.Cancel(WaitTimer);
        else if (timeout is { } time)
            Timers.StartSingleTimer(WaitTimer, new WaitedTooLong(), time);
    }

    // The specification queues a task for this error, so a stop() that was sent before takes effect first.
    private void QueueModified(string message) => Context.Parent.Tell(new Modified(Recording!.Id, message));

    private void OnFull(StorageProtocol.Full full)
    {
        if (Recording!.Pipeline is { IsFull: false })
            Timers.StartSingleTimer(RoomTimer, new ProbeForRoom(), RoomInterval);

        Apply(_input.HandleFullVolume(full));
    }

    private void OnProbeForRoom(ProbeForRoom probe)
    {
        if (Recording?.Pipeline is { IsFull: true })
        {
            Recording.Probe();
            Timers.StartSingleTimer(RoomTimer, probe, RoomInterval);
        }
    }

    private void OnClosed(StorageProtocol.Closed closed)
    {
        if (closed.End.Error is not null && closed.Error is { } error)
            RecordingLog.Failed(_environment.Logger, _id, error);

        _memory.LastStatus = RecorderStatus.Stored(_memory.LastStatus, closed);
        RecordingEvents.Fill(_outbox, _id, closed);
    }

    private void Attach()
    {
        Unwatch();
        _environment.Sources.Tell(_source.Attach());
    }

    private void Unwatch()
    {
        Context.Unwatch(_capture);
        _capture = ActorRefs.Nobody;
    }

    private void KeepPreRoll()
    {
        if (_preRoll.IsKept)
        {
            _preRoll.Clear();
            Attach();
        }
    }

    private static void Drop(ISourceMessage message) => (message as MediaArrived)?.Done();

    private void ApplyAndAccept(InputResult result)
    {
        Apply(result);
        Answer(refusal: null);
    }

    private void Answer(MediaError? refusal) => Answer(refusal, Recording?.Id);

    private void Answer(MediaError? refusal, RecordingId? recording) => Sender.Tell(
        refusal is null ? new Accepted(_id, State) { Recording = recording } : new Refused(_id, State, refusal));
}
