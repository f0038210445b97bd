using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Recorder.Contracts.Json;

/// <summary>
/// Options by way of a class that can be set: a generated reader gives an absent init-only member its type's default and not its
/// initialiser's, so a text that says only a MIME type would otherwise mean fragments of 0 s and no memory.
/// </summary>
internal sealed class RecorderOptionsConverter : JsonConverter<RecorderOptions>
{
    public override RecorderOptions Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        (JsonSerializer.Deserialize(ref reader, TypeInfo(options)) ?? throw new JsonException("Options are an object.")).ToOptions();

    public override void Write(Utf8JsonWriter writer, RecorderOptions value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, RecorderOptionsDraft.From(value), TypeInfo(options));

    private static JsonTypeInfo<RecorderOptionsDraft> TypeInfo(JsonSerializerOptions options) =>
        (JsonTypeInfo<RecorderOptionsDraft>)options.GetTypeInfo(typeof(RecorderOptionsDraft));
}

internal sealed class RecorderOptionsDraft
{
    private static readonly RecorderOptions Defaults = new();

    public string MimeType { get; set; } = Defaults.MimeType;

    public long? AudioBitsPerSecond { get; set; } = Defaults.AudioBitsPerSecond;

    public long? VideoBitsPerSecond { get; set; } = Defaults.VideoBitsPerSecond;

    public long? BitsPerSecond { get; set; } = Defaults.BitsPerSecond;

    public BitrateMode AudioBitrateMode { get; set; } = Defaults.AudioBitrateMode;

    public TimeSpan? VideoKeyFrameIntervalDuration { get; set; } = Defaults.VideoKeyFrameIntervalDuration;

    public int? VideoKeyFrameIntervalCount { get; set; } = Defaults.VideoKeyFrameIntervalCount;

    public TimeSpan MinimumTimeslice { get; set; } = Defaults.MinimumTimeslice;

    public TimeSpan? OpenTimeout { get; set; } = Defaults.OpenTimeout;

    public TimeSpan? LossTimeout { get; set; } = Defaults.LossTimeout;

    public SignalLossPolicy SignalLoss { get; set; } = Defaults.SignalLoss;

    public TimeSpan FragmentDuration { get; set; } = Defaults.FragmentDuration;

    public TimeSpan? ExtentDuration { get; set; } = Defaults.ExtentDuration;

    public long? ExtentBytes { get; set; } = Defaults.ExtentBytes;

    public bool ExtentStagger { get; set; } = Defaults.ExtentStagger;

    public long MemoryLimit { get; set; } = Defaults.MemoryLimit;

    public Durability Durability { get; set; } = Defaults.Durability;

    public TimeSpan? PreRoll { get; set; } = Defaults.PreRoll;

    public long PreRollBytes { get; set; } = Defaults.PreRollBytes;

    public static RecorderOptionsDraft From(RecorderOptions options) =>
        new()
        {
            MimeType = options.MimeType,
            AudioBitsPerSecond = options.AudioBitsPerSecond,
            VideoBitsPerSecond = options.VideoBitsPerSecond,
            BitsPerSecond = options.BitsPerSecond,
            AudioBitrateMode = options.AudioBitrateMode,
            VideoKeyFrameIntervalDuration = options.VideoKeyFrameIntervalDuration,
            VideoKeyFrameIntervalCount = options.VideoKeyFrameIntervalCount,
            MinimumTimeslice = options.MinimumTimeslice,
            OpenTimeout = options.OpenTimeout,
            LossTimeout = options.LossTimeout,
            SignalLoss = options.SignalLoss,
            FragmentDuration = options.FragmentDuration,
            ExtentDuration = options.ExtentDuration,
            ExtentBytes = options.ExtentBytes,
            ExtentStagger = options.ExtentStagger,
            MemoryLimit = options.MemoryLimit,
            Durability = options.Durability,
            PreRoll = options.PreRoll,
            PreRollBytes = options.PreRollBytes,
        };

    public RecorderOptions ToOptions() =>
        new()
        {
            MimeType = MimeType,
            AudioBitsPerSecond = AudioBitsPerSecond,
            VideoBitsPerSecond = VideoBitsPerSecond,
            BitsPerSecond = BitsPerSecond,
            AudioBitrateMode = AudioBitrateMode,
            VideoKeyFrameIntervalDuration = VideoKeyFrameIntervalDuration,
            VideoKeyFrameIntervalCount = VideoKeyFrameIntervalCount,
            MinimumTimeslice = MinimumTimeslice,
            OpenTimeout = OpenTimeout,
            LossTimeout = LossTimeout,
            SignalLoss = SignalLoss,
            FragmentDuration = FragmentDuration,
            ExtentDuration = ExtentDuration,
            ExtentBytes = ExtentBytes,
            ExtentStagger = ExtentStagger,
            MemoryLimit = MemoryLimit,
            Durability = Durability,
            PreRoll = PreRoll,
            PreRollBytes = PreRollBytes,
        };
}
