namespace Recorder.Media;

/// <summary>A run of bytes of a virtual file.</summary>
/// <param name="Source">The file they are read from; null for <paramref name="Bytes"/>.</param>
/// <param name="Offset">Where to read there.</param>
/// <param name="Length">How many to read.</param>
/// <param name="Bytes">The bytes themselves where they are of no file.</param>
/// <param name="Patch">Where not null, what is read is a fragment's header, and this puts it on the timeline.</param>
/// <param name="Wanted">Which of the bytes, when <paramref name="Patch"/> has done with them; null is all.</param>
/// <param name="Growth">How many bytes more they are when <paramref name="Patch"/> has done with them: it needs the room.</param>
internal readonly record struct MediaPiece(
    IMediaSource? Source, long Offset, long Length, ReadOnlyMemory<byte> Bytes, Action<Memory<byte>>? Patch = null, Range? Wanted = null, int Growth = 0)
{
    /// <summary>How many bytes of a virtual file it is, all of it.</summary>
    public long Size => Length + Growth;

    /// <summary>A part of it.</summary>
    /// <param name="skip">Bytes left out at its beginning.</param>
    /// <param name="length">Bytes of the part.</param>
    public MediaPiece Slice(long skip, long length) => skip == 0 && length == Size ? this
        : Patch is not null ? this with { Wanted = (int)skip..(int)(skip + length) }
        : Source is null ? this with { Bytes = Bytes.Slice((int)skip, (int)length), Length = length }
        : this with { Offset = Offset + skip, Length = length };

    /// <summary>What lies between two places of the file, of pieces that follow one another from a place on.</summary>
    public static IEnumerable<MediaPiece> Clip(IEnumerable<MediaPiece> pieces, long at, long from, long to)
    {
        foreach (var piece in pieces)
        {
            var (begin, end) = (Math.Max(at, from), Math.Min(at + piece.Size, to));
            if (begin < end)
            {
                yield return piece.Slice(begin - at, end - begin);
            }

            at += piece.Size;
        }
    }
}
