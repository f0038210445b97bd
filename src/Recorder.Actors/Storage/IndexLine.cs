using System.Globalization;
using System.Text.Json.Serialization;
using Recorder.Contracts;

namespace Recorder.Actors.Storage;

/// <summary>One line of <c>index.jsonl</c>: a blob, or one of the other forms.</summary>
internal sealed record IndexLine
{
    public long? Seq { get; init; }
    public int? Extent { get; init; }
    public long? Offset { get; init; }
    public long? Length { get; init; }
    public double? MediaTime { get; init; }
    public double? Duration { get; init; }
    public DateTimeOffset? WallTime { get; init; }
    public bool? Key { get; init; }

    [JsonPropertyName("crc32c")]
    public string? Crc32C { get; init; }

    public int? Epoch { get; init; }

    /// <summary>A redo record of the header bytes that complete a container, written before the header is rewritten.</summary>
    public FinaliseLine? Finalise { get; init; }

    public GapLine? Gap { get; init; }
    public MarkLine? Mark { get; init; }

    /// <summary>On a segment's last line: the extent with which the next one begins, and after which it is named.</summary>
    public int? Next { get; init; }

    /// <summary>Whether recovery wrote the line, for bytes that had none.</summary>
    public bool? Recovered { get; init; }

    public static IndexLine For(Blob blob) => new()
    {
        Seq = blob.Number,
        Extent = blob.Extent,
        Offset = blob.Offset,
        Length = blob.Length,
        MediaTime = blob.MediaTime.TotalMilliseconds,
        Duration = blob.Duration.TotalMilliseconds,
        WallTime = blob.CapturedAt,
        Key = blob.StartsWithKeyFrame,
        Crc32C = Hex(blob.Crc32C),
        Epoch = blob.Epoch,
    };

    public static IndexLine For(RecorderProtocol.GapRecorded gap) => new()
    {
        Gap = new GapLine(gap.Cause.ToString(), gap.MediaTime.TotalMilliseconds, gap.Duration.TotalMilliseconds, gap.From, gap.To, gap.Packets, gap.Detail),
    };

    public static string Hex(uint crc) => crc.ToString("x8", CultureInfo.InvariantCulture);
    public static uint Checksum(string? hex) => uint.TryParse(hex, NumberStyles.AllowHexSpecifier, null, out var crc) ? crc : 0;

    internal sealed record FinaliseLine(int Extent, IReadOnlyList<PatchLine> Patches, IReadOnlyList<ChecksumLine> Blobs);
    internal sealed record PatchLine(long Offset, ReadOnlyMemory<byte> Bytes);
    internal sealed record ChecksumLine(long Seq, [property: JsonPropertyName("crc32c")] string Crc32C);
    internal sealed record MarkLine(double MediaTime, DateTimeOffset At, string Label);

    internal sealed record GapLine(
        string Cause, double MediaTime, double Duration, DateTimeOffset From, DateTimeOffset To, long Packets, string Detail);
}
