using Recorder.Actors.Capture;
using Recorder.Actors.Storage;
using Recorder.Contracts;

namespace Recorder.Actors.Recording;

/// <summary>Creates the recordings of one recorder with their ids, descriptions, folders and stores.</summary>
internal sealed class RecordingFactory(
    RecorderId recorder, SourceUri source, RecorderOptions options, RecordingTarget target, RecorderEnvironment environment, RecorderMemory memory,
    IActorRef self)
{
    public RecordingSession Create(RecorderProtocol.Start start)
    {
        var interrupted = memory.Interrupted;
        memory.Interrupted = null;
        var (description, layout) = Describe(start, interrupted?.Recording);
        memory.KeyFrames.Clear();
        var recording = new RecordingSession(description, start, recorder, layout, memory.Outbox, CreateStore)
        {
            Epoch = memory.Epoch,
            Interruption = memory.Interruption,
            MayOverlap = memory.IsPreparedForHandOver,
            KeyFrames = memory.Epoch > 0 ? memory.KeyFrames : null,
        };
        if (interrupted is not null)
            recording.Continue(interrupted, () => Describe(start, null));

        return recording;
    }

    private (RecordingDescription Description, RecordingLayout Layout) Describe(RecorderProtocol.Start start, RecordingId? continued)
    {
        var now = environment.Time.GetUtcNow();
        var id = continued ?? RecordingId.Create(now, ++memory.Recordings);
        var description = new RecordingDescription
        {
            Recorder = recorder.Value,
            Recording = id.Value,
            Source = source.ToString(),
            Node = environment.Node,
            StartedAt = continued?.StartedAt ?? now,
            MimeType = options.MimeType,
            TimesliceMs = start.Timeslice?.TotalMilliseconds,
            Take = start.Take?.Value,
            TakeAt = start.At,
        };
        return (description, RecordingLayout.For(target, recorder, id));
    }

    private RecordingStore CreateStore(RecordingSession recording, string extension) => new(
        recording.Id, recording.Layout, extension, recording.WriteBacklog, self, environment.Volumes.For(recording.Layout.Folder),
        options.Durability, environment.Logger, outlastsFull: source.Pace != SourcePace.Fast, recording.Continued,
        environment.Stored?.Of(recorder));
}
