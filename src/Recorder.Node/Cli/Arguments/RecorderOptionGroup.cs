using Recorder.Actors.Recording;

namespace Recorder.Node.Cli.Arguments;

/// <summary>The options that <c>recorder record</c> and <c>recorder add</c> share: how a recorder records.</summary>
internal sealed class RecorderOptionGroup
{
    private readonly Option<long?> _videoBitrate =
        BitRate("--video-bitrate", "Bits per second of the video encoder (default: 2.5M).", "2.5M");
    private readonly Option<long?> _audioBitrate =
        BitRate("--audio-bitrate", "Bits per second of the audio encoder (default: 128k).", "128k");

    private readonly Option<long?> _bitrate = BitRate(
        "--bitrate", "Bits per second of both encoders, split 95:5; overrides the two options above.", "2.5M");

    private readonly Option<BitrateMode?> _audioBitrateMode = CliOption.Choice(
        "--audio-bitrate-mode", "MODE", "Bit rate mode of the audio encoder: variable or constant (default: variable).",
        ("variable", BitrateMode.Variable), ("constant", BitrateMode.Constant));

    private readonly Option<TimeSpan?> _keyFrameInterval = CliOption.Duration(
        "--key-frame-interval", "Longest time between two key frames of encoded video.");

    private readonly Option<int?> _keyFrameCount = CliOption.Number(
        "--key-frame-count", "Maximum number of frames between two key frames of encoded video.", 1);

    private readonly Option<TimeSpan?> _openTimeout = CliOption.DurationOrNever(
        "--open-timeout", "How long to try to open the source (default: 10s).");

    private readonly Option<TimeSpan?> _lossTimeout = CliOption.DurationOrNever(
        "--loss-timeout", "How long the source may be lost before the recording ends (default: never).");

    private readonly Option<SignalLossPolicy?> _signalLoss = CliOption.Choice(
        "--signal-loss", "POLICY", "What to record while there is no signal: gap or black (default: gap).",
        ("gap", SignalLossPolicy.Gap), ("black", SignalLossPolicy.BlackAndSilence));

    private readonly Option<TimeSpan?> _fragment = CliOption.Duration(
        "--fragment", "Media time per write to disk, which is the most that a crash can lose (default: 1s).");

    public Option<string?> Mime { get; } = CliOption.Text(
        "--mime", "TYPE",
        "Container and codecs, for example 'video/webm;codecs=vp8,opus' (default: keep the codecs of the source).");

    public Option<TimeSpan?> Timeslice { get; } =
        CliOption.Duration("--timeslice", "Media time per blob (default: one blob per recording).");

    public Option<TimeSpan?> Extent { get; } =
        CliOption.Duration("--extent", "Start a new file after this media time, at a key frame.");

    public Option<long?> ExtentBytes { get; } = CliOption.Count(
        "--extent-bytes", "Start a new file after this many bytes, at a key frame.", "size", "500M");

    /// <summary>All options but <see cref="Mime"/> and <see cref="Timeslice"/>, in the order of the help.</summary>
    public IEnumerable<Option> Others =>
    [
        _videoBitrate, _audioBitrate, _bitrate, _audioBitrateMode, _keyFrameInterval, _keyFrameCount, _openTimeout, _lossTimeout,
        _signalLoss, _fragment, Extent, ExtentBytes,
    ];

    public RecorderOptions Read(ParseResult line)
    {
        Check(line);
        var defaults = new RecorderOptions();
        return new RecorderOptions
        {
            MimeType = line.GetValue(Mime) ?? "",
            VideoBitsPerSecond = line.GetValue(_videoBitrate),
            AudioBitsPerSecond = line.GetValue(_audioBitrate),
            BitsPerSecond = line.GetValue(_bitrate),
            AudioBitrateMode = line.GetValue(_audioBitrateMode) ?? defaults.AudioBitrateMode,
            VideoKeyFrameIntervalDuration = line.GetValue(_keyFrameInterval),
            VideoKeyFrameIntervalCount = line.GetValue(_keyFrameCount),
            OpenTimeout = line.GetDurationOrNever(_openTimeout, defaults.OpenTimeout),
            LossTimeout = line.GetDurationOrNever(_lossTimeout, defaults.LossTimeout),
            SignalLoss = line.GetValue(_signalLoss) ?? defaults.SignalLoss,
            FragmentDuration = line.GetValue(_fragment) ?? defaults.FragmentDuration,
            ExtentDuration = line.GetValue(Extent),
            ExtentBytes = line.GetValue(ExtentBytes),
        };
    }

    public void WriteTo(JsonObject definition, ParseResult line)
    {
        Check(line);
        Set("mimeType", Mime, line.GetValue(Mime));
        Set("timeslice", Timeslice, line.GetValue(Timeslice)?.TotalMilliseconds);
        Set("videoBitsPerSecond", _videoBitrate, line.GetValue(_videoBitrate));
        Set("audioBitsPerSecond", _audioBitrate, line.GetValue(_audioBitrate));
        Set("bitsPerSecond", _bitrate, line.GetValue(_bitrate));
        Set("audioBitrateMode", _audioBitrateMode, Word(line.GetValue(_audioBitrateMode)));
        Set("videoKeyFrameIntervalDuration", _keyFrameInterval, line.GetValue(_keyFrameInterval)?.TotalMilliseconds);
        Set("videoKeyFrameIntervalCount", _keyFrameCount, line.GetValue(_keyFrameCount));
        Set("openTimeout", _openTimeout, line.GetDurationOrNever(_openTimeout, null)?.TotalMilliseconds);
        Set("lossTimeout", _lossTimeout, line.GetDurationOrNever(_lossTimeout, null)?.TotalMilliseconds);
        Set("signalLoss", _signalLoss, Word(line.GetValue(_signalLoss)));
        Set("fragmentDuration", _fragment, line.GetValue(_fragment)?.TotalMilliseconds);
        Set("extentDuration", Extent, line.GetValue(Extent)?.TotalMilliseconds);
        Set("extentBytes", ExtentBytes, line.GetValue(ExtentBytes));

        // A null is sent too: it means never.
        void Set(string member, Option option, JsonNode? value)
        {
            if (line.IsGiven(option))
                definition[member] = value;
        }

        static string Word<T>(T value) => JsonNamingPolicy.CamelCase.ConvertName($"{value}");
    }

    private void Check(ParseResult line)
    {
        if (line.IsGiven(_keyFrameInterval) && line.IsGiven(_keyFrameCount))
            throw new UsageException($"Options '{_keyFrameInterval.Name}' and '{_keyFrameCount.Name}' cannot be used together.");

        if (line.GetValue(Mime) is { } mime && (mime.Length == 0 || !MediaSupport.IsTypeSupported(mime)))
            throw new UsageException($"{Mime.Name}: {MediaSupport.Explain(mime)}");
    }

    private static Option<long?> BitRate(string name, string description, string example) =>
        CliOption.Count(name, description, "bit rate", example);
}
