using Recorder.Actors.Capture;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Recording;

/// <summary>One recorder of a <see cref="RecordRequest"/>; its text is the source as the user wrote it.</summary>
internal sealed record PlannedRecorder(RecorderId Id, SourceUri Source, string Text, RecordingTarget Target);

/// <summary>A checked command line of <c>recorder record</c>. Nothing has been opened or written yet.</summary>
internal sealed record RecordRequest
{
    public required IReadOnlyList<PlannedRecorder> Recorders { get; init; }
    public required RecorderOptions Options { get; init; }
    public CaptureOptions Capture { get; init; } = new();
    public TimeSpan? Timeslice { get; init; }
    public TimeSpan? Duration { get; init; }
    public bool Json { get; init; }
    public Verbosity Verbosity { get; init; }

    /// <summary>The id that a source suggests, with a number when it is taken.</summary>
    public static IReadOnlyList<RecorderId> NameAll(IEnumerable<SourceUri> sources)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var ids = new List<RecorderId>();
        foreach (var source in sources)
        {
            var name = source.SuggestedId;
            for (var number = 2; !taken.Add(name); number++)
                name = $"{source.SuggestedId}-{number}";

            ids.Add(RecorderId.Parse(name));
        }

        return ids;
    }
}
