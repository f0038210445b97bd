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

    /// <summary>Deletes files, where they exist, and their folder if it is empty then; null deletes none.</summary>
    void Remove(IReadOnlyList<string> files, string? folder);

    long FreeBytes(string folder);
    void FlushFolder(string path);
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
