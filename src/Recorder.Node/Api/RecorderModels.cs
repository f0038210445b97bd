using System.Text.Json.Serialization;
using Recorder.Contracts;

namespace Recorder.Node.Api;

/// <summary>How long recordings are kept.</summary>
internal sealed class RetentionInput
{
    /// <summary>Age, by its last media, at which a file is removed; milliseconds. null keeps files.</summary>
    public TimeSpan? MaxAge { get; set; }

    /// <summary>
    /// Most bytes of the recorder's files; above it the oldest files are removed. null sets no limit but the volume's.
    /// </summary>
    public long? MaxBytes { get; set; }
}

/// <summary>
/// The definition of a recorder, or changes of it. Absent members have their defaults; durations are milliseconds.
/// </summary>
internal sealed class RecorderInput
{
    private static readonly RecorderOptions Defaults = new();

    /// <summary>1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start; made from the source when left out.</summary>
    public string? Id { get; set; }

    /// <summary>The capture source: test:, a path, rtsp://camera/stream, push:name.</summary>
    public string? Source { get; set; }

    /// <summary>Container and codecs; "" keeps the source's own codecs.</summary>
    public string MimeType { get; set; } = Defaults.MimeType;

    /// <summary>Target of the audio encoder, bits a second.</summary>
    public long? AudioBitsPerSecond { get; set; } = Defaults.AudioBitsPerSecond;

    /// <summary>Target of the video encoder, bits a second.</summary>
    public long? VideoBitsPerSecond { get; set; } = Defaults.VideoBitsPerSecond;

    /// <summary>Target of video and audio together, split 95 : 5; overrides the two.</summary>
    public long? BitsPerSecond { get; set; } = Defaults.BitsPerSecond;

    /// <summary>How the audio encoder spends its bits.</summary>
    public BitrateMode AudioBitrateMode { get; set; } = Defaults.AudioBitrateMode;

    /// <summary>Longest media time between two key frames when video is encoded.</summary>
    public TimeSpan? VideoKeyFrameIntervalDuration { get; set; } = Defaults.VideoKeyFrameIntervalDuration;

    /// <summary>Most frames between two key frames when video is encoded.</summary>
    public int? VideoKeyFrameIntervalCount { get; set; } = Defaults.VideoKeyFrameIntervalCount;

    /// <summary>The shortest timeslice; shorter ones are raised to it.</summary>
    public TimeSpan MinimumTimeslice { get; set; } = Defaults.MinimumTimeslice;

    /// <summary>How long start waits for a source that cannot be reached; null waits for ever.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public TimeSpan? OpenTimeout { get; set; } = Defaults.OpenTimeout;

    /// <summary>How long a source may be lost before the recording ends; null waits for ever.</summary>
    public TimeSpan? LossTimeout { get; set; } = Defaults.LossTimeout;

    /// <summary>What is recorded while there is no signal.</summary>
    public SignalLossPolicy SignalLoss { get; set; } = Defaults.SignalLoss;

    /// <summary>Media time after which data goes to disk even within a blob.</summary>
    public TimeSpan FragmentDuration { get; set; } = Defaults.FragmentDuration;

    /// <summary>Media time after which a new file begins, at a key frame. 600000: retention removes whole files.</summary>
    public TimeSpan? ExtentDuration { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Bytes after which a new file begins, at a key frame; null is any number.</summary>
    public long? ExtentBytes { get; set; } = Defaults.ExtentBytes;

    /// <summary>Most bytes of media that wait for a slow disk.</summary>
    public long MemoryLimit { get; set; } = Defaults.MemoryLimit;

    /// <summary>When blobs are made to survive a power cut.</summary>
    public Durability Durability { get; set; } = Defaults.Durability;

    /// <summary>Duration of the pre-roll buffer of an inactive recorder; null keeps none.</summary>
    public TimeSpan? PreRoll { get; set; } = Defaults.PreRoll;

    /// <summary>Most bytes of the pre-roll buffer.</summary>
    public long PreRollBytes { get; set; } = Defaults.PreRollBytes;

    /// <summary>Media time per blob unless start says otherwise; null makes one blob of the recording.</summary>
    public TimeSpan? Timeslice { get; set; }

    /// <summary>Labels for users: at most 32, with names like ids and values up to 200 characters.</summary>
    public Dictionary<string, string?> Labels { get; set; } = [];

    /// <summary>How long its recordings are kept.</summary>
    public RetentionInput Retention { get; set; } = new();
}

/// <summary>The definition and the state of a recorder; durations are milliseconds.</summary>
internal sealed class RecorderAnswer
{
    /// <summary>Its name.</summary>
    public required RecorderId Id { get; init; }

