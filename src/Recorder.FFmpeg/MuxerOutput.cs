namespace Recorder.FFmpeg;

/// <summary>A rewrite of bytes that were put out earlier.</summary>
/// <param name="Offset">Position in the file.</param>
/// <param name="Bytes">The new bytes, of the same number as those they replace.</param>
public sealed record MediaPatch(long Offset, ReadOnlyMemory<byte> Bytes);

/// <summary>What a muxer has produced.</summary>
public sealed class MuxerOutput
{
    internal MuxerOutput()
    {
    }

    /// <summary>Bytes produced so far: the length of the file.</summary>
    public long Position => throw new NotImplementedException();

    /// <summary>The bytes appended since the last take. The caller disposes them.</summary>
    public MediaBytes TakePending() => throw new NotImplementedException();

    /// <summary>Rewrites of earlier bytes, in order; only <see cref="Muxer.Finish"/> makes any.</summary>
    public IReadOnlyList<MediaPatch> TakePatches() => throw new NotImplementedException();
}
