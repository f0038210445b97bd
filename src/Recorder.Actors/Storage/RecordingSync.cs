using Recorder.Contracts;

namespace Recorder.Actors.Storage;

/// <summary>Makes one recording durable. A round covers everything written before it, media before the index file, and then
/// reports the last durable blob beside the writing thread. A failure ends the recording, because writes that failed to become
/// durable are lost even if a later attempt succeeds.</summary>
internal sealed class RecordingSync(
    RecordingFiles files, Durability durability, RecordingLayout layout, IVolume volume, Action<long> durable, Action<Exception> failed)
    : ISyncable
{
    // The recording's folder, its recorder's, and the recordings folder above.
    private const int FoldersOfARecording = 3;

    private readonly Durability _when = durability == Durability.Unknown ? Durability.Interval : durability;
    private List<IDiskFile> _complete = [];
    private List<IDiskFile> _completeNow = [];
    private IDiskFile? _extent;
    private IDiskFile? _index;
    private bool _hasNewFile;
    private bool _syncsFolder;
    private bool _isClosing;
    private bool _hasSyncedFolder;
    private long _blob;
    private long _blobOfComplete;
    private long _through;
    private long _reported;
    private bool _failed;

    public bool IsQueued { get; set; }
    public long Through => Volatile.Read(ref _reported);

    public void Appended()
    {
        if (_when == Durability.Interval)
            volume.Sync(this, atOnce: false);
    }

    public void Stored(long blob)
    {
        _blob = blob;
        if (_when is Durability.Interval or Durability.Blob)
            volume.Sync(this, atOnce: _when == Durability.Blob);
    }

    public void Made() => _hasNewFile = true;

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

    public void Leave() => _isClosing = true;

    /// <summary>Beside the writing thread, after <see cref="Leave"/>: makes everything durable, closes the files.</summary>
    public void Close()
    {
        try
        {
            _complete.ForEach(static file => file.Flush());
            files.Close(flush: _when != Durability.Never && !_failed);
            if (_when != Durability.Never && !_failed && files.AreOurs)
            {
                SyncFolder();
                Volatile.Write(ref _reported, _blob);
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
            return;

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
                self.SyncFolder();

            self._index?.Flush();
            self.Report();
        });
        (_extent, _index, _syncsFolder) = (null, null, false);
    }

    private void Report()
    {
        if (_through > _reported)
        {
            Volatile.Write(ref _reported, _through);
            durable(_through);
        }
    }

    // The first time also the folders above, which may have been created with it.
    private void SyncFolder()
    {
        string? folder = layout.Folder;
        for (var levels = _hasSyncedFolder ? 1 : FoldersOfARecording; levels > 0 && folder is not null; levels--)
        {
            volume.Disk.FlushFolder(folder);
            folder = Path.GetDirectoryName(folder);
        }

        _hasSyncedFolder = true;
    }

    private void Attempt(Action<RecordingSync> step)
    {
        if (_failed)
            return;

        try
        {
            step(this);
        }
#pragma warning disable CA1031 // Any failure ends this recording only, not the others of the round.
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
