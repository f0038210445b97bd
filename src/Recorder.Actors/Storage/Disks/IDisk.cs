namespace Recorder.Actors.Storage;

/// <summary>The file system operations that recordings need. Every call may block.</summary>
internal interface IDisk
{
    void CreateFolder(string path);
    bool Exists(string path);

    /// <summary>Throws <see cref="IOException"/> if the file exists and must not be overwritten.</summary>
    IDiskFile Create(string path, bool overwrite);

    /// <summary>Replaces a whole file atomically; the new content is durable when this returns.</summary>
    void Replace(string path, ReadOnlySpan<byte> content);

    /// <summary>Replaces many files, each as <see cref="Replace"/> does.</summary>
    /// <returns>Why each was not replaced; null for one that was.</returns>
    IReadOnlyList<Exception?> ReplaceAll(IReadOnlyList<(string Path, ReadOnlyMemory<byte> Content)> files) =>
        [.. files.Select(file => Try(() => Replace(file.Path, file.Content.Span)))];

    /// <summary>Deletes files, where they exist, and their folder if it is empty then; null deletes none.</summary>
    void Remove(IReadOnlyList<string> files, string? folder);

    long FreeBytes(string folder);
    void FlushFolder(string path);

    /// <returns>Free bytes; null when they cannot be read.</returns>
    static long? FindFreeBytes(IDisk disk, string folder)
    {
        try
        {
            return disk.FreeBytes(folder);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <returns>Why the disk could not do it; null when it did.</returns>
    static Exception? Try(Action step)
    {
        try
        {
            step();
            return null;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return failed;
        }
    }
}

internal interface IDiskFile : IDisposable
{
    void Write(IReadOnlyList<ReadOnlyMemory<byte>> segments, long offset);
    void Write(ReadOnlySpan<byte> bytes, long offset);
    int Read(Span<byte> into, long offset);
    void SetLength(long length);

    /// <summary>Does not wait; <see cref="Flush"/> reports failures.</summary>
    void BeginFlush();

    /// <summary>Returns when the writes are durable; after a failure they may be lost even if a second try succeeds.</summary>
    void Flush();
}
