using Microsoft.Win32.SafeHandles;

namespace Recorder.Actors.Storage;

internal sealed class LocalDisk : IDisk
{
    public static readonly LocalDisk Instance = new();

    /// <summary>Opens a file for reading, also while it is being written or deleted; null when it is missing.</summary>
    public static SafeFileHandle? TryOpen(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

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
            File.Delete(file);

        if (folder is not null && !Directory.EnumerateFileSystemEntries(folder).Any())
            Directory.Delete(folder);
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
