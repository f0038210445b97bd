using System.Globalization;
using System.Text.Json;

namespace Recorder.Integration.Tests.Harness;

/// <summary>A blob as the program announces it.</summary>
public sealed record BlobReference(
    string Recording, long Number, int Extent, string Path, long Offset, long Length, string Type, double MediaTime,
    double Duration, bool StartsWithKeyFrame, uint Crc32C);

/// <summary>One JSON line of <c>recorder record --json</c>; times in milliseconds.</summary>
public sealed class RecorderEvent
{
    private readonly JsonElement _json;
    private readonly string _folder;

    /// <param name="line">The line.</param>
    /// <param name="folder">The program's working folder, to which the paths of blobs are relative.</param>
    public RecorderEvent(string line, string folder)
    {
        _folder = folder;
        Line = line;
        using var document = JsonDocument.Parse(line);
        _json = document.RootElement.Clone();
    }

    public string Line { get; }

    public JsonElement Json => _json;

    public string Kind => Text("event");

    public string Recorder => Text("recorder");

    public long Sequence => _json.GetProperty("sequence").GetInt64();

    public bool IsData => Kind == "dataavailable";

    public BlobReference Blob
    {
        get
        {
            var blob = _json.GetProperty("blob");
            return new BlobReference(
                blob.GetProperty("recording").GetString()!,
                blob.GetProperty("number").GetInt64(),
                blob.GetProperty("extent").GetInt32(),
                Path.GetFullPath(blob.GetProperty("path").GetString()!, _folder),
                blob.GetProperty("offset").GetInt64(),
                blob.GetProperty("length").GetInt64(),
                blob.GetProperty("type").GetString()!,
                blob.GetProperty("mediaTime").GetDouble(),
                blob.GetProperty("duration").GetDouble(),
                blob.GetProperty("startsWithKeyFrame").GetBoolean(),
                uint.Parse(blob.GetProperty("crc32c").GetString()!, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        }
    }

    public string Text(string name) =>
        _json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    public double Number(string name) => _json.GetProperty(name).GetDouble();

    public JsonElement Element(string name) => _json.GetProperty(name);

    public override string ToString() => Line;
}
