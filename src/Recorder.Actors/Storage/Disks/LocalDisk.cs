using Microsoft.Win32.SafeHandles;

namespace Recorder.Actors.Storage;

internal sealed class LocalDisk : IDisk
{
    public static readonly LocalDisk Instance = new();

    private const int MostWaits = 8;

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

    // Everything is written before the first wait, and many wait at once: a disk serves flushes that come together with one.
    public IReadOnlyList<Exception?> ReplaceAll(IReadOnlyList<(string Path, ReadOnlyMemory<byte> Content)> files)
    {
        var (failures, open) = (new Exception?[files.Count], new SafeFileHandle?[files.Count]);
        ForEach(index =>
        {
            open[index] = File.OpenHandle(files[index].Path + ".new", FileMode.Create, FileAccess.Write);
            RandomAccess.Write(open[index]!, files[index].Content.Span, 0);
            FileSync.BeginFlush(open[index]!);
        });
        Wait(index => FileSync.Flush(open[index]!, files[index].Path));
        Array.ForEach(open, static file => file?.Dispose());
        ForEach(index => File.Move(files[index].Path + ".new", files[index].Path, overwrite: true));
        Wait(index => FlushFolder(Path.GetDirectoryName(files[index].Path)!));
        return failures;

        void ForEach(Action<int> step, int first = 0, int interval = 1)
        {
            for (var index = first; index < files.Count; index += interval)
                failures[index] ??= IDisk.Try(() => step(index));
        }

        void Wait(Action<int> step)
        {
            // Threads of their own: those of the pool have other things to do.
            var others = Enumerable.Range(1, Math.Min(MostWaits, files.Count) - 1).Select(first => new Thread(() => ForEach(step, first, MostWaits))).ToList();
            others.ForEach(static thread => thread.Start());
            ForEach(step, first: 0, MostWaits);
            others.ForEach(static thread => thread.Join());
        }
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
