using Microsoft.Extensions.Logging;
using Recorder.Contracts;

namespace Recorder.Actors.Storage;

/// <summary>
/// The writes of one recording, as the volume's thread does them one after another, and what came of them. It lives beside the
/// writer's actor, so that neither the files nor the first failure are lost when that is restarted.
/// </summary>
internal sealed partial class RecordingStore(
    RecordingId recording, RecordingLayout layout, string extension, WriteBacklog backlog, IActorRef recorder, IVolume volume,
    Durability durability, ILogger logger, bool outlastsFull = false, InterruptedRecording? continued = null)
{
    private readonly RecordingFiles _files = new(layout, volume.Disk, continues: continued is not null);
    private RecordingSync? _sync;
    private StoredRecording _stored =
        continued is null ? StoredRecording.Nothing : new StoredRecording(continued.Duration, continued.Bytes, continued.LastBlob);
    private TimeSpan _reached;
    private MediaError? _error;
    private long _leftOut;

    private RecordingSync Sync => _sync ??= MakeSync();

    public void BeginExtent(WriterProtocol.BeginExtent message)
    {
        if (IsFullFor(() => BeginExtent(message.Number - _skippedExtents)))
        {
            _skippedExtents++;
            _needsExtent = true;
        }
    }

    public void Append(WriterProtocol.Append message)
    {
        var held = message.Bytes.Held;
        using (message.Bytes)
        {
            _largest = Math.Max(_largest, message.Bytes.Length);
            _hasHole |= IsFullFor(() =>
            {
                _files.Append(message.Bytes);
                (_reached, _packets) = (message.Reaches, message.Packets);
                Sync.Appended();
            });
        }

        backlog.Remove(held);
    }

    // After a failure only what is left of the last blob is announced, behind the error: the others would come before it, empty.
    public void EndBlob(WriterProtocol.EndBlob message)
    {
        var mark = AsFarAsWritten(Joined(message.Mark with { Number = message.Mark.Number - _leftOut }));
        Blob? blob = null;
        if (_error is not null || message.IsLast)
        {
            Attempt(() => blob = _files.EndBlob(mark, extension), evenAfterFailure: true);
        }
        else if (IsFullFor(() => blob = _files.EndBlob(mark, extension), evenWhileFull: true))
        {
            // Its index line has no room: its bytes belong to the next blob, which has its beginning.
            _joined ??= mark;
            _leftOut++;
            recorder.Tell(new WriterProtocol.BlobStored(message.Slot, Blob: null), ActorRefs.NoSender);
            return;
        }

        _joined = null;
        blob ??= _files.EmptyBlob(mark, extension);
        if (_error is not null && blob.Length == 0 && !message.IsLast)
        {
            _leftOut++;
            recorder.Tell(new WriterProtocol.BlobStored(message.Slot, Blob: null), ActorRefs.NoSender);
            return;
        }

        _stored = _stored.With(blob);
        Sync.Stored(blob.Number);
        recorder.Tell(new WriterProtocol.BlobStored(message.Slot, blob), ActorRefs.NoSender);
    }

    public void Discard() => Attempt(_files.Discard, evenAfterFailure: true);

    public void AddGap(WriterProtocol.AddGap message) =>
        AddLine(() => _files.AddGap(message.Gap), new WriterProtocol.LineStored(message.Slot, message.Gap));

    public void AddMark(WriterProtocol.AddMark message) =>
        AddLine(() => _files.AddMark(message.Mark), new WriterProtocol.LineStored(message.Slot, message.Mark));

    // What a container completes itself with counts bytes that were never written: without it plays as after a crash.
    public void Finalise(WriterProtocol.Finalise message)
    {
        if (!_hasHole)
        {
            _ = IsFullFor(() =>
            {
                _files.Finalise(message.Patches);
                Sync.Appended();
            });
        }
    }

    // It waits for the platter, for which the writes of other recordings need not wait.
    public void Describe(WriterProtocol.Describe message)
    {
        if (_error is null)
        {
            volume.PostAside(() => Attempt(() => _files.Describe(message.Description)));
        }
    }

    // The description comes last: it says what is in files that are complete and closed.
    public void Close(WriterProtocol.Close message)
    {
        Attempt(AddLines);
        Sync.Leave();
        volume.PostAside(() =>
        {
            Attempt(Sync.Close, evenAfterFailure: true);
            if (_files.AreOurs)
            {
                Attempt(() => Describe(message), evenAfterFailure: true);
            }

            recorder.Tell(new WriterProtocol.Closed(message.End, _error, _stored) { DurableThrough = Sync.Through }, ActorRefs.NoSender);
        });
    }

    private void Describe(WriterProtocol.Close message)
    {
        if (!_files.RemoveIfEmpty())
        {
            _files.Describe(WithResult(message.Description));
        }
    }

    /// <summary>Nothing more will come, with or without <see cref="Close"/>.</summary>
    public void CloseFiles()
    {
        Sync.Leave();
        volume.PostAside(() => Attempt(Sync.Close, evenAfterFailure: true));
    }

    private RecordingSync MakeSync() => new(
        _files, durability, layout, volume,
        through => recorder.Tell(new WriterProtocol.Durable(recording, through), ActorRefs.NoSender),
        Fail);

    // A blob that follows others of which nothing was left follows what is stored.
    private BlobMark AsFarAsWritten(BlobMark mark)
    {
        if (_error is null && !_isFull)
        {
            return mark;
        }

        var begin = mark.MediaTime < _stored.Duration ? mark.MediaTime : _stored.Duration;
        var written = _reached > begin ? _reached - begin : TimeSpan.Zero;
        return mark with { MediaTime = begin, Duration = written < mark.Duration ? written : mark.Duration };
    }

    // What is gone on with and ends before any media came is still what it was.
    private RecordingDescription Known(RecordingDescription description) =>
        continued is not null && description.Tracks.Count == 0 && StorageJson.ReadDescription(layout.Description) is { } before
            ? before with { StopReason = description.StopReason, EndedAt = description.EndedAt, Error = description.Error }
            : description;

    private RecordingDescription WithResult(RecordingDescription description) => Known(description) with
    {
        StopReason = _error is null ? description.StopReason : nameof(StopReason.Failed),
        Error = description.Error ?? _error?.ToString(),
        DurationMs = _stored.Duration.TotalMilliseconds,
        Bytes = _stored.Bytes,
        Blobs = _stored.Blobs,
    };

    private void Attempt(Action write, bool evenAfterFailure = false)
    {
        if (_error is not null && !evenAfterFailure)
        {
            return;
        }

        try
        {
            write();
        }
#pragma warning disable CA1031 // Whatever it is, it is this recording's error, and its last events must still come.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(exception);
        }
    }

    // From the writing thread or from beside it: the first one counts.
    private void Fail(Exception exception)
    {
        StorageLog.WriteFailed(logger, layout.Folder, exception.Message);
        var error = WriteErrors.Explain(exception, layout.Folder);
        if (Interlocked.CompareExchange(ref _error, error, null) is null)
        {
            recorder.Tell(new WriterProtocol.WriteFailed(recording, error), ActorRefs.NoSender);
        }
    }
}
