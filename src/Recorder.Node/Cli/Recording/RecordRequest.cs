using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Recording;

/// <summary>One recorder of a <see cref="RecordRequest"/>.</summary>
/// <param name="Id">Its id, unique in the request.</param>
/// <param name="Source">The source that it records.</param>
/// <param name="Text">The source as the user wrote it.</param>
/// <param name="Target">Where its files go.</param>
internal sealed record PlannedRecorder(RecorderId Id, SourceUri Source, string Text, RecordingTarget Target);

/// <summary>A checked command line of <c>recorder record</c>. Nothing has been opened or written yet.</summary>
internal sealed record RecordRequest
{
    /// <summary>One recorder per source, in the order of the command line.</summary>
    public required IReadOnlyList<PlannedRecorder> Recorders { get; init; }

    public required RecorderOptions Options { get; init; }

    public CaptureOptions Capture { get; init; } = new();

    /// <summary>Media time per blob; null for one blob per recording.</summary>
    public TimeSpan? Timeslice { get; init; }

    /// <summary>Media time after which recording stops; null for no limit.</summary>
    public TimeSpan? Duration { get; init; }

    public bool Json { get; init; }

    public Verbosity Verbosity { get; init; }

    /// <summary>Chooses an id for each source: the id that the source suggests, with a number when it is taken.</summary>
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
