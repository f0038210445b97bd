using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Recording;

/// <summary>One recorder to be made.</summary>
/// <param name="Id">Its name, unlike the others.</param>
/// <param name="Source">What it records.</param>
/// <param name="Text">The source as the user wrote it.</param>
/// <param name="Target">Where to.</param>
internal sealed record PlannedRecorder(RecorderId Id, SourceUri Source, string Text, RecordingTarget Target);

/// <summary>What <c>recorder record</c> was asked for, checked as far as that goes without touching anything.</summary>
internal sealed record RecordRequest
{
    /// <summary>One for each source, in the user's order.</summary>
    public required IReadOnlyList<PlannedRecorder> Recorders { get; init; }

    /// <summary>How they all record.</summary>
    public required RecorderOptions Options { get; init; }

    /// <summary>What is opened, and whom it trusts.</summary>
    public CaptureOptions Capture { get; init; } = new();

    /// <summary>Media time per blob.</summary>
    public TimeSpan? Timeslice { get; init; }

    /// <summary>Media time to record.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Whether events are printed as JSON lines.</summary>
    public bool Json { get; init; }

    /// <summary>How much is said on the way.</summary>
    public Verbosity Verbosity { get; init; }

    /// <summary>Ids for sources: what each suggests, numbered where it is taken.</summary>
    public static IReadOnlyList<RecorderId> NameAll(IEnumerable<SourceUri> sources)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var ids = new List<RecorderId>();
        foreach (var source in sources)
        {
            var name = source.SuggestedId;
            for (var number = 2; !taken.Add(name); number++)
            {
                name = $"{source.SuggestedId}-{number}";
            }

            ids.Add(RecorderId.Parse(name));
        }

        return ids;
    }
}
