namespace Recorder.Node.Api;

/// <summary>How long recordings are kept.</summary>
internal sealed class RetentionInput
{
    /// <summary>Files whose last media is older than this are removed, in milliseconds; null for no limit.</summary>
    public TimeSpan? MaxAge { get; set; }

    /// <summary>
    /// Maximum size of all the recorder's files in bytes. Beyond it the oldest files are removed; null for no limit.
    /// </summary>
    public long? MaxBytes { get; set; }
}

/// <summary>
/// The definition of a recorder, or a part of it to change. Members left out have their defaults; that of extentDuration is
/// 600000. Durations are milliseconds.
/// </summary>
internal sealed class RecorderInput
{
    /// <summary>
    /// The recorder's id: 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start. Derived from the source when left out.
    /// </summary>
    public string? Id { get; set; }

    /// <summary>The capture source: test:, a path, rtsp://camera/stream, push:name.</summary>
    public string? Source { get; set; }

    /// <summary>A second source, usually a smaller picture of the same, which is shown and never recorded; null for none.</summary>
    public string? Preview { get; set; }

    /// <summary>
    /// How the recorder records. In JSON, each option is a member of the recorder (<see cref="InlineOptions"/>).
    /// </summary>
    public RecorderOptions Options { get; set; } = new()
    {
        // Retention removes whole files, so files must not become too long.
        ExtentDuration = TimeSpan.FromMinutes(10),
    };

    /// <summary>Media time per blob when a start gives none; null makes one blob of the whole recording.</summary>
    public TimeSpan? Timeslice { get; set; }

    /// <summary>Labels to find the recorder by: at most 32, named like ids, with values of up to 200 characters.</summary>
    public Dictionary<string, string?> Labels { get; set; } = [];

    /// <summary>How long the recorder's recordings are kept.</summary>
    public RetentionInput Retention { get; set; } = new();
}

/// <summary>A recorder's definition and status; durations are milliseconds.</summary>
internal sealed class RecorderAnswer
{
    /// <summary>The recorder's id.</summary>
    public required RecorderId Id { get; init; }

    /// <summary>The capture source, with credentials masked.</summary>
    public required string Source { get; init; }

    /// <summary>The second source, which is shown and never recorded, with credentials masked; absent for none.</summary>
    public string? Preview { get; init; }

    /// <summary>inactive, recording or paused.</summary>
    public required RecorderState State { get; init; }

    /// <summary>The key of the current recording or the last one, as in <c>/v1/recordings/{key}</c>.</summary>
    public string? Recording { get; init; }

    /// <summary>The node that runs the recorder.</summary>
    public required string Node { get; init; }

    /// <summary>False in a list when that node does not answer, or no node runs the recorder: the state is then the desired one. Absent otherwise.</summary>
    public bool? NodeAnswers { get; init; }

    /// <summary>
    /// True when another node changed the source or the options while the recorder records: it records as before until this recording ends. Absent otherwise.
    /// </summary>
    public bool? ChangePending { get; init; }

    /// <summary>The condition of the source; absent before the source was first opened.</summary>
    public SourceStatus? SourceStatus { get; init; }

    /// <summary>Media time recorded.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Bytes recorded.</summary>
    public long Bytes { get; init; }

    /// <summary>Blobs announced.</summary>
    public long Blobs { get; init; }

    /// <summary>Packets that were lost instead of recorded.</summary>
    public long LostPackets { get; init; }

    /// <summary>The desired state. A node that restarts brings the recorder back into it.</summary>
    public RecorderState Desired { get; init; }

    /// <summary>Container and codecs in use; before the first media, the requested ones.</summary>
    public required string MimeType { get; init; }

    /// <summary>
    /// How the recorder records. In JSON, each option is a member of the recorder (<see cref="InlineOptions"/>).
    /// </summary>
    public RecorderOptions Options { get; set; } = new();

    /// <summary>Media time per blob when a start gives none.</summary>
    public TimeSpan? Timeslice { get; init; }

    /// <summary>Labels to find the recorder by.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>How long the recorder's recordings are kept.</summary>
    public required RetentionPolicy Retention { get; init; }
}

/// <summary>A page of recorders, in the order of their ids.</summary>
/// <param name="Recorders">The recorders of the page.</param>
/// <param name="Next">The value of <c>after</c> for the next page; absent on the last page.</param>
internal sealed record RecorderPage(IReadOnlyList<RecorderAnswer> Recorders, string? Next = null);

/// <summary>The answer to a command.</summary>
/// <param name="Id">The recorder.</param>
/// <param name="State">The state after the command.</param>
internal sealed record CommandAnswer(RecorderId Id, RecorderState State);

/// <summary>How to start a recording; durations are milliseconds.</summary>
internal sealed class StartInput
{
    /// <summary>Media time per blob; the recorder's own when left out; null makes one blob of the whole recording.</summary>
    public TimeSpan? Timeslice { get; set; }

    /// <summary>Media time after which the recorder stops by itself.</summary>
    public TimeSpan? Duration { get; set; }

    /// <summary>How far in the past the recording begins.</summary>
    public TimeSpan? PreRoll { get; set; }
}

/// <summary>A label for the current moment of a recording.</summary>
internal sealed class MarkInput
{
    /// <summary>The label, 1 to 200 characters.</summary>
    public string Label { get; set; } = "";
}

/// <summary>The body of a command without parameters.</summary>
internal sealed class NoInput;
