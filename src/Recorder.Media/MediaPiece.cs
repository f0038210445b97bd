namespace Recorder.Media;

/// <param name="Source">The file they are read from; null when they are <paramref name="Bytes"/>.</param>
/// <param name="Patch">Rewrites the bytes that were read when they are a fragment's header; null leaves them.</param>
/// <param name="PatchedRange">Which of the rewritten bytes belong to the piece; null for all.</param>
/// <param name="AddedBytes">Bytes that <paramref name="Patch"/> adds and needs room for behind those it is given.</param>
internal readonly record struct MediaPiece(
    IMediaSource? Source, long Offset, long Length, ReadOnlyMemory<byte> Bytes, Action<Memory<byte>>? Patch = null,
    Range? PatchedRange = null, int AddedBytes = 0)
{
    /// <summary>Number of bytes in the virtual file before <see cref="PatchedRange"/> selects some.</summary>
    public long Size => Length + AddedBytes;

    public static MediaPiece Of(ReadOnlyMemory<byte> bytes) => new(null, 0, bytes.Length, bytes);

    public MediaPiece Slice(long skip, long length) => skip == 0 && length == Size ? this
        : Patch is not null ? this with { PatchedRange = (int)skip..(int)(skip + length) }
        : Source is null ? this with { Bytes = Bytes.Slice((int)skip, (int)length), Length = length }
        : this with { Offset = Offset + skip, Length = length };

    /// <param name="at">Offset of the first of them.</param>
    public static IEnumerable<MediaPiece> Clip(IEnumerable<MediaPiece> pieces, long at, long from, long to)
    {
        foreach (var piece in pieces)
        {
            var (begin, end) = (Math.Max(at, from), Math.Min(at + piece.Size, to));
            if (begin < end)
                yield return piece.Slice(begin - at, end - begin);

            at += piece.Size;
        }
    }
}
