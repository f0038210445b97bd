using Microsoft.Win32.SafeHandles;

namespace Recorder.Actors.Storage;

/// <summary>What recordings need of a file system. Every call may block.</summary>
internal interface IDisk
{
    /// <summary>Makes a folder and those above it, if they are not there.</summary>
    void CreateFolder(string path);

    /// <summary>Whether there is a file.</summary>
    bool Exists(string path);

    /// <summary>Makes a file.</summary>
    /// <exception cref="IOException">It is there and must not be replaced, or it cannot be made.</exception>
    IDiskFile Create(string path, bool overwrite);

    /// <summary>Writes a whole file through to the platter: a reader sees the old or the new one, never a part.</summary>
    void Replace(string path, ReadOnlySpan<byte> content);

    /// <summary>Removes files, where they are there, and the folder that held nothing else.</summary>
    /// <param name="files">The files.</param>
    /// <param name="folder">The folder; null leaves it.</param>
    void Remove(IReadOnlyList<string> files, string? folder);

    /// <summary>Bytes that can still be written on the volume of a folder.</summary>
    long FreeBytes(string folder);

    /// <summary>Returns when the names of the files in a folder are on the platter.</summary>
    void FlushFolder(string path);
}

/// <summary>An open file.</summary>
internal interface IDiskFile : IDisposable
{
    void Write(IReadOnlyList<ReadOnlyMemory<byte>> segments, long offset);

    void Write(ReadOnlySpan<byte> bytes, long offset);

    int Read(Span<byte> into, long offset);

    void SetLength(long length);

    /// <summary>What was written sets out for the platter; nothing is waited for, and a failure is told by <see cref="Flush"/>.</summary>
    void BeginFlush();

    /// <summary>Returns when what was written is on the platter. After a failure it may be gone, whatever a second attempt says.</summary>
    void Flush();
}

/// <summary>A volume: its disk, and the one place where everything on it is written, one job after another.</summary>
internal interface IVolume
{
    IDisk Disk { get; }

    /// <summary>Runs the job after all that were posted before it. A job reports its own failures.</summary>
    void Post(Action job);

    /// <summary>
    /// Runs the job beside the writes, where it may wait for the platter, after all that were posted so before it. A job reports its own
    /// failures.
    /// </summary>
    void PostAside(Action job);

    /// <summary>Asks, in a job, for what was written to be made durable in the next round, or in one at once.</summary>
    void Sync(ISyncable written, bool atOnce);
}

/// <summary>The volumes of a node.</summary>
internal interface IVolumes
{
    /// <summary>The volume that a folder is on.</summary>
    IVolume For(string folder);
}

/// <summary>The file system of this machine.</summary>
internal sealed class LocalDisk : IDisk
{
    public static readonly LocalDisk Instance = new();

    public void CreateFolder(string path) => Directory.CreateDirectory(path);

    public bool Exists(string path) => File.Exists(path);

    public IDiskFile Create(string path, bool overwrite) =>
        new LocalFile(File.OpenHandle(path, overwrite ? FileMode.Create : FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read), path);

    public void Replace(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".new";
        using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, content, 0);
            FileSync.Flush(file, temporary);
        }

        File.Move(temporary, path, overwrite: true);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    public void Remove(IReadOnlyList<string> files, string? folder)
    {
        foreach (var file in files)
        {
            File.Delete(file);
        }

        if (folder is not null && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }

    public long FreeBytes(string folder) => new DriveInfo(folder).AvailableFreeSpace;

    public void FlushFolder(string path) => FileSync.FlushFolder(path);

    private sealed class LocalFile(SafeFileHandle handle, string path) : IDiskFile
    {
        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> segments, long offset) => RandomAccess.Write(handle, segments, offset);

        public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(handle, bytes, offset);

        public int Read(Span<byte> into, long offset) => RandomAccess.Read(handle, into, offset);

        public void SetLength(long length) => RandomAccess.SetLength(handle, length);

        public void BeginFlush() => FileSync.BeginFlush(handle);

        public void Flush() => FileSync.Flush(handle, path);

        public void Dispose() => handle.Dispose();
    }
}
