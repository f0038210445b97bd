namespace Recorder.Actors.Storage;

// A volume without space does not end a recording: bytes that do not fit are discarded, the recorder records gaps and probes from time to
// time, and writing resumes at a key frame.
internal sealed partial class RecordingStore
{
    // Bytes that must be free before writing resumes: with less, the volume would be full again at once.
    private const long LeastRoom = 1 << 20;

    // Index lines of gaps and marks that wait for space; hardly any come while nothing is recorded.
    private const int MostLines = 256;

    private readonly Queue<Action> _lines = new();
    private BlobMark? _joined;
    private bool _isFull;
    private bool _hasHole;
    private bool _needsExtent;
    private int _skippedExtents;
    private long _packets;
    private long _largest;

    public void Probe() => volume.Post(LookForRoom);

    /// <summary>Following media begins with a key frame.</summary>
    public void ResumeWriting() => volume.Post(() => _isFull = false);

    private void LookForRoom()
    {
        if (!_isFull || _error is not null)
            return;

        var hasRoom = false;
        Attempt(() => hasRoom = volume.Disk.FreeBytes(layout.Folder) >= Math.Max(LeastRoom, 4 * _largest));
        if (hasRoom && !IsFullFor(AddLines, evenWhileFull: true))
            recorder.Tell(new StorageProtocol.Room(recording, _needsExtent || _files.IsExtentEmpty), ActorRefs.NoSender);
    }

    // An extent that is still empty is reused instead of another.
    private void CreateExtent(int number)
    {
        _files.TakesComplete ??= Sync.Completed;
        if (_files.IsExtentEmpty)
        {
            _skippedExtents++;
        }
        else
        {
            _files.BeginExtent(number, extension);
            Sync.Made();
        }

        (_hasHole, _needsExtent) = (false, false);
    }

    // Lines wait until there is room for them; their events do not.
    private void AddLine(Action write, StorageProtocol.LineStored stored)
    {
        if (_lines.Count < MostLines)
            _lines.Enqueue(write);
        else
            StorageLog.WriteFailed(logger, layout.Folder, $"More than {MostLines} lines of the index wait for space.");

        _ = IsFullFor(AddLines);
        recorder.Tell(stored, ActorRefs.NoSender);
    }

    private void AddLines()
    {
        while (_lines.TryPeek(out var write))
        {
            write();
            _lines.Dequeue();
            Sync.Appended();
        }
    }

    // Whether there was no space to do it; any other failure ends the recording.
    private bool IsFullFor(Action write, bool evenWhileFull = false)
    {
        if (_isFull && !evenWhileFull)
            return true;

        var isFull = false;
        Attempt(() =>
        {
            try
            {
                write();
            }
            catch (IOException exception) when (CanOutlast(exception))
            {
                StorageLog.WriteFailed(logger, layout.Folder, exception.Message);
                isFull = true;
            }
        });
        if (isFull && !_isFull)
        {
            _isFull = true;
            recorder.Tell(new StorageProtocol.Full(recording, _reached, _packets), ActorRefs.NoSender);
        }

        return isFull;
    }

    // A recording without any media yet fails at once, and so does a single file whose beginning is missing.
    private bool CanOutlast(IOException exception) =>
        outlastsFull && WriteErrors.IsFull(exception) && _reached > TimeSpan.Zero && !(layout.IsSingleFile && _files.IsExtentEmpty);

    // A blob that could not be ended before is part of this one.
    private BlobMark Joined(BlobMark mark) => _joined is not { } first ? mark : mark with
    {
        MediaTime = first.MediaTime,
        Duration = mark.MediaTime + mark.Duration - first.MediaTime,
        CapturedAt = first.CapturedAt,
        Key = first.Key,
    };
}
