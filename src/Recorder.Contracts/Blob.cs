using System.Text.Json.Serialization;

namespace Recorder.Contracts;

/// <summary>
/// Recorded data, by reference: a byte range of one extent (file) of a recording, not the bytes themselves. The blobs of a
/// recording in order are its extents, byte for byte (W3C MediaStream Recording, section 2.3, "dataavailable").
/// </summary>
public sealed record Blob
{
    /// <summary>The recording that the blob belongs to.</summary>
    public required RecordingId Recording { get; init; }

    /// <summary>The blob's number within its recording, consecutive from 1.</summary>
    public required long Number { get; init; }

    /// <summary>The extent's number within the recording, from 1.</summary>
    public required int Extent { get; init; }

    /// <summary>The extent's path on the node that stores it.</summary>
    public required string Path { get; init; }

    /// <summary>Offset of the blob's first byte in its extent.</summary>
    public required long Offset { get; init; }

    /// <summary>The blob's length in bytes; 0 for an empty blob.</summary>
    public required long Length { get; init; }

    /// <summary>The MIME type with its codecs parameter; the same as the recorder's <c>mimeType</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Media time of the blob's first packet on the recording's timeline.</summary>
    public required TimeSpan MediaTime { get; init; }

    /// <summary>Media time that the blob covers.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>
    /// Wall-clock capture time of the blob's first packet, by the source's clock if it sends one, otherwise its time of
    /// arrival.
    /// </summary>
    public required DateTimeOffset CapturedAt { get; init; }

    /// <summary>Whether the blob's first video frame is a key frame; true when there is no video.</summary>
    public required bool StartsWithKeyFrame { get; init; }

    /// <summary>CRC-32C (Castagnoli) checksum of the bytes at the time the blob was announced.</summary>
    [JsonPropertyName("crc32c")]
    [JsonConverter(typeof(HexadecimalConverter))]
    public required uint Crc32C { get; init; }

    /// <summary>
    /// The term of the node that recorded the blob (see <see cref="RecorderHistory.Epoch"/>); 0 on a single node.
    /// </summary>
    public int Epoch { get; init; }

    /// <summary>The same as <see cref="Length"/>, under its name in the File API (section 3.1).</summary>
    [JsonIgnore]
    public long Size => Length;

    /// <summary>Makes a slice of the blob (File API, section 3.3.1) without reading or copying any bytes.</summary>
    /// <param name="start">Offset of the first byte; a negative number counts from the end; null means 0.</param>
    /// <param name="end">Offset after the last byte; a negative number counts from the end; null means the end.</param>
    /// <param name="contentType">The slice's <see cref="BlobSlice.Type"/>. Null, or a text with characters other than printable
    /// ASCII, means "": the blob's own type is not inherited, because a part of a media file is not a media file.</param>
    /// <returns>The slice. Offsets outside the blob are clamped to it; an end before the start gives an empty slice.</returns>
    public BlobSlice Slice(long? start = null, long? end = null, string? contentType = null) =>
        Whole.Slice(start, end, contentType);

    /// <summary>Opens the blob's bytes as a read-only, seekable stream. The caller disposes of it.</summary>
    /// <remarks>An empty blob needs no file and can always be opened.</remarks>
    /// <exception cref="FileNotFoundException">The file is missing; the message names it.</exception>
    /// <exception cref="EndOfStreamException">The file was shortened after the blob was announced.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not read the file.</exception>
    public Stream OpenRead() => Whole.OpenRead();

    /// <summary>Writes the blob's bytes to a stream.</summary>
    /// <param name="destination">The stream to write to.</param>
    /// <exception cref="IOException">The file is missing, was shortened, or cannot be read.</exception>
    public void CopyTo(Stream destination) => Whole.CopyTo(destination);

    /// <summary>Writes the blob's bytes to a stream.</summary>
    /// <param name="destination">The stream to write to.</param>
    /// <param name="cancellationToken">Cancels the copying.</param>
    /// <exception cref="IOException">The file is missing, was shortened, or cannot be read.</exception>
    public Task CopyToAsync(Stream destination, CancellationToken cancellationToken = default) =>
        Whole.CopyToAsync(destination, cancellationToken);

    private BlobSlice Whole => new(this, 0, Length, Type);
}
