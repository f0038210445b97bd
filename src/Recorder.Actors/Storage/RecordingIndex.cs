using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Recorder.Contracts;

namespace Recorder.Actors.Storage;

/// <summary>One line of <c>index.jsonl</c>: exactly one of the forms is set.</summary>
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

    /// <summary>A container was completed by rewriting bytes of its header: a redo record, written before the rewrite.</summary>
    public FinaliseLine? Finalise { get; init; }

    /// <summary>An interval that was not recorded.</summary>
    public GapLine? Gap { get; init; }

    /// <summary>A moment that has a name.</summary>
    public MarkLine? Mark { get; init; }

    /// <summary>The last line of a segment: the number of the extent that the next one begins with, and is named after.</summary>
    public int? Next { get; init; }

    /// <summary>Whether recovery wrote it for bytes that no line spoke of.</summary>
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

    public static string Hex(uint crc) => crc.ToString("x8", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Reads what <see cref="Hex"/> writes; anything else is 0.</summary>
    public static uint Checksum(string? hex) =>
        uint.TryParse(hex, System.Globalization.NumberStyles.AllowHexSpecifier, null, out var crc) ? crc : 0;

    internal sealed record FinaliseLine(int Extent, IReadOnlyList<PatchLine> Patches, IReadOnlyList<ChecksumLine> Blobs);

    internal sealed record PatchLine(long Offset, ReadOnlyMemory<byte> Bytes);

    internal sealed record ChecksumLine(long Seq, [property: JsonPropertyName("crc32c")] string Crc32C);

    internal sealed record MarkLine(double MediaTime, DateTimeOffset At, string Label);

    internal sealed record GapLine(
        string Cause, double MediaTime, double Duration, DateTimeOffset From, DateTimeOffset To, long Packets, string Detail);
}

/// <summary>What <c>recording.json</c> says. Rewritten as a whole when the recording begins and when it ends.</summary>
internal sealed record RecordingDescription
{
    public required string Recorder { get; init; }

    public required string Recording { get; init; }

    /// <summary>The source's URI, credentials masked.</summary>
    public required string Source { get; init; }

    public required string Node { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public string MimeType { get; init; } = "";

    public double? TimesliceMs { get; init; }

    public long VideoBitsPerSecond { get; init; }

    public long AudioBitsPerSecond { get; init; }

    public IReadOnlyList<TrackDescription> Tracks { get; init; } = [];

    /// <summary>Absent while the recording is under way.</summary>
    public string? StopReason { get; init; }

    public string? Error { get; init; }

    public double? DurationMs { get; init; }

    public long? Bytes { get; init; }

    public long? Blobs { get; init; }
}

/// <summary>The two files as JSON.</summary>
internal static class StorageJson
{
    private static readonly StorageJsonContext Compact = StorageJsonContext.Default;
    private static readonly StorageJsonContext Indented = new(new JsonSerializerOptions(Compact.Options) { WriteIndented = true });

    /// <summary>A line of the index with its line feed.</summary>
    public static byte[] Line(IndexLine line)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(line, Compact.IndexLine);
        Array.Resize(ref json, json.Length + 1);
        json[^1] = (byte)'\n';
        return json;
    }

    public static byte[] Document(RecordingDescription description) =>
        JsonSerializer.SerializeToUtf8Bytes(description, Indented.RecordingDescription);

    /// <summary>Reads one line of an index, without its line feed; false when it is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, [NotNullWhen(true)] out IndexLine? line)
    {
        line = null;
        try
        {
            return text.Length > 0 && text[0] == (byte)'{' && (line = JsonSerializer.Deserialize(text, Compact.IndexLine)) is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Reads <c>recording.json</c>; null when it is not there, or no description.</summary>
    public static RecordingDescription? ReadDescription(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), Compact.RecordingDescription);
        }
        catch (Exception exception) when (exception is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The lines of an index; a torn last line is left out.</summary>
    public static IReadOnlyList<IndexLine> ReadIndex(string path)
    {
        var lines = new List<IndexLine>();
        foreach (var text in File.ReadLines(path))
        {
            try
            {
                lines.Add(JsonSerializer.Deserialize(text, Compact.IndexLine)!);
            }
            catch (JsonException)
            {
                break;
            }
        }

        return lines;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(IndexLine))]
[JsonSerializable(typeof(RecordingDescription))]
internal sealed partial class StorageJsonContext : JsonSerializerContext;
