using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Client;

internal static class RecorderTable
{
    /// <summary>Writes JSON lines or a table; on a terminal <paramref name="none"/> stands for an empty list.</summary>
    public static void Write(
        List<JsonElement> items, bool isJson, Action<IReadOnlyList<JsonElement>, CommandOutput> writeTable, string none, CommandOutput console)
    {
        if (isJson)
            items.ForEach(item => console.Line(item.GetRawText()));
        else if (items.Count > 0 || !console.IsTerminal)
            writeTable(items, console);
        else
            console.Line(none);
    }

    public static void WriteRecorders(IReadOnlyList<JsonElement> recorders, CommandOutput console)
    {
        var table = new TextTable("ID", "STATE", "TIME", "SIZE", "LOST", "LABELS", "SOURCE");
        foreach (var recorder in recorders)
        {
            table.Add(
                recorder.Text("id") ?? "?",
                StateOf(recorder),
                recorder.Milliseconds("duration") is { Ticks: > 0 } duration ? Quantity.Clock(duration) : "-",
                recorder.Number("bytes") is > 0 and var bytes ? Quantity.Size(bytes) : "-",
                recorder.Number("lostPackets") is > 0 and var lost
                    ? new Cell(lost.ToString(CultureInfo.InvariantCulture), Tone.Warning) : "-",
                LabelsOf(recorder),
                recorder.Text("source") ?? "?");
        }

        table.Write(console);
    }

    public static void WriteRecordings(IReadOnlyList<JsonElement> recordings, CommandOutput console)
    {
        var table = new TextTable("RECORDING", "STATE", "STARTED", "TIME", "SIZE", "BLOBS", "TYPE");
        foreach (var recording in recordings)
        {
            table.Add(
                KeyOf(recording),
                recording.Time("endedAt") is null && recording.Text("stopReason") is null
                    ? new Cell("recording", Tone.Good)
                    : new Cell(
                        recording.Text("stopReason") ?? "ended", recording.Text("stopReason") == "error" ? Tone.Bad : Tone.Plain),
                recording.Time("startedAt")?.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "-",
                recording.Milliseconds("duration") is { } duration ? Quantity.Clock(duration) : "-",
                recording.Number("bytes") is { } bytes ? Quantity.Size(bytes) : "-",
                recording.Number("blobs")?.ToString(CultureInfo.InvariantCulture) ?? "-",
                recording.Text("mimeType") ?? "");
        }

        table.Write(console);
    }

    public static Cell StateOf(JsonElement recorder)
    {
        var (state, desired, source) = (recorder.Text("state") ?? "?", recorder.Text("desired"), recorder.Text("sourceStatus"));
        if (recorder.Member("nodeAnswers") is { ValueKind: JsonValueKind.False })
            return new Cell(recorder.Text("node") is { Length: > 0 } node ? $"{node} does not answer" : "on no node", Tone.Bad);

        return state switch
        {
            "recording" when source is "lost" or "connecting" or "waiting" =>
                new Cell($"recording, source {source}", Tone.Warning),
            "recording" => new Cell(state, Tone.Good),
            "paused" => new Cell(state, Tone.Warning),
            "inactive" when desired is "recording" or "paused" => new Cell($"inactive, should be {desired}", Tone.Bad),
            _ => new Cell(state, Tone.Faint),
        };
    }

    public static string KeyOf(JsonElement recording) =>
        recording.Text("key") ?? (recording.Text("id") ?? recording.Text("recording")) switch
        {
            { } id when id.Contains('~', StringComparison.Ordinal) || recording.Text("recorder") is null => id,
            { } id => $"{recording.Text("recorder")}~{id}",
            null => "?",
        };

    private static string LabelsOf(JsonElement recorder) =>
        recorder.Member("labels") is { ValueKind: JsonValueKind.Object } labels
            ? string.Join(' ', labels.EnumerateObject().Select(label => $"{label.Name}={label.Value}"))
            : "";
}
