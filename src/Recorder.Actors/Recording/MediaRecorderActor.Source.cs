using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;
using static Recorder.Actors.Recording.RecorderControl;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Recording;

// What comes from the source, its pre-roll, and a full volume, in the order of the behaviour table.
internal sealed partial class MediaRecorderActor
{
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
            Timers.StartSingleTimer(nameof(ReturnCredit), new ReturnCredit(), CreditInterval);
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

        if (_preRoll.Handle(message))
            return;

        Unwatch();
        // A program changed the tracks: begin a new pre-roll with them.
        if (message is not (SourceEnded or SourceFailed))
            KeepPreRoll();
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
            Timers.Cancel(nameof(WaitedTooLong));
        else if (timeout is { } time)
            Timers.StartSingleTimer(nameof(WaitedTooLong), new WaitedTooLong(), time);
    }

    // The specification queues a task for this error, so a stop() that was sent before takes effect first.
    private void QueueModified(string message) => Context.Parent.Tell(new Modified(Recording!.Id, message));

    private void OnFull(StorageProtocol.Full full)
    {
        if (Recording!.Pipeline is { IsFull: false })
            Timers.StartSingleTimer(nameof(ProbeForRoom), new ProbeForRoom(), RoomInterval);

        Apply(_input.HandleFullVolume(full));
    }

    private void OnProbeForRoom(ProbeForRoom probe)
    {
        if (Recording?.Pipeline is not { IsFull: true })
            return;

        Recording.Probe();
        Timers.StartSingleTimer(nameof(ProbeForRoom), probe, RoomInterval);
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
}
