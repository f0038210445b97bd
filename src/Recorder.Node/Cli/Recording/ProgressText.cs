namespace Recorder.Node.Cli.Recording;

internal static class ProgressText
{
    /// <summary>One live line, cut to the width of the terminal.</summary>
    public static string Line(RecorderProgress progress, int nameWidth, int width)
    {
        var text = string.Join(
            "  ",
            progress.Id.Value.PadRight(nameWidth),
            NameOf(progress.Phase).PadRight(9),
            Quantity.Clock(progress.Duration).PadLeft(9),
            Quantity.Size(progress.Bytes).PadLeft(8),
            Quantity.Rate(progress.Bytes, progress.Duration).PadLeft(11),
            Quantity.Counted(progress.Blobs, "blob").PadLeft(8),
            progress.LostPackets + " lost");
        return text.Length < width ? text : text[..Math.Max(0, width - 1)];
    }

    /// <summary>The live lines of all recorders. The last line counts those for which the terminal has too few rows.</summary>
    public static IReadOnlyList<string> Lines(IReadOnlyList<RecorderProgress> all, (int Width, int Height) size)
    {
        var nameWidth = all.Max(progress => progress.Id.Value.Length);
        var room = Math.Max(1, size.Height - 1);
        if (all.Count <= room)
            return [.. all.Select(progress => Line(progress, nameWidth, size.Width))];

        var rest = all.Skip(room - 1).ToList();
        var phases = rest.CountBy(progress => progress.Phase).OrderBy(phase => phase.Key)
            .Select(phase => $"{phase.Value} {NameOf(phase.Key)}");
        var shown = all.Take(room - 1).Select(progress => Line(progress, nameWidth, size.Width));
        return [.. shown, $"{rest.Count} more: {string.Join(", ", phases)}"];
    }

    public static string Started(RecorderProgress progress) =>
        $"{progress.Id}: recording {progress.MimeType} from {progress.Source}"
        + (progress.Target.Length > 0 ? $" to {progress.Target}" : "");

    public static string Stopped(RecorderProgress progress) =>
        progress.Bytes == 0 ? $"{progress.Id}: stopped before media arrived; nothing was recorded"
        : $"{progress.Id}: recorded {Figures(progress)} to {progress.Target}{GapText(progress)}{ReasonText(progress.Reason)}";

    public static string Failed(RecorderProgress progress) =>
        $"{progress.Id}: {Sentence(progress.Failure ?? "The recording failed.")} " +
        (progress.Bytes > 0 ? $"Kept {Quantity.Spoken(progress.Duration)} in {progress.Target}." : "Nothing was recorded.");

    public static string Continued(RecorderProgress ended) => $"{Failed(ended)} Continuing in a new recording.";

    private static string Figures(RecorderProgress progress) =>
        $"{Quantity.Spoken(progress.Duration)}, {Quantity.Size(progress.Bytes)}, {Quantity.Counted(progress.Blobs, "blob")}";

    private static string GapText(RecorderProgress progress) =>
        progress.Gaps == 0 ? ""
            : $", with {Quantity.Counted(progress.Gaps, "gap")} ({Quantity.Spoken(progress.GapTime)} in total)";

    private static string ReasonText(StopReason reason) => reason switch
    {
        StopReason.SourceEnded => "; the source ended",
        StopReason.SourceLost => "; the source was lost",
        StopReason.Shutdown => "; the program was stopped",
        _ => "",
    };

    private static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";
    private static string NameOf(Phase phase) => phase.ToString().ToLowerInvariant();
}
