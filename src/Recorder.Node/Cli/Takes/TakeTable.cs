using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Takes;

/// <summary>Takes as people read them.</summary>
internal static class TakeTable
{
    public static void WriteTakes(IReadOnlyList<JsonElement> takes, CommandOutput console)
    {
        var table = new TextTable("TAKE", "STATE", "SCENE", "NO", "RATING", "ANGLES", "BEGAN", "TIME CODE");
        foreach (var take in takes)
        {
            var slate = take.Member("slate");
            table.Add(
                take.Text("id") ?? "?", StateOf(take.Text("state")), slate.Text("scene") ?? "", slate.Number("take")?.ToString(CultureInfo.InvariantCulture) ?? "",
                slate.Text("rating") is { } rating and not "none" ? rating : "-", AnglesOf(take).Count().ToString(CultureInfo.InvariantCulture),
                take.Time("at")?.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture) ?? "-", take.Text("timeCode") ?? "-");
        }

        table.Write(console);
    }

    public static void WriteTake(JsonElement take, CommandOutput console)
    {
        foreach (var line in Headlines(take))
            console.Line(line);

        Angles(take).Write(console);
    }

    public static IEnumerable<string> LinesOf(JsonElement take) => [.. Headlines(take), .. Angles(take).ToLines()];

    private static IEnumerable<string> Headlines(JsonElement take) =>
        new[] { Headline(take), take.Text("timeCodeDetail") ?? "" }.Where(line => line.Length > 0).Select(TextTable.Clean);

    private static string Headline(JsonElement take)
    {
        var slate = take.Member("slate");
        var project = slate.Text("project") is { Length: > 0 } name ? name + ", " : "";
        var began = take.Time("at") is { } at ? $", {take.Text("timeCode")} at {take.Text("rate")} by {(take.Text("timeCodeSource") == "ltc" ? $"LTC of {take.Text("timeCodeRecorder")}" : "clock")} ({at.ToLocalTime():HH:mm:ss.fff})" : "";
        return $"{project}scene {slate.Text("scene")}, take {slate.Number("take")}: {take.Text("state")}{began}  {take.Text("id")}";
    }

    private static TextTable Angles(JsonElement take)
    {
        var table = new TextTable("ANGLE", "STATE", "CAMERA", "OFFSET", "FRAMES", "CLOCK", "DRIFT", "LEFT", "FILE", "DETAIL");
        foreach (var angle in AnglesOf(take))
        {
            var times = angle.Member("times");
            table.Add(
                angle.Text("angle") ?? "?", StateOf(angle.Text("state")), angle.Text("camera") ?? "?",
                angle.Milliseconds("offset") is { } offset ? $"{Signed(offset)} ± {angle.Milliseconds("uncertainty")?.TotalMilliseconds:0} ms" : "-",
                angle.Member("offsetFrames") is { ValueKind: JsonValueKind.Number } frames ? frames.GetDouble().ToString("+0.0;-0.0", CultureInfo.InvariantCulture) : "-",
                times.Text("clock") ?? "-", times.Milliseconds("drift") is { } drift ? $"{Signed(drift)} ms" : "-",
                angle.Milliseconds("timeLeft") is { } left ? LeftOf(left) : "-", angle.Text("name") ?? "", angle.Text("detail") ?? "");
        }

        return table;
    }

    private static string LeftOf(TimeSpan left) =>
        left.TotalHours >= 2 ? $"{Math.Floor(left.TotalHours)} h" : $"{Math.Floor(left.TotalMinutes)} min";

    private static string Signed(TimeSpan time) => time.TotalMilliseconds.ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);

    private static JsonElement.ArrayEnumerator AnglesOf(JsonElement take) =>
        take.Member("angles") is { ValueKind: JsonValueKind.Array } angles ? angles.EnumerateArray() : default;

    private static Cell StateOf(string? state) => state switch
    {
        "recording" or "ready" => new Cell(state, Tone.Good),
        "missing" or "notReady" => new Cell(state == "notReady" ? "not ready" : state, Tone.Bad),
        "armed" or "committed" or "starting" or "paused" or "ending" => new Cell(state, Tone.Warning),
        _ => new Cell(state ?? "?", Tone.Faint),
    };
}
