using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Takes;

/// <summary><c>recorder take timeline</c>: what is asked of a take's timeline, and the answer as people read it.</summary>
internal sealed class TakeTimelineOptions
{
    private readonly Option<string?> _at = CliOption.Text("--at", "TIME", "Which frame of each angle shows this moment: a time, or a time code of the take (10:20:30:12).");
    private readonly Option<string?> _angle = CliOption.Text("--angle", "ANGLE", "With --frame: the angle.");
    private readonly Option<long?> _frame = CliOption.Number("--frame", "When this frame of the angle was captured, counted from 0, and what the others show then.", 0L);

    public IEnumerable<Option> All => [_at, _angle, _frame];

    public string ReadQuery(ParseResult line)
    {
        var (at, angle, frame) = (line.GetValue(_at), line.GetValue(_angle), line.GetValue(_frame));
        if (at is not null && (angle is not null || frame is not null))
            throw new UsageException("Option '--at' cannot be used together with '--angle' and '--frame'.");
        if (angle is null != frame is null)
            throw new UsageException("Options '--angle' and '--frame' are used together.");

        return at is not null ? $"?at={Uri.EscapeDataString(Moment(at))}"
            : angle is not null ? string.Create(CultureInfo.InvariantCulture, $"?angle={Uri.EscapeDataString(angle)}&frame={frame}")
            : "";
    }

    public static void Write(JsonElement timeline, CommandOutput console)
    {
        if (timeline.Member("moment") is { ValueKind: JsonValueKind.Object } moment)
            WriteMoment(moment, console);
        else
            WritePieces(timeline, console);
    }

    private static void WriteMoment(JsonElement moment, CommandOutput console)
    {
        console.Line($"{moment.Text("timeCode")} ({Clock(moment.Time("at"))})");
        var table = new TextTable("ANGLE", "FRAME", "CAPTURED", "TIME CODE", "FILE", "AT", "RECORDING");
        foreach (var angle in moment.Member("angles").FirstArray())
        {
            table.Add(
                angle.Text("angle") ?? "?", angle.Number("frame")?.ToString(CultureInfo.InvariantCulture) ?? "-", Clock(angle.Time("frameAt")),
                angle.Text("frameTimeCode") ?? "-", angle.Number("extent")?.ToString(CultureInfo.InvariantCulture) ?? "-",
                Seconds(angle.Milliseconds("mediaTime")), angle.Text("recording") ?? angle.Text("detail") ?? "");
        }

        table.Write(console);
    }

    private static void WritePieces(JsonElement timeline, CommandOutput console)
    {
        var table = new TextTable("ANGLE", "CLOCK", "FROM", "TO", "TIME CODE", "FRAMES", "FILE", "AT", "RECORDING");
        foreach (var angle in timeline.Member("angles").FirstArray())
        {
            foreach (var recording in angle.Member("recordings").FirstArray())
            {
                if (recording.Text("problem") is { } problem)
                    table.Add(angle.Text("angle") ?? "?", "-", "-", "-", "-", "-", "-", "-", problem);

                foreach (var piece in recording.Member("pieces").FirstArray())
                {
                    table.Add(
                        angle.Text("angle") ?? "?", angle.Text("clock") ?? "-", Clock(piece.Time("from")), Clock(piece.Time("to")), piece.Text("timeCode") ?? "-",
                        piece.Number("firstFrame") is { } first ? $"{first} + {piece.Number("frames")}" : "-",
                        piece.Number("extent")?.ToString(CultureInfo.InvariantCulture) ?? "-", Seconds(piece.Milliseconds("mediaTime")), recording.Text("key") ?? "");
                }

                foreach (var gap in recording.Member("gaps").FirstArray())
                    table.Add(angle.Text("angle") ?? "?", "gap", Clock(gap.Time("from")), Clock(gap.Time("to")), "-", "-", "-", Seconds(gap.Milliseconds("mediaTime")), gap.Text("cause") ?? "");
            }
        }

        table.Write(console);
    }

    // A time code is the node's to read: it knows the take's rate.
    private static string Moment(string text) =>
        text.Contains('-', StringComparison.Ordinal) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time)
            ? time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)
            : text;

    private static string Clock(DateTimeOffset? time) => time?.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture) ?? "-";

    private static string Seconds(TimeSpan? time) => time is { } known ? known.TotalSeconds.ToString("0.000 s", CultureInfo.InvariantCulture) : "-";
}
