using System.Text.Json.Serialization;
using Recorder.Contracts.Json;

namespace Recorder.Contracts;

/// <summary>
/// Recorded data, by reference: a byte range of one extent (file) of one recording, never the bytes themselves. All blobs of a
/// recording, in order, are the whole of its extents, byte for byte (W3C MediaStream Recording, 2.3: "dataavailable").
/// </summary>
public sealed record Blob
{
    /// <summary>The recording it belongs to.</summary>
    public required RecordingId Recording { get; init; }

    /// <summary>The blob's number within its recording, from 1, consecutive.</summary>
    public required long Number { get; init; }

    /// <summary>The extent's number within the recording, from 1.</summary>
    public required int Extent { get; init; }

    /// <summary>The extent's path on the node that holds it.</summary>
    public required string Path { get; init; }

    /// <summary>Where the blob begins in its extent, bytes.</summary>
    public required long Offset { get; init; }

    /// <summary>Bytes; 0 for an empty blob.</summary>
    public required long Length { get; init; }

    /// <summary>The MIME type with its codecs parameter; equals the recorder's <c>mimeType</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Media time of the blob's first packet on the recording's timeline.</summary>
    public required TimeSpan MediaTime { get; init; }

    /// <summary>Media time that the blob covers.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Wall-clock capture time of the blob's first packet: the source's own clock where it tells it, else arrival.</summary>
    public required DateTimeOffset CapturedAt { get; init; }

    /// <summary>Whether the blob's first video frame can be decoded without an earlier one; true for audio only.</summary>
    public required bool StartsWithKeyFrame { get; init; }

    /// <summary>CRC-32C (Castagnoli) of the bytes when the blob was announced.</summary>
    [JsonPropertyName("crc32c")]
    [JsonConverter(typeof(HexadecimalConverter))]
    public required uint Crc32C { get; init; }

    /// <summary>The ownership epoch of the node that recorded it; 0 on a single node.</summary>
    public int Epoch { get; init; }

    /// <summary>Bytes; W3C's name for <see cref="Length"/> (File API, 3.1).</summary>
    [JsonIgnore]
    public long Size => Length;

    /// <summary>A part of the blob (File API, 3.3.1), by reference too: nothing is read or copied.</summary>
    /// <param name="start">The first byte; negative counts from the end; null is 0.</param>
    /// <param name="end">The byte after the last; negative counts from the end; null is the end.</param>
    /// <param name="contentType">The part's <see cref="BlobSlice.Type"/>, in lower case; null, or a text with other than
    /// printable ASCII characters, is "": part of a media file is not a media file.</param>
    /// <returns>The part; positions outside the blob move to its ends, and an end before the start gives an empty part.</returns>
    public BlobSlice Slice(long? start = null, long? end = null, string? contentType = null) =>
        Whole.Slice(start, end, contentType);

    /// <summary>Opens the blob's bytes, and no others, as a stream that can be read and sought in. Dispose of it.</summary>
    /// <remarks>An empty blob needs no file and opens always.</remarks>
    /// <exception cref="FileNotFoundException">The file is not there (any more); the message says which.</exception>
    /// <exception cref="EndOfStreamException">The file is shorter than it was when the blob was announced.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not read the file.</exception>
    public Stream OpenRead() => Whole.OpenRead();

    /// <summary>Writes the blob's bytes to a stream.</summary>
    /// <param name="destination">Where to.</param>
    /// <exception cref="IOException">As <see cref="OpenRead"/>.</exception>
    public void CopyTo(Stream destination) => Whole.CopyTo(destination);

    /// <summary>Writes the blob's bytes to a stream.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="cancellationToken">Ends the copying in between.</param>
    /// <exception cref="IOException">As <see cref="OpenRead"/>.</exception>
    public Task CopyToAsync(Stream destination, CancellationToken cancellationToken = default) =>
        Whole.CopyToAsync(destination, cancellationToken);

    private BlobSlice Whole => new(this, 0, Length, Type);
}
