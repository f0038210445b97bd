using Recorder.Contracts;
using Recorder.Node.Configuration;

namespace Recorder.Node.Cli.Recording;

/// <summary>How progress reads.</summary>
internal static class ProgressText
{
    /// <summary>One live line, cut to the width of the terminal.</summary>
    public static string Line(RecorderProgress progress, int nameWidth, int width)
    {
        var text = string.Join(
            "  ",
            progress.Id.Value.PadRight(nameWidth),
            Word(progress.Phase).PadRight(9),
            Quantity.Clock(progress.Duration).PadLeft(9),
            Quantity.Size(progress.Bytes).PadLeft(8),
            Quantity.Rate(progress.Bytes, progress.Duration).PadLeft(11),
            Quantity.Counted(progress.Blobs, "blob").PadLeft(8),
            progress.LostPackets + " lost");
        return text.Length < width ? text : text[..Math.Max(0, width - 1)];
    }

    /// <summary>The live lines of all recorders; when the terminal is too low, those that fit and a count of the others.</summary>
    public static IReadOnlyList<string> Lines(IReadOnlyList<RecorderProgress> all, (int Width, int Height) size)
    {
        var nameWidth = all.Max(progress => progress.Id.Value.Length);
        var room = Math.Max(1, size.Height - 1);
        if (all.Count <= room)
        {
            return [.. all.Select(progress => Line(progress, nameWidth, size.Width))];
        }

        var rest = all.Skip(room - 1).ToList();
        var phases = rest.GroupBy(progress => progress.Phase).OrderBy(group => group.Key).Select(group => $"{group.Count()} {Word(group.Key)}");
        return [.. all.Take(room - 1).Select(progress => Line(progress, nameWidth, size.Width)), $"and {rest.Count} more: {string.Join(", ", phases)}"];
    }

    /// <summary>That recording began.</summary>
    public static string Beginning(RecorderProgress progress) =>
        $"{progress.Id}: recording {progress.MimeType} from {progress.Source}" + (progress.Target.Length > 0 ? $" to {progress.Target}" : "");

    /// <summary>What became of a recording that did not fail.</summary>
    public static string Ending(RecorderProgress progress) =>
        progress.Bytes == 0 ? $"{progress.Id}: stopped before any media arrived; nothing was recorded"
        : $"{progress.Id}: recorded {Figures(progress)} in {progress.Target}{GapsOf(progress)}{BecauseOf(progress.Reason)}";

    /// <summary>What became of a recording that failed: why, and what is left of it.</summary>
    public static string Failing(RecorderProgress progress) =>
        $"{progress.Id}: {Sentence(progress.Failure ?? "The recording failed.")} " +
        (progress.Bytes > 0 ? $"Kept {Quantity.Spoken(progress.Duration)} in {progress.Target}." : "Nothing was recorded.");

    /// <summary>What became of a recording whose source changed, and that another follows.</summary>
    public static string GoingOn(RecorderProgress ended) => $"{Failing(ended)} Going on in another recording.";

    private static string Figures(RecorderProgress progress) =>
        $"{Quantity.Spoken(progress.Duration)}, {Quantity.Size(progress.Bytes)}, {Quantity.Counted(progress.Blobs, "blob")}";

    private static string GapsOf(RecorderProgress progress) =>
        progress.Gaps == 0 ? "" : $", with {Quantity.Counted(progress.Gaps, "gap")} of {Quantity.Spoken(progress.GapTime)} together";

    private static string BecauseOf(StopReason reason) =>
        reason switch
        {
            StopReason.SourceEnded => "; the source ended",
            StopReason.SourceLost => "; the source was lost",
            StopReason.Shutdown => "; the program was shut down",
            _ => "",
        };

    private static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";

    private static string Word(Phase phase) =>
        phase switch
        {
            Phase.Waiting => "waiting",
            Phase.Recording => "recording",
            Phase.Paused => "paused",
            Phase.Lost => "lost",
            Phase.Stopping => "stopping",
            Phase.Stopped => "stopped",
            _ => "failed",
        };
}
