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
}
