namespace Recorder.Contracts;

/// <summary>How the audio encoder spends its bits (W3C: BitrateMode).</summary>
public enum BitrateMode
{
    /// <summary>Not set; read as <see cref="Variable"/>.</summary>
    Unknown = 0,

    /// <summary>As many as the content needs.</summary>
    Variable = 1,

    /// <summary>The same for every frame.</summary>
    Constant = 2,
}

/// <summary>What is recorded where a source has no signal for a while but has not ended.</summary>
public enum SignalLossPolicy
{
    /// <summary>Not set; read as <see cref="Gap"/>.</summary>
    Unknown = 0,

    /// <summary>Nothing; the interval is stated as a gap and stays on the timeline.</summary>
    Gap = 1,

    /// <summary>Black frames and silence (tracks that are encoded only).</summary>
    BlackAndSilence = 2,
}

/// <summary>When what is written is made to survive a power cut.</summary>
public enum Durability
{
    /// <summary>Not set; read as <see cref="Interval"/>.</summary>
    Unknown = 0,

    /// <summary>At most one second after it was written, together with all else on the volume.</summary>
    Interval = 1,

    /// <summary>With every blob.</summary>
    Blob = 2,

    /// <summary>When an extent is complete.</summary>
    Extent = 3,

    /// <summary>Whenever the operating system does.</summary>
    Never = 4,
}

/// <summary>
/// The options of one recorder: those of <c>MediaRecorderOptions</c> in W3C MediaStream Recording 2.4, and what a server adds.
/// </summary>
public sealed record RecorderOptions
{
    /// <summary>Video bits a second when nothing is said and video is encoded.</summary>
    public const long DefaultVideoBitsPerSecond = 2_500_000;

    /// <summary>Audio bits a second when nothing is said and audio is encoded.</summary>
    public const long DefaultAudioBitsPerSecond = 128_000;

    /// <summary>Container and codecs, for example <c>video/mp4;codecs=avc1,mp4a.40.2</c>; "" keeps the source's own codecs.</summary>
    public string MimeType { get; init; } = "";

    /// <summary>Target of the audio encoder, bits a second.</summary>
    public long? AudioBitsPerSecond { get; init; }

    /// <summary>Target of the video encoder, bits a second.</summary>
    public long? VideoBitsPerSecond { get; init; }

    /// <summary>Target of both together; split 95 : 5 and overrides the two above.</summary>
    public long? BitsPerSecond { get; init; }

    /// <summary>How the audio encoder spends its bits.</summary>
    public BitrateMode AudioBitrateMode { get; init; } = BitrateMode.Variable;

    /// <summary>Longest media time between two key frames when video is encoded. Not together with the count.</summary>
    public TimeSpan? VideoKeyFrameIntervalDuration { get; init; }

    /// <summary>Most frames between two key frames when video is encoded. Not together with the duration.</summary>
    public int? VideoKeyFrameIntervalCount { get; init; }

    /// <summary>The shortest timeslice this recorder works with; shorter ones are raised to it. 100 ms.</summary>
    public TimeSpan MinimumTimeslice { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long start() waits for a source that cannot be reached before it fails; null waits for ever. 10 s.</summary>
    public TimeSpan? OpenTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a source may be lost while recording before the stream counts as ended; null waits for ever.</summary>
    public TimeSpan? LossTimeout { get; init; }

    /// <summary>What is recorded while a track is muted or its signal is lost.</summary>
    public SignalLossPolicy SignalLoss { get; init; } = SignalLossPolicy.Gap;

    /// <summary>
    /// Media time after which gathered data goes to disk even within a blob: what a crash can cost. 1 s.
    /// </summary>
    public TimeSpan FragmentDuration { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Media time after which a new extent (file) begins, at a key frame; null keeps one file a recording.</summary>
    public TimeSpan? ExtentDuration { get; init; }

    /// <summary>Bytes after which a new extent (file) begins, at a key frame; null keeps one file a recording.</summary>
    public long? ExtentBytes { get; init; }

    /// <summary>
    /// Whether the first extent is shorter than <see cref="ExtentDuration"/>, by a part that the recorder's id decides: so that recorders that
    /// were started together do not all begin their next file in one second.
    /// </summary>
    public bool ExtentStagger { get; init; }

    /// <summary>Most memory, in bytes, for media that waits for a slow disk before whole groups of pictures are left out. 32 MiB.</summary>
    public long MemoryLimit { get; init; } = 32L << 20;

    /// <summary>When blobs are made durable; each is announced by a <c>durable</c> event.</summary>
    public Durability Durability { get; init; } = Durability.Interval;

    /// <summary>
    /// How much of the past an inactive recorder holds, so that it can be started so long ago; null holds nothing and leaves the
    /// source closed until it is started. Only live sources have a past.
    /// </summary>
    public TimeSpan? PreRoll { get; init; }

    /// <summary>
    /// Most bytes of the past that are held for <see cref="PreRoll"/>, but never more than half of <see cref="MemoryLimit"/>: beyond it the
    /// oldest group of pictures goes. 32 MiB.
    /// </summary>
    public long PreRollBytes { get; init; } = 32L << 20;
}

/// <summary>Where a recorder's files go: a folder with one folder a recording, or one file named by the user.</summary>
/// <param name="Folder">The root under which <c>{recorder}/{recording}/000001.mp4</c> is written; null with a file.</param>
/// <param name="File">The one file to write; its index and description stand beside it. Null with a folder.</param>
/// <param name="Overwrite">Whether a file that exists may be replaced.</param>
public sealed record RecordingTarget(string? Folder, string? File = null, bool Overwrite = false);
