namespace Recorder.Contracts;

/// <summary>
/// Whether the audio encoder's bit rate is variable or constant (W3C MediaStream Recording, <c>BitrateMode</c>).
/// </summary>
public enum BitrateMode
{
    /// <summary>Not set; treated as <see cref="Variable"/>.</summary>
    Unknown = 0,

    /// <summary>The encoder uses as many bits as the content needs.</summary>
    Variable = 1,

    /// <summary>The encoder uses the same number of bits for every frame.</summary>
    Constant = 2,
}

/// <summary>What is recorded while a source has no signal but has not ended.</summary>
public enum SignalLossPolicy
{
    /// <summary>Not set; treated as <see cref="Gap"/>.</summary>
    Unknown = 0,

    /// <summary>Nothing. A gap event reports the interval, and the interval stays on the recording's timeline.</summary>
    Gap = 1,

    /// <summary>Black frames and silence. Applies only to tracks that are encoded.</summary>
    BlackAndSilence = 2,
}

/// <summary>When written data is made durable, so that it survives a power cut.</summary>
public enum Durability
{
    /// <summary>Not set; treated as <see cref="Interval"/>.</summary>
    Unknown = 0,

    /// <summary>At most one second after the write, together with all other files on the volume.</summary>
    Interval = 1,

    /// <summary>At the end of every blob.</summary>
    Blob = 2,

    /// <summary>At the end of every extent.</summary>
    Extent = 3,

    /// <summary>Whenever the operating system writes its cache to the disk.</summary>
    Never = 4,
}

/// <summary>
/// How a recorder records: the options of <c>MediaRecorderOptions</c> (W3C MediaStream Recording, section 2.4) and further ones
/// for unattended recording.
/// </summary>
/// <remarks>
/// An option is added here and nowhere else: JSON, the HTTP API and its OpenAPI document take names, defaults and descriptions
/// from these properties, in this order.
/// </remarks>
public sealed record RecorderOptions
{
    /// <summary>Bits per second of encoded video when no bit rate is set.</summary>
    public const long DefaultVideoBitsPerSecond = 2_500_000;

    /// <summary>Bits per second of encoded audio when no bit rate is set.</summary>
    public const long DefaultAudioBitsPerSecond = 128_000;

    /// <summary>Container and codecs, for example <c>video/mp4;codecs=avc1,mp4a.40.2</c>; "" keeps the source's codecs.</summary>
    public string MimeType { get; init; } = "";

    /// <summary>Target bit rate of the audio encoder, in bits per second.</summary>
    public long? AudioBitsPerSecond { get; init; }

    /// <summary>Target bit rate of the video encoder, in bits per second.</summary>
    public long? VideoBitsPerSecond { get; init; }

    /// <summary>
    /// Target bit rate of both encoders together, split 95 : 5 between video and audio. Overrides the two separate rates.
    /// </summary>
    public long? BitsPerSecond { get; init; }

    /// <summary>Whether the audio encoder's bit rate is variable or constant.</summary>
    public BitrateMode AudioBitrateMode { get; init; } = BitrateMode.Variable;

    /// <summary>
    /// Maximum media time between two key frames of encoded video. Cannot be combined with the maximum number of frames.
    /// </summary>
    public TimeSpan? VideoKeyFrameIntervalDuration { get; init; }

    /// <summary>
    /// Maximum number of frames between two key frames of encoded video. Cannot be combined with the maximum media time.
    /// </summary>
    public int? VideoKeyFrameIntervalCount { get; init; }

    /// <summary>Minimum timeslice; shorter timeslices are raised to it. Default: 100 ms.</summary>
    public TimeSpan MinimumTimeslice { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long a start waits for a source that cannot be reached before it fails; null waits forever. Default: 10 s.
    /// </summary>
    public TimeSpan? OpenTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a source may be lost before its recording ends; null waits forever.</summary>
    public TimeSpan? LossTimeout { get; init; }

    /// <summary>What is recorded while a track is muted or its signal is lost.</summary>
    public SignalLossPolicy SignalLoss { get; init; } = SignalLossPolicy.Gap;

    /// <summary>
    /// Media time after which data is written to disk, even within a blob. A crash can lose this much. Default: 1 s.
    /// </summary>
    public TimeSpan FragmentDuration { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Media time after which a new extent (file) begins, at a key frame; null for no limit.</summary>
    public TimeSpan? ExtentDuration { get; init; }

    /// <summary>Size in bytes after which a new extent (file) begins, at a key frame; null for no limit.</summary>
    public long? ExtentBytes { get; init; }

    /// <summary>
    /// Whether the first extent is shorter than <see cref="ExtentDuration"/>, by an amount derived from the recorder's id.
    /// Recorders that were started together then begin their next files at different times.
    /// </summary>
    public bool ExtentStagger { get; init; }

    /// <summary>
    /// Maximum memory in bytes for media that waits for a slow disk. Beyond it, whole GOPs are dropped. Default: 32 MiB.
    /// </summary>
    public long MemoryLimit { get; init; } = 32L << 20;

    /// <summary>When blobs are made durable, which a durable event reports.</summary>
    public Durability Durability { get; init; } = Durability.Interval;

    /// <summary>
    /// How much media an inactive recorder keeps in its pre-roll buffer, so that a start can begin in the past. Null keeps none
    /// and leaves the source closed until a start. Only live sources have a pre-roll buffer.
    /// </summary>
    public TimeSpan? PreRoll { get; init; }

    /// <summary>
    /// Maximum size of the pre-roll buffer in bytes, at most half of the memory limit. Beyond it, the oldest GOP is dropped.
    /// Default: 32 MiB.
    /// </summary>
    public long PreRollBytes { get; init; } = 32L << 20;
}
