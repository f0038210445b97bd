using Recorder.Contracts;

namespace Recorder.Actors.Storage;

/// <summary>
/// Makes one recording durable, as its option says: what is written until a round begins, media before index, and then tells the recorder
/// through which blob. A failure is the recording's end: what was flushed in vain is gone, and no later success brings it back.
/// </summary>
/// <param name="files">The recording's.</param>
/// <param name="durability">When.</param>
/// <param name="layout">Where they are.</param>
/// <param name="volume">What they are on.</param>
/// <param name="durable">Told beside the writing thread: through which blob.</param>
/// <param name="failed">Told beside the writing thread, once.</param>
internal sealed class RecordingSync(
    RecordingFiles files, Durability durability, RecordingLayout layout, IVolume volume, Action<long> durable, Action<Exception> failed)
    : ISyncable
{
    // Its own, its recorder's, and the one that holds them all.
    private const int FoldersOfARecording = 3;

    private readonly Durability _when = durability == Durability.Unknown ? Durability.Interval : durability;
    private List<IDiskFile> _complete = [];
    private List<IDiskFile> _completeNow = [];
    private IDiskFile? _extent;
    private IDiskFile? _index;
    private bool _hasNewFile;
    private bool _syncsFolder;
    private bool _isClosing;
    private bool _knowsFolder;
    private long _blob;
    private long _blobOfComplete;
    private long _through;
    private long _told;
    private bool _failed;

    /// <inheritdoc />
    public bool IsQueued { get; set; }

    /// <summary>Through which blob everything survives a power cut.</summary>
    public long Through => Volatile.Read(ref _told);

    /// <summary>Media was written that is no blob yet.</summary>
    public void Appended()
    {
        if (_when == Durability.Interval)
        {
            volume.Sync(this, atOnce: false);
        }
    }

    /// <summary>A blob and its index line were written.</summary>
    public void Stored(long blob)
    {
        _blob = blob;
        if (_when is Durability.Interval or Durability.Blob)
        {
            volume.Sync(this, atOnce: _when == Durability.Blob);
        }
    }

    /// <summary>A file was made.</summary>
    public void Made() => _hasNewFile = true;

    /// <summary>An extent is complete; its file is closed here.</summary>
    public void Completed(IDiskFile extent)
    {
        if (_when == Durability.Never)
        {
            extent.Dispose();
            return;
        }

        _complete.Add(extent);
        _blobOfComplete = _blob;
        volume.Sync(this, atOnce: _when == Durability.Extent);
    }

    /// <summary>On the writing thread: no round touches the files any more.</summary>
    public void Leave() => _isClosing = true;

    /// <summary>Beside it, after <see cref="Leave"/>: makes all there is durable and closes the files.</summary>
    public void Close()
    {
        try
        {
            _complete.ForEach(static file => file.Flush());
            files.Close(flush: _when != Durability.Never && !_failed);
            if (_when != Durability.Never && !_failed && files.AreOurs)
            {
                SyncFolder();
                Volatile.Write(ref _told, _blob);
            }
        }
        finally
        {
            CloseAll(_complete);
        }
    }

    void ISyncable.BeginRound()
    {
        if (_isClosing)
        {
            return;
        }

        (_complete, _completeNow) = (_completeNow, _complete);
        (_extent, _index) = (_when == Durability.Extent ? null : files.Extent, files.Index);
        (_syncsFolder, _hasNewFile) = (_hasNewFile, false);
        _through = _when == Durability.Extent ? _blobOfComplete : _blob;
    }

    void ISyncable.Start()
    {
        _completeNow.ForEach(static file => file.BeginFlush());
        _extent?.BeginFlush();
        _index?.BeginFlush();
    }

    void ISyncable.SyncMedia() => Attempt(static self =>
    {
        self._completeNow.ForEach(static file => file.Flush());
        self._extent?.Flush();
    });

    void ISyncable.SyncIndex()
    {
        CloseAll(_completeNow);
        Attempt(static self =>
        {
            if (self._syncsFolder)
            {
                self.SyncFolder();
            }

            self._index?.Flush();
            self.Tell();
        });
        (_extent, _index, _syncsFolder) = (null, null, false);
    }

    private void Tell()
    {
        if (_through > _told)
        {
            Volatile.Write(ref _told, _through);
            durable(_through);
        }
    }

    // The first time, those above too, which may have been made with it.
    private void SyncFolder()
    {
        string? folder = layout.Folder;
        for (var levels = _knowsFolder ? 1 : FoldersOfARecording; levels > 0 && folder is not null; levels--)
        {
            volume.Disk.FlushFolder(folder);
            folder = Path.GetDirectoryName(folder);
        }

        _knowsFolder = true;
    }

    private void Attempt(Action<RecordingSync> step)
    {
        if (_failed)
        {
            return;
        }

        try
        {
            step(this);
        }
#pragma warning disable CA1031 // Whatever it is, it is this recording's error and nobody else's of the round.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failed = true;
            failed(exception);
        }
    }

    private static void CloseAll(List<IDiskFile> files)
    {
        files.ForEach(static file => file.Dispose());
        files.Clear();
    }
}
