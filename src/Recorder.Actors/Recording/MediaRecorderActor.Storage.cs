using Recorder.Actors.Capture;
using Recorder.Actors.Storage;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Recording;

// What a recorder hears from its writer, and of its node's clock.
internal sealed partial class MediaRecorderActor
{
    // What is known of the last recording becomes what is stored of it.
    private void OnClosed(WriterProtocol.Closed closed)
    {
        if (closed.End.Error is not null && closed.Error is { } error)
        {
            RecordingLog.Failed(_environment.Logger, _id, error);
        }

        if (_memory.LastStatus is { } last && last.Recording == closed.End.Recording)
        {
            var stored = closed.Stored;
            _memory.LastStatus = last with { Duration = stored.Duration, Bytes = stored.Bytes, Blobs = stored.Blobs };
        }

        ActiveRecording.RaiseStopped(_id, closed);
        Publish();
    }

    private void OnFull(WriterProtocol.Full full)
    {
        if (_recording!.Session is { IsFull: false })
        {
            _recording.RaiseStorage(StorageStatus.Full, $"The volume of {_recording.Layout.Folder} is full; recording goes on when there is space.");
            Timers.StartSingleTimer(RoomTimer, new AskForRoom(), RoomInterval);
        }

        OnMediaStep(
            full with { Reached = _recording.InSession(full.Reached) }, static (session, full) => session.Fill(full.Reached, full.Packets));
    }

    private void OnAskForRoom(AskForRoom ask)
    {
        if (_recording?.Session is { IsFull: true })
        {
            _recording.Probe();
            Timers.StartSingleTimer(RoomTimer, ask, RoomInterval);
        }
    }

    private void OnRoom(WriterProtocol.Room room)
    {
        if (_recording!.Session is { IsFull: true })
        {
            _recording.RaiseStorage(StorageStatus.Writing, $"The volume of {_recording.Layout.Folder} has space again.");
            OnMediaStep(room, static (session, room) => session.Empty(room.NeedsExtent));
        }
    }

    // Another node numbers the events of a recorder that only waits to take over.
    private void OnClock(RecordersActor.ClockNotice notice)
    {
        if (!_memory.IsWarm)
        {
            _outbox.Raise((number, at) => new ClockChanged(_id, number, at, notice.Status, notice.Detail));
            Publish();
        }
    }

    private IActorRef CreateWriter(ActiveRecording recording, string extension)
    {
        var volume = _environment.Volumes.For(recording.Layout.Folder);
        var store = new RecordingStore(
            recording.Id, recording.Layout, extension, recording.WriteBacklog, Self, volume, _options.Durability, _environment.Logger,
            outlastsFull: _source.Pace != SourcePace.Fast, recording.Continued);
        return Context.ActorOf(RecordingWriterActor.PropsFor(store, volume), $"writer-{recording.Id}");
    }
}
