namespace Recorder.FFmpeg;

/// <summary>A run of bytes in pooled segments. One owner, who disposes it; any thread.</summary>
public sealed class MediaBytes : IDisposable
{
    internal MediaBytes()
    {
    }

    /// <summary>Bytes in all segments.</summary>
    public long Length => throw new NotImplementedException();

    /// <summary>The bytes, in order; valid until disposed.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Segments => throw new NotImplementedException();

    /// <summary>Copies everything into one array.</summary>
    public byte[] ToArray() => throw new NotImplementedException();

    /// <summary>Gives the segments back to the pool.</summary>
    public void Dispose() => throw new NotImplementedException();
}
