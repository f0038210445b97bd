using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Events;

internal static class EventLine
{
    /// <summary><c>15:04:05.123  hall  dataavailable  blob 3, 1.0 s, 260 kB</c>.</summary>
    public static string Of(FollowedEvent followed, CommandOutput console)
    {
        JsonElement data;
        try
        {
            using var document = JsonDocument.Parse(followed.Text);
            data = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            data = default;
        }

        var at = data.Time("at")?.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture) ?? "            ";
        var kind = TextTable.Coloured(followed.Kind.PadRight(13), ToneOf(followed.Kind, data), console);
        return $"{at}  {TextTable.Clean(data.Text("recorder") ?? "?")}  {kind}  {TextTable.Clean(Detail(followed.Kind, data))}".TrimEnd();
    }

    private static string Detail(string kind, JsonElement data) => kind switch
    {
        "start" => $"{data.Text("recording")} {data.Text("mimeType")}",
        "dataavailable" => Blob(data.Member("blob")),
        "stop" => $"{data.Text("reason")}: {Spoken(data, "duration")}, {Quantity.Size(data.Number("bytes") ?? 0)}, "
            + Quantity.Counted(data.Number("blobs") ?? 0, "blob"),
        "error" => data.Member("error").Text("message") ?? "",
        "gap" => $"{Spoken(data, "duration")} ({data.Text("cause")}) {data.Text("detail")}",
        "source" or "storage" or "clock" => $"{data.Text("status")} {data.Text("detail")}",
        "durable" => $"up to blob {data.Number("through")}",
        "latemedia" => $"{Quantity.Counted(data.Number("extents") ?? 0, "extent")} that node {data.Text("node")} recorded late",
        "mark" => $"'{data.Text("label")}' at {(data.Milliseconds("mediaTime") is { } time ? Quantity.Clock(time) : "?")}",
        _ => "",
    };

    private static string Blob(JsonElement blob) =>
        $"blob {blob.Number("number")}, {Spoken(blob, "duration")}, {Quantity.Size(blob.Number("size") ?? blob.Number("length") ?? 0)}";

    private static string Spoken(JsonElement data, string name) => Quantity.Spoken(data.Milliseconds(name) ?? TimeSpan.Zero);

    private static Tone ToneOf(string kind, JsonElement data) => kind switch
    {
        "start" or "resume" => Tone.Good,
        "error" => Tone.Bad,
        "gap" or "latemedia" => Tone.Warning,
        "source" or "storage" or "clock" when data.Text("status") is not ("connected" or "ok" or "ready" or "trusted") =>
            Tone.Warning,
        "dataavailable" or "durable" => Tone.Faint,
        _ => Tone.Plain,
    };
}
