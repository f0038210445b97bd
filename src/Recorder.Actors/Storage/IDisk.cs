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
}

/// <summary>An open file.</summary>
internal interface IDiskFile : IDisposable
{
    void Write(IReadOnlyList<ReadOnlyMemory<byte>> segments, long offset);

    void Write(ReadOnlySpan<byte> bytes, long offset);

    int Read(Span<byte> into, long offset);

    void SetLength(long length);

    /// <summary>Returns when what was written is on the platter.</summary>
    void Flush();
}

/// <summary>A volume: its disk, and the one place where everything on it is written, one job after another.</summary>
internal interface IVolume
{
    IDisk Disk { get; }

    /// <summary>Runs the job after all that were posted before it. A job reports its own failures.</summary>
    void Post(Action job);
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
        new LocalFile(File.OpenHandle(path, overwrite ? FileMode.Create : FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read));

    public void Replace(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".new";
        using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, content, 0);
            RandomAccess.FlushToDisk(file);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private sealed class LocalFile(SafeFileHandle handle) : IDiskFile
    {
        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> segments, long offset) => RandomAccess.Write(handle, segments, offset);

        public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(handle, bytes, offset);

        public int Read(Span<byte> into, long offset) => RandomAccess.Read(handle, into, offset);

        public void SetLength(long length) => RandomAccess.SetLength(handle, length);

        public void Flush() => RandomAccess.FlushToDisk(handle);

        public void Dispose() => handle.Dispose();
    }
}
