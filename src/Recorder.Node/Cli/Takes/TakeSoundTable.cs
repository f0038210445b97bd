using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Takes;

/// <summary>How far apart angles are by their sound, as people read it.</summary>
internal static class TakeSoundTable
{
    public static void Write(JsonElement answer, CommandOutput console)
    {
        var reference = answer.Text("reference");
        var table = new TextTable("ANGLE", "CAMERA", "SOUND", "CLOCK", "DIFFERENCE", "CONFIDENCE", "DETAIL");
        foreach (var angle in answer.Member("angles") is { ValueKind: JsonValueKind.Array } angles ? angles.EnumerateArray() : default)
        {
            table.Add(
                angle.Text("angle") ?? "?", angle.Text("camera") ?? "?",
                angle.Text("recorder") == reference ? "reference" : Offset(angle, "offset", "uncertainty"), Offset(angle, "clockOffset", "clockUncertainty"),
                angle.Milliseconds("difference") is { } difference ? $"{Signed(difference)} ms" : "-",
                angle.Member("confidence") is { ValueKind: JsonValueKind.Number } confidence ? confidence.GetDouble().ToString("0.0", CultureInfo.InvariantCulture) : "-",
                angle.Text("detail") ?? "");
        }

        table.Write(console);
    }

    private static string Offset(JsonElement angle, string offset, string uncertainty) => angle.Milliseconds(offset) is { } time
        ? string.Create(CultureInfo.InvariantCulture, $"{Signed(time)} ± {angle.Milliseconds(uncertainty)?.TotalMilliseconds:0.#} ms") : "-";

    private static string Signed(TimeSpan time) => time.TotalMilliseconds.ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);
}
