namespace Recorder.Contracts;

/// <summary>
/// A part of a <see cref="Contracts.Blob"/>, made by <see cref="Blob.Slice"/>. In the File API a slice is a Blob again; here it
/// is a type of its own, because a slice has no number, media time or checksum. To verify bytes, read the whole blob and
/// compare with its <see cref="Blob.Crc32C"/>.
/// </summary>
public sealed record BlobSlice
{
    internal BlobSlice(Blob blob, long start, long size, string type) => (Blob, Start, Size, Type) = (blob, start, size, type);

    /// <summary>The blob that the slice is a part of.</summary>
    public Blob Blob { get; }

    /// <summary>Offset of the slice's first byte in its blob.</summary>
    public long Start { get; }

    /// <summary>The slice's size in bytes.</summary>
    public long Size { get; }

    /// <summary>The content type given to <see cref="Blob.Slice"/>, in lower case; "" when none was given.</summary>
    public string Type { get; }

    /// <summary>Makes a slice of this slice; see <see cref="Blob.Slice"/>.</summary>
    /// <param name="start">Offset of the first byte; a negative number counts from the end; null means 0.</param>
    /// <param name="end">Offset after the last byte; a negative number counts from the end; null means the end.</param>
    /// <param name="contentType">The <see cref="Type"/> of the new slice; null means "".</param>
    public BlobSlice Slice(long? start = null, long? end = null, string? contentType = null)
    {
        var first = Clamp(start ?? 0);
        return new BlobSlice(Blob, Start + first, Math.Max(Clamp(end ?? Size) - first, 0), Normalise(contentType));
    }

    /// <summary>Opens the slice's bytes as a read-only stream; see <see cref="Blob.OpenRead"/>.</summary>
    /// <exception cref="IOException">The file is missing, was shortened, or cannot be read.</exception>
    public Stream OpenRead() =>
        Size == 0 ? new MemoryStream([], writable: false) : FileRangeStream.Open(Blob.Path, Blob.Offset + Start, Size);

    /// <summary>Writes the slice's bytes to a stream.</summary>
    /// <param name="destination">The stream to write to.</param>
    /// <exception cref="IOException">The file is missing, was shortened, or cannot be read.</exception>
    public void CopyTo(Stream destination)
    {
        using var bytes = OpenRead();
        bytes.CopyTo(destination);
    }

    /// <summary>Writes the slice's bytes to a stream.</summary>
    /// <param name="destination">The stream to write to.</param>
    /// <param name="cancellationToken">Cancels the copying.</param>
    /// <exception cref="IOException">The file is missing, was shortened, or cannot be read.</exception>
    public async Task CopyToAsync(Stream destination, CancellationToken cancellationToken = default)
    {
        var bytes = OpenRead();
        await using (bytes.ConfigureAwait(false))
        {
            await bytes.CopyToAsync(destination, cancellationToken).ConfigureAwait(false);
        }
    }

    private long Clamp(long position) => position < 0 ? Math.Max(Size + position, 0) : Math.Min(position, Size);

    private static string Normalise(string? type) =>
        type is null || type.Any(c => c is < ' ' or > '~') ? "" : type.ToLowerInvariant();
}
