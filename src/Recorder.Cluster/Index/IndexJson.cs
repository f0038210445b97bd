using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Recorder.Actors.Catalogue;
using Recorder.Cluster.Journals;
using Recorder.Contracts;
using Recorder.Contracts.Json;

namespace Recorder.Cluster.Index;

/// <summary>
/// Answers and changes as JSON, with events in the form of <see cref="ProtocolJson"/>. Additive only: a member that a version does not know is ignored,
/// and so is a change.
/// </summary>
internal static class IndexJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(IndexChange change) => Encoding.UTF8.GetString(WriteObject(writer => WriteMembers(writer, change)));

    /// <summary>Null for a change that a later version wrote.</summary>
    public static IndexChange? ReadChange(string json)
    {
        using var document = JsonDocument.Parse(json);
        return ReadChange(document.RootElement);
    }

    public static byte[] Write(JournalAnswer answer) => WriteObject(writer =>
    {
        if (answer.Position is { } position)
            Write(writer, position);

        if (answer.Missing > 0)
            writer.WriteNumber("missing", answer.Missing);

        writer.WriteStartArray("entries");
        foreach (var entry in answer.Entries)
        {
            writer.WriteStartObject();
            writer.WriteNumber("number", entry.Number);
            writer.WritePropertyName("event");
            writer.WriteRawValue(ProtocolJson.WriteUtf8(entry.Event), skipInputValidation: true);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("changes");
        foreach (var change in answer.Changes)
        {
            writer.WriteStartObject();
            WriteMembers(writer, change);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    public static JournalAnswer ReadAnswer(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var answer = document.RootElement;
        return !answer.TryGetProperty("start", out _) ? JournalAnswer.Unknown : new JournalAnswer(
            ReadPosition(answer),
            [
                .. answer.GetProperty("entries").EnumerateArray().Select(entry => new JournalEntry(
                    entry.GetProperty("number").GetInt64(), ReadEvent<RecorderProtocol.IEvent>(entry.GetProperty("event")))),
            ],
            [.. answer.GetProperty("changes").EnumerateArray().Select(ReadChange).OfType<IndexChange>()])
        {
            Missing = answer.TryGetProperty("missing", out var missing) ? missing.GetInt64() : 0,
        };
    }

    internal static byte[] WriteObject(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    internal static void Write(Utf8JsonWriter writer, IndexPosition position)
    {
        writer.WriteString("start", position.Journal.Start.ToString());
        writer.WriteNumber("last", position.Journal.Number);
        writer.WriteNumber("change", position.Change);
    }

    internal static IndexPosition ReadPosition(JsonElement json) => new(
        new JournalPosition(StartId.Parse(json.GetProperty("start").GetString()!), json.GetProperty("last").GetInt64()),
        json.GetProperty("change").GetInt64());

    internal static T ReadEvent<T>(JsonElement json)
        where T : RecorderProtocol.IEvent =>
        ProtocolJson.Read<RecorderProtocol.IEvent>(json.GetRawText()) is T raised ? raised : throw new JsonException("An event of another kind was expected.");

    internal static void WriteKey(Utf8JsonWriter writer, RecordingKey key)
    {
        writer.WriteString("recorder", key.Recorder.Value);
        writer.WriteString("recording", key.Recording.Value);
    }

    internal static RecordingKey ReadKey(JsonElement json) => new(
        RecorderId.Parse(json.GetProperty("recorder").GetString()!),
        RecordingId.TryParse(json.GetProperty("recording").GetString(), out var recording) ? recording : throw new JsonException("No id of a recording."));

    internal static void WriteMembers(Utf8JsonWriter writer, Hold hold)
    {
        WriteKey(writer, hold.Recording);
        writer.WriteBoolean("held", hold.IsHeld);
        writer.WriteNumber("version", hold.Version);
        writer.WriteString("node", hold.Node);
    }

    internal static Hold ReadHold(JsonElement json) => new(
        ReadKey(json), json.GetProperty("held").GetBoolean(), json.GetProperty("version").GetInt64(), json.GetProperty("node").GetString()!);

    private static void WriteMembers(Utf8JsonWriter writer, IndexChange change)
    {
        switch (change)
        {
            case HoldSet set:
                writer.WriteString("change", "holdSet");
                WriteMembers(writer, set.Hold);
                break;
            case ExtentsPurged purged:
                writer.WriteString("change", "extentsPurged");
                writer.WriteStartArray("extents");
                foreach (var (recording, number) in purged.Extents)
                {
                    writer.WriteStartObject();
                    WriteKey(writer, recording);
                    writer.WriteNumber("number", number);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                break;
            default:
                throw new NotSupportedException($"{change.GetType()} has no form in JSON.");
        }
    }

    private static IndexChange? ReadChange(JsonElement json) => json.GetProperty("change").GetString() switch
    {
        "holdSet" => new HoldSet(ReadHold(json)),
        "extentsPurged" => new ExtentsPurged(
            [.. json.GetProperty("extents").EnumerateArray().Select(extent => (ReadKey(extent), extent.GetProperty("number").GetInt32()))]),
        _ => null,
    };
}
