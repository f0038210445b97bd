using Microsoft.Extensions.Logging;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Storage;

/// <summary>The writes of one recording, each a job of the volume's thread; results are reported to the recorder
/// (<see cref="StorageProtocol"/>). Blocks on nothing. Belongs to no actor, so neither the files nor the first failure are lost
/// when the recorder's actor is restarted.</summary>
internal sealed partial class RecordingStore(
    RecordingId recording, RecordingLayout layout, string extension, WriteBacklog backlog, IActorRef recorder, IVolume volume,
    Durability durability, ILogger logger, bool outlastsFull = false, InterruptedRecording? continued = null,
    StoredMedia.Mark? stored = null)
{
    private readonly RecordingFiles _files = new(layout, volume.Disk, continues: continued is not null);
    private RecordingSync? _sync;
    private StoredRecording _stored =
        continued is null ? StoredRecording.Nothing : new StoredRecording(continued.Duration, continued.Bytes, continued.LastBlob);
    private TimeSpan _reached;
    private MediaError? _error;
    private long _leftOut;

    private RecordingSync Sync => _sync ??= new(
        _files, durability, layout, volume,
        through => recorder.Tell(new StorageProtocol.Durable(recording, through), ActorRefs.NoSender), Fail);

    public void BeginExtent(int number) => volume.Post(() =>
    {
        if (IsFullFor(() => CreateExtent(number - _skippedExtents)))
        {
            _skippedExtents++;
            _needsExtent = true;
        }
    });

    /// <summary>Whole fragments, owned by the store from here on; removed from the <see cref="WriteBacklog"/> even when writing
    /// fails. They end at <paramref name="reaches"/> on the timeline.</summary>
    public void Append(MediaBytes bytes, TimeSpan reaches, long packets = 0) => volume.Post(() =>
    {
        var held = bytes.Held;
        using (bytes)
        {
            _largest = Math.Max(_largest, bytes.Length);
            _hasHole |= IsFullFor(() =>
            {
                _files.Append(bytes);
                (_reached, _packets) = (reaches, packets);
                stored?.Note();
                Sync.Appended();
            });
        }

        backlog.Remove(held);
    });

    /// <summary>Reported by <see cref="StorageProtocol.BlobStored"/>. The last blob is announced in any case.</summary>
    public void EndBlob(BlobMark mark, long ticket, bool isLast = false) => volume.Post(() => WriteBlob(mark, ticket, isLast));

    public void Discard() => volume.Post(() => Attempt(_files.Discard, evenAfterFailure: true));

    public void AddGap(RecorderProtocol.GapRecorded gap, long ticket) =>
        volume.Post(() => AddLine(() => _files.AddGap(gap), new StorageProtocol.LineStored(ticket, gap)));

    public void AddMark(RecorderProtocol.Marked mark, long ticket) =>
        volume.Post(() => AddLine(() => _files.AddMark(mark), new StorageProtocol.LineStored(ticket, mark)));

    /// <summary>Skipped if bytes are missing: the header would count them. The file then plays as after a crash.</summary>
    public void Finalise(IReadOnlyList<MediaPatch> patches) => volume.Post(() =>
    {
        if (!_hasHole)
        {
            _ = IsFullFor(() =>
            {
                _files.Finalise(patches);
                Sync.Appended();
            });
        }
    });

    /// <summary>Waits for stable storage beside the writes, so that other recordings do not wait with it.</summary>
    public void Describe(RecordingDescription description) => volume.Post(() =>
    {
        if (_error is null)
            volume.PostAside(() => Attempt(() => _files.Describe(description)));
    });

    /// <summary>Closes the files, then describes what is in them. Reported by <see cref="StorageProtocol.Closed"/>.</summary>
    public void Close(RecordingDescription description, RecordingEnd end) => volume.Post(() =>
    {
        Attempt(AddLines);
        Sync.Leave();
        volume.PostAside(() =>
        {
            Attempt(Sync.Close, evenAfterFailure: true);
            if (_files.AreOurs)
                Attempt(() => DescribeResult(description), evenAfterFailure: true);

            recorder.Tell(new StorageProtocol.Closed(end, _error, _stored) { DurableThrough = Sync.Through }, ActorRefs.NoSender);
        });
    });

    /// <summary>The recorder was stopped without ending its recording. Nothing is reported.</summary>
    public void Abandon() => volume.Post(() =>
    {
        Sync.Leave();
        volume.PostAside(() => Attempt(Sync.Close, evenAfterFailure: true));
    });

    // After a failure empty blobs are not announced, except the last one, which follows the error.
    private void WriteBlob(BlobMark described, long ticket, bool isLast)
    {
        var mark = AsFarAsWritten(Joined(described with { Number = described.Number - _leftOut }));
        Blob? blob = null;
        if (_error is not null || isLast)
        {
            Attempt(() => blob = _files.EndBlob(mark, extension), evenAfterFailure: true);
        }
        else if (IsFullFor(() => blob = _files.EndBlob(mark, extension), evenWhileFull: true))
        {
            // The volume has no space for the index line, so this blob is merged into the next one.
            _joined ??= mark;
            _leftOut++;
            recorder.Tell(new StorageProtocol.BlobStored(ticket, Blob: null), ActorRefs.NoSender);
            return;
        }

        _joined = null;
        blob ??= _files.EmptyBlob(mark, extension);
        if (_error is not null && blob.Length == 0 && !isLast)
        {
            _leftOut++;
            recorder.Tell(new StorageProtocol.BlobStored(ticket, Blob: null), ActorRefs.NoSender);
            return;
        }

        _stored = _stored.With(blob);
        Sync.Stored(blob.Number);
        recorder.Tell(new StorageProtocol.BlobStored(ticket, blob), ActorRefs.NoSender);
    }

    private void DescribeResult(RecordingDescription description)
    {
        if (!_files.RemoveIfEmpty())
            _files.Describe(WithResult(description));
    }

    // If the blobs before it were lost, this blob begins where the stored media ends.
    private BlobMark AsFarAsWritten(BlobMark mark)
    {
        if (_error is null && !_isFull)
            return mark;

        var begin = mark.MediaTime < _stored.Duration ? mark.MediaTime : _stored.Duration;
        var written = _reached > begin ? _reached - begin : TimeSpan.Zero;
        return mark with { MediaTime = begin, Duration = written < mark.Duration ? written : mark.Duration };
    }

    // A continued recording that ends before any media came keeps the description that it had.
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
            return;

        try
        {
            write();
        }
#pragma warning disable CA1031 // Any failure is this recording's error, and its last events must still come.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(exception);
        }
    }

    // Called from the writing thread and from beside it: the first failure counts.
    private void Fail(Exception exception)
    {
        StorageLog.WriteFailed(logger, layout.Folder, exception.Message);
        var error = WriteErrors.Explain(exception, layout.Folder);
        if (Interlocked.CompareExchange(ref _error, error, null) is null)
            recorder.Tell(new StorageProtocol.WriteFailed(recording, error), ActorRefs.NoSender);
    }
}
