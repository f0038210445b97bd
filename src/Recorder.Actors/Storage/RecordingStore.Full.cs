namespace Recorder.Actors.Storage;

// What becomes of a recording while its volume has no space: it is not over. What cannot be written is thrown away, the recorder leaves out
// what comes, asks now and then, and goes on at a key frame.
internal sealed partial class RecordingStore
{
    // What must be free before it goes on: less would be full again at once.
    private const long LeastRoom = 1 << 20;

    // Lines that wait: gaps and marks, a few words each, of which hardly any come while nothing is recorded.
    private const int MostLines = 256;

    private readonly Queue<Action> _lines = new();
    private BlobMark? _joined;
    private bool _isFull;
    private bool _hasHole;
    private bool _needsExtent;
    private int _skippedExtents;
    private long _packets;
    private long _largest;

    /// <summary>Says when there is room.</summary>
    public void Probe()
    {
        if (!_isFull || _error is not null)
        {
            return;
        }

        var hasRoom = false;
        Attempt(() => hasRoom = volume.Disk.FreeBytes(layout.Folder) >= Math.Max(LeastRoom, 4 * _largest));
        if (hasRoom && !IsFullFor(AddLines, evenWhileFull: true))
        {
            recorder.Tell(new WriterProtocol.Room(recording, _needsExtent || _files.IsExtentEmpty), ActorRefs.NoSender);
        }
    }

    /// <summary>What follows is written again.</summary>
    public void GoOn() => _isFull = false;

    // An extent that got no byte is begun once more instead of another.
    private void BeginExtent(int number)
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

    // Gaps and marks are kept until there is room for them; their events do not wait for that.
    private void AddLine(Action write, WriterProtocol.LineStored stored)
    {
        if (_lines.Count < MostLines)
        {
            _lines.Enqueue(write);
        }
        else
        {
            StorageLog.WriteFailed(logger, layout.Folder, $"More than {MostLines} lines of the index wait for space.");
        }

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

    // Whether it was not done for want of space; any other failure is the recording's end.
    private bool IsFullFor(Action write, bool evenWhileFull = false)
    {
        if (_isFull && !evenWhileFull)
        {
            return true;
        }

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
            recorder.Tell(new WriterProtocol.Full(recording, _reached, _packets), ActorRefs.NoSender);
        }

        return isFull;
    }

    // A recording that has nothing yet fails at once, and so does one file whose beginning is missing.
    private bool CanOutlast(IOException exception) =>
        outlastsFull && WriteErrors.IsFull(exception) && _reached > TimeSpan.Zero && !(layout.IsSingleFile && _files.IsExtentEmpty);

    // What a blob was joined to that could not be ended.
    private BlobMark Joined(BlobMark mark) => _joined is not { } first ? mark : mark with
    {
        MediaTime = first.MediaTime,
        Duration = mark.MediaTime + mark.Duration - first.MediaTime,
        CapturedAt = first.CapturedAt,
        Key = first.Key,
    };
}
