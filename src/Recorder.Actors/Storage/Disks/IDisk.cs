namespace Recorder.Actors.Storage;

/// <summary>The file system operations that recordings need. Every call may block.</summary>
internal interface IDisk
{
    /// <summary>Creates a folder and its parents where they are missing.</summary>
    void CreateFolder(string path);

    bool Exists(string path);

    /// <summary>Creates a file.</summary>
    /// <exception cref="IOException">It exists and must not be overwritten, or it cannot be created.</exception>
    IDiskFile Create(string path, bool overwrite);

    /// <summary>Replaces a whole file atomically; the new content is durable when this returns.</summary>
    void Replace(string path, ReadOnlySpan<byte> content);

    /// <summary>Deletes files, where they exist, and their folder if it is empty then.</summary>
    /// <param name="files">The files.</param>
    /// <param name="folder">The folder; null deletes none.</param>
    void Remove(IReadOnlyList<string> files, string? folder);

    /// <summary>Gets the bytes that can still be written on the volume of a folder.</summary>
    long FreeBytes(string folder);

    /// <summary>Returns when the names of the files in a folder are durable.</summary>
    void FlushFolder(string path);
}

/// <summary>An open file.</summary>
internal interface IDiskFile : IDisposable
{
    void Write(IReadOnlyList<ReadOnlyMemory<byte>> segments, long offset);

    void Write(ReadOnlySpan<byte> bytes, long offset);

    int Read(Span<byte> into, long offset);

    void SetLength(long length);

    /// <summary>Starts making the writes durable without waiting; <see cref="Flush"/> reports failures.</summary>
    void BeginFlush();

    /// <summary>
    /// Returns when the writes are durable. After a failure they may be lost, even if a second attempt succeeds.
    /// </summary>
    void Flush();
}