    /// <summary>The capture source, credentials masked.</summary>
    public required string Source { get; init; }

    /// <summary>inactive, recording or paused.</summary>
    public required RecorderState State { get; init; }

    /// <summary>The key of the running or last recording, for <c>/v1/recordings/{key}</c>.</summary>
    public string? Recording { get; init; }

    /// <summary>The node that owns the recorder.</summary>
    public required string Node { get; init; }

    /// <summary>The status of the source; absent before the source was opened.</summary>
    public SourceStatus? SourceStatus { get; init; }

    /// <summary>Media time recorded.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Bytes recorded.</summary>
    public long Bytes { get; init; }

    /// <summary>Blobs announced.</summary>
    public long Blobs { get; init; }

    /// <summary>Packets that were lost instead of recorded.</summary>
    public long LostPackets { get; init; }

    /// <summary>The desired state, which the node restores when it starts again.</summary>
    public RecorderState Desired { get; init; }

    /// <summary>Container and codecs in use; before the media is known, the requested ones.</summary>
    public required string MimeType { get; init; }

    /// <summary>Target of the audio encoder, bits a second.</summary>
    public long? AudioBitsPerSecond { get; init; }

    /// <summary>Target of the video encoder, bits a second.</summary>
    public long? VideoBitsPerSecond { get; init; }

    /// <summary>Target of both together.</summary>
    public long? BitsPerSecond { get; init; }

    /// <summary>How the audio encoder spends its bits.</summary>
    public BitrateMode AudioBitrateMode { get; init; }

    /// <summary>Longest media time between two key frames when video is encoded.</summary>
    public TimeSpan? VideoKeyFrameIntervalDuration { get; init; }

    /// <summary>Most frames between two key frames when video is encoded.</summary>
    public int? VideoKeyFrameIntervalCount { get; init; }

    /// <summary>The shortest timeslice.</summary>
    public TimeSpan MinimumTimeslice { get; init; }

    /// <summary>How long start waits for a source that cannot be reached; null waits for ever.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public TimeSpan? OpenTimeout { get; init; }

    /// <summary>How long a source may be lost before the recording ends; absent waits for ever.</summary>
    public TimeSpan? LossTimeout { get; init; }

    /// <summary>What is recorded while there is no signal.</summary>
    public SignalLossPolicy SignalLoss { get; init; }

    /// <summary>Media time after which data goes to disk even within a blob.</summary>
    public TimeSpan FragmentDuration { get; init; }

    /// <summary>Media time after which a new file begins.</summary>
    public TimeSpan? ExtentDuration { get; init; }

    /// <summary>Bytes after which a new file begins.</summary>
    public long? ExtentBytes { get; init; }

    /// <summary>Most bytes of media that wait for a slow disk.</summary>
    public long MemoryLimit { get; init; }

    /// <summary>When blobs are made to survive a power cut.</summary>
    public Durability Durability { get; init; }

    /// <summary>Duration of the pre-roll buffer of an inactive recorder.</summary>
    public TimeSpan? PreRoll { get; init; }

    /// <summary>Most bytes of the pre-roll buffer.</summary>
    public long PreRollBytes { get; init; }

    /// <summary>Media time per blob unless start says otherwise.</summary>
    public TimeSpan? Timeslice { get; init; }

    /// <summary>Labels for users.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>How long its recordings are kept.</summary>
    public required RetentionPolicy Retention { get; init; }
}

/// <summary>A page of recorders, by id.</summary>
/// <param name="Recorders">The recorders.</param>
/// <param name="Next">The value of <c>after</c> for the next page; absent on the last page.</param>
internal sealed record RecorderPage(IReadOnlyList<RecorderAnswer> Recorders, string? Next = null);

/// <summary>The result of a command.</summary>
/// <param name="Id">The recorder.</param>
/// <param name="State">The state that the recorder reached.</param>
internal sealed record CommandAnswer(RecorderId Id, RecorderState State);

/// <summary>Options of start; durations are milliseconds.</summary>
internal sealed class StartInput
{
    /// <summary>Media time per blob; absent takes the recorder's, null makes one blob of the recording.</summary>
    public TimeSpan? Timeslice { get; set; }

    /// <summary>Media time after which the recorder stops by itself.</summary>
    public TimeSpan? Duration { get; set; }

    /// <summary>How much of the pre-roll buffer begins the recording.</summary>
    public TimeSpan? PreRoll { get; set; }
}

/// <summary>Options of mark.</summary>
internal sealed class MarkInput
{
    /// <summary>The name of the current moment: 1 to 200 characters.</summary>
    public string Label { get; set; } = "";
}

/// <summary>A command without options.</summary>
internal sealed class NoInput;
