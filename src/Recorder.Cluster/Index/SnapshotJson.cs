using System.Text.Json;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Contracts;
using Recorder.Contracts.Json;
using Recorder.Media;
using static Recorder.Cluster.Index.IndexJson;

namespace Recorder.Cluster.Index;

/// <summary>A snapshot as JSON lines: pages, and at last the position at which it is. Without that line it is incomplete.</summary>
internal static class SnapshotJson
{
    public static byte[] Write(CatalogueCopy page) => WriteObject(writer =>
    {
        WriteArray(writer, "recordings", page.Recordings, Write);
        WriteArray(writer, "extents", page.Extents, (json, extent) => Write(json, extent.Recording, extent.Extent));
        WriteEvents(writer, "gaps", page.Gaps);
        WriteEvents(writer, "marks", page.Marks);
    });

    public static byte[] Write(SnapshotEnd end) => WriteObject(writer =>
    {
        writer.WriteStartObject("end");
        IndexJson.Write(writer, end.Position);
        writer.WriteStartObject("sequences");
        foreach (var (recorder, last) in end.Sequences)
            writer.WriteNumber(recorder.Value, last);

        writer.WriteEndObject();
        WriteArray(writer, "holds", end.Holds, WriteMembers);
        writer.WriteEndObject();
    });

    /// <summary>Reads a line: a page, or the end.</summary>
    public static (CatalogueCopy? Page, SnapshotEnd? End) Read(string line)
    {
        using var document = JsonDocument.Parse(line);
        var json = document.RootElement;
        if (json.TryGetProperty("end", out var end))
        {
            return (null, new SnapshotEnd(
                ReadPosition(end),
                end.GetProperty("sequences").EnumerateObject().ToDictionary(it => RecorderId.Parse(it.Name), it => it.Value.GetInt64()),
                [.. end.GetProperty("holds").EnumerateArray().Select(ReadHold)]));
        }

        return (new CatalogueCopy(
            [.. json.GetProperty("recordings").EnumerateArray().Select(ReadRecording)],
            [.. json.GetProperty("extents").EnumerateArray().Select(extent => (ReadKey(extent), ReadExtent(extent)))],
            [.. json.GetProperty("gaps").EnumerateArray().Select(ReadEvent<RecorderProtocol.GapRecorded>)],
            [.. json.GetProperty("marks").EnumerateArray().Select(ReadEvent<RecorderProtocol.Marked>)]), null);
    }

    private static void WriteArray<T>(Utf8JsonWriter writer, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        writer.WriteStartArray(name);
        foreach (var item in items)
        {
            writer.WriteStartObject();
            write(writer, item);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteEvents(Utf8JsonWriter writer, string name, IEnumerable<RecorderProtocol.IEvent> events)
    {
        writer.WriteStartArray(name);
        foreach (var raised in events)
            writer.WriteRawValue(ProtocolJson.WriteUtf8(raised), skipInputValidation: true);

        writer.WriteEndArray();
    }

    // Times and durations are ticks here, as in the tables: a row is the same on every node.
    private static void Write(Utf8JsonWriter writer, RecordingRow row)
    {
        WriteKey(writer, row.Key);
        writer.WriteString("mimeType", row.MimeType);
        writer.WriteNumber("startedAt", row.StartedAt.UtcTicks);
        if (row.EndedAt is { } ended)
            writer.WriteNumber("endedAt", ended.UtcTicks);

        if (row.StopReason is { } reason)
            writer.WriteNumber("stopReason", (int)reason);

        writer.WriteNumber("duration", row.Duration.Ticks);
        writer.WriteNumber("bytes", row.Bytes);
        writer.WriteNumber("blobs", row.Blobs);
        writer.WriteNumber("durableThrough", row.DurableThrough);
        writer.WriteBoolean("held", row.IsHeld);
    }

    private static RecordingRow ReadRecording(JsonElement json) => new()
    {
        Key = ReadKey(json),
        Folder = "",
        MimeType = json.GetProperty("mimeType").GetString()!,
        StartedAt = Time(json.GetProperty("startedAt")),
        EndedAt = json.TryGetProperty("endedAt", out var ended) ? Time(ended) : null,
        StopReason = json.TryGetProperty("stopReason", out var reason) ? (StopReason)reason.GetInt32() : null,
        Duration = Span(json.GetProperty("duration")),
        Bytes = json.GetProperty("bytes").GetInt64(),
        Blobs = json.GetProperty("blobs").GetInt64(),
        DurableThrough = json.GetProperty("durableThrough").GetInt64(),
        IsHeld = json.GetProperty("held").GetBoolean(),
    };

    private static void Write(Utf8JsonWriter writer, RecordingKey recording, Extent extent)
    {
        WriteKey(writer, recording);
        writer.WriteNumber("number", extent.Number);
        writer.WriteNumber("epoch", extent.Epoch);
        writer.WriteString("name", Path.GetFileName(extent.Path));
        writer.WriteNumber("bytes", extent.Bytes);
        writer.WriteNumber("mediaTime", extent.MediaTime.Ticks);
        writer.WriteNumber("duration", extent.Duration.Ticks);
        writer.WriteNumber("capturedAt", extent.CapturedAt.UtcTicks);
        writer.WriteNumber("firstBlob", extent.FirstBlob);
        writer.WriteNumber("lastBlob", extent.LastBlob);
    }

    private static Extent ReadExtent(JsonElement json) => new()
    {
        Number = json.GetProperty("number").GetInt32(),
        Epoch = json.GetProperty("epoch").GetInt32(),
        Path = json.GetProperty("name").GetString()!,
        Bytes = json.GetProperty("bytes").GetInt64(),
        MediaTime = Span(json.GetProperty("mediaTime")),
        Duration = Span(json.GetProperty("duration")),
        CapturedAt = Time(json.GetProperty("capturedAt")),
        FirstBlob = json.GetProperty("firstBlob").GetInt64(),
        LastBlob = json.GetProperty("lastBlob").GetInt64(),
    };

    private static DateTimeOffset Time(JsonElement ticks) => new(ticks.GetInt64(), TimeSpan.Zero);
    private static TimeSpan Span(JsonElement ticks) => TimeSpan.FromTicks(ticks.GetInt64());
}
