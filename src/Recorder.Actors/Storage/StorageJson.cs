using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recorder.Actors.Storage;

internal static class StorageJson
{
    private static readonly StorageJsonContext Compact = StorageJsonContext.Default;
    private static readonly StorageJsonContext Indented = new(new JsonSerializerOptions(Compact.Options) { WriteIndented = true });

    public static byte[] Line(IndexLine line)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(line, Compact.IndexLine);
        Array.Resize(ref json, json.Length + 1);
        json[^1] = (byte)'\n';
        return json;
    }

    public static byte[] Document(RecordingDescription description) =>
        JsonSerializer.SerializeToUtf8Bytes(description, Indented.RecordingDescription);

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
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(IndexLine))]
[JsonSerializable(typeof(RecordingDescription))]
internal sealed partial class StorageJsonContext : JsonSerializerContext;
