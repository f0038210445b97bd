namespace Recorder.Contracts;

/// <summary>
/// Part of a <see cref="Contracts.Blob"/>, made by <see cref="Blob.Slice"/>: W3C's slice is a Blob again, ours a type of its own,
/// because it has no number, no media time and no checksum. Only the whole blob's bytes can be verified, against its
/// <see cref="Blob.Crc32C"/>.
/// </summary>
public sealed record BlobSlice
{
    internal BlobSlice(Blob blob, long start, long size, string type) => (Blob, Start, Size, Type) = (blob, start, size, type);

    /// <summary>The blob that it is part of.</summary>
    public Blob Blob { get; }

    /// <summary>Where the part begins in its blob, bytes.</summary>
    public long Start { get; }

    /// <summary>Bytes.</summary>
    public long Size { get; }

    /// <summary>The content type that was given, in lower case; "" when none was.</summary>
    public string Type { get; }

    /// <summary>A part of this part; as <see cref="Blob.Slice"/>.</summary>
    /// <param name="start">The first byte; negative counts from the end; null is 0.</param>
    /// <param name="end">The byte after the last; negative counts from the end; null is the end.</param>
    /// <param name="contentType">Its <see cref="Type"/>; null is "".</param>
    public BlobSlice Slice(long? start = null, long? end = null, string? contentType = null)
    {
        var first = Clamp(start ?? 0);
        return new BlobSlice(Blob, Start + first, Math.Max(Clamp(end ?? Size) - first, 0), Normalise(contentType));
    }

    /// <summary>Opens these bytes, and no others, as a stream; as <see cref="Blob.OpenRead"/>.</summary>
    /// <exception cref="IOException">The file is gone, shorter than it was, or cannot be read.</exception>
    public Stream OpenRead() =>
        Size == 0 ? new MemoryStream([], writable: false) : FileRangeStream.Open(Blob.Path, Blob.Offset + Start, Size);

    /// <summary>Writes these bytes to a stream.</summary>
    /// <param name="destination">Where to.</param>
    /// <exception cref="IOException">As <see cref="OpenRead"/>.</exception>
    public void CopyTo(Stream destination)
    {
        using var bytes = OpenRead();
        bytes.CopyTo(destination);
    }

    /// <summary>Writes these bytes to a stream.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="cancellationToken">Ends the copying in between.</param>
    /// <exception cref="IOException">As <see cref="OpenRead"/>.</exception>
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
