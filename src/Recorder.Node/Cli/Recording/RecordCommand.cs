using System.CommandLine;
using Recorder.Actors.Capture;
using Recorder.Actors.Recording;
using Recorder.Contracts;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Recording;

/// <summary><c>recorder record</c>: its options, and how a command line becomes a <see cref="RecordRequest"/>.</summary>
internal sealed class RecordCommand
{
    private static readonly (string Extension, TrackKind Kind, MediaContainer Container)[] Extensions =
    [
        (".mp4", TrackKind.Video, MediaContainer.Mp4),
        (".m4a", TrackKind.Audio, MediaContainer.Mp4),
        (".webm", TrackKind.Video, MediaContainer.WebM),
        (".mkv", TrackKind.Video, MediaContainer.Matroska),
        (".mka", TrackKind.Audio, MediaContainer.Matroska),
    ];

    private readonly Argument<string[]> _sources = new("SOURCE")
    {
        Description = "What to record; several record at once.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _output = Text("--output", "FILE", "Record the one source into this file: .mp4 .m4a .webm .mkv .mka. FILE.index.jsonl and FILE.recording.json stand beside it.", "-o");
    private readonly Option<string> _out = Text("--out", "DIR", "Record below this folder: DIR/{recorder}/{recording}/000001.mp4.");
    private readonly Option<string> _mime = Text("--mime", "TYPE", "Container and codecs, for example 'video/webm;codecs=vp8,opus'. Without it the source's codecs are kept.");
    private readonly Option<string> _timeslice = Text("--timeslice", "T", "Media time per blob. Without it everything is one blob.");
    private readonly Option<string> _duration = Text("--duration", "T", "Stop when this much media is recorded.");
    private readonly Option<string> _videoBitrate = Text("--video-bitrate", "N", "Bits a second of the video encoder (2.5M).");
    private readonly Option<string> _audioBitrate = Text("--audio-bitrate", "N", "Bits a second of the audio encoder (128k).");
    private readonly Option<string> _bitrate = Text("--bitrate", "N", "Bits a second of both, split 95 : 5; overrides the two above.");
    private readonly Option<string> _audioBitrateMode = Text("--audio-bitrate-mode", "MODE", "variable or constant (variable).");
    private readonly Option<string> _keyFrameInterval = Text("--key-frame-interval", "T", "Longest time between key frames when video is encoded.");
    private readonly Option<string> _keyFrameCount = Text("--key-frame-count", "N", "Most frames between key frames when video is encoded.");
    private readonly Option<string> _openTimeout = Text("--open-timeout", "T|never", "How long to try to open a source (10s).");
    private readonly Option<string> _lossTimeout = Text("--loss-timeout", "T|never", "How long a source may be lost before its recording ends (never).");
    private readonly Option<string> _signalLoss = Text("--signal-loss", "POLICY", "gap or black: what is recorded while there is no signal (gap).");
    private readonly Option<string> _fragment = Text("--fragment", "T", "Media time after which data goes to disk: what a crash can cost (1s).");
    private readonly Option<string> _extent = Text("--extent", "T", "Begin a new file after this media time, at a key frame. Only with --out.");
    private readonly Option<string> _extentBytes = Text("--extent-bytes", "N", "Begin a new file after this many bytes, at a key frame. Only with --out.");
    private readonly SourceLimitOptions _limits = new();
    private readonly Option<bool> _force = Flag("--force", "Replace FILE and what stands beside it.");
    private readonly Option<bool> _json = Flag("--json", "Print each event as a line of JSON, and nothing else, on standard output.");
    private readonly Option<bool> _quiet = Flag("--quiet", "Say nothing but errors.");
    private readonly Option<bool> _verbose = Flag("--verbose", "Log everything, FFmpeg's messages too, to standard error.");

    /// <summary>The command with its options, in the order of its help.</summary>
    public Command Create()
    {
        var command = new Command("record", "Record sources until they end, --duration is reached, or Ctrl-C (a second one aborts).") { _sources };
        foreach (var option in AllOptions)
        {
            command.Add(option);
        }

        return command;
    }

    /// <summary>Checks a command line and makes a request of it.</summary>
    /// <returns>The request; or null and one sentence that says what is wrong and what to do.</returns>
    public RecordRequest? Read(ParseResult line, out string problem)
    {
        var reader = new OptionReader(line);
        var options = ReadOptions(reader);
        var capture = _limits.Read(reader);
        var timeslice = reader.Duration(_timeslice);
        var duration = reader.Duration(_duration);
        var (quiet, verbose) = (line.GetValue(_quiet), line.GetValue(_verbose));
        if (quiet && verbose)
        {
            reader.Complain("--quiet and --verbose contradict each other: say one of them.");
        }

        var texts = line.GetValue(_sources) ?? [];
        var sources = ReadSources(reader, texts);
        var file = reader.Text(_output);
        var folder = reader.Text(_out);
        options = ReadTarget(reader, options, sources, file, folder, line.GetValue(_force));
        problem = reader.Problem ?? "";
        if (reader.Problem is not null)
        {
            return null;
        }

        var target = new RecordingTarget(folder, file, line.GetValue(_force));
        return new RecordRequest
        {
            Recorders = [.. RecordRequest.NameAll(sources).Zip(sources, texts).Select(it => new PlannedRecorder(it.First, it.Second, it.Third, target))],
            Options = options,
            Capture = capture,
            Timeslice = timeslice,
            Duration = duration,
            Json = line.GetValue(_json),
            Verbosity = quiet ? Verbosity.Quiet : verbose ? Verbosity.Verbose : Verbosity.Normal,
        };
    }

    private IEnumerable<Option> AllOptions =>
    [
        _output, _out, _force, _mime, _timeslice, _duration, _videoBitrate, _audioBitrate, _bitrate, _audioBitrateMode,
        _keyFrameInterval, _keyFrameCount, _openTimeout, _lossTimeout, _signalLoss, _fragment, _extent, _extentBytes,
        .. _limits.All, _json, _quiet, _verbose,
    ];

    private RecorderOptions ReadOptions(OptionReader reader)
    {
        var defaults = new RecorderOptions();
        var options = new RecorderOptions
        {
            MimeType = reader.Text(_mime) ?? "",
            VideoBitsPerSecond = reader.Count(_videoBitrate, "bit rate", "2.5M"),
            AudioBitsPerSecond = reader.Count(_audioBitrate, "bit rate", "128k"),
            BitsPerSecond = reader.Count(_bitrate, "bit rate", "2.5M"),
            AudioBitrateMode = reader.Choice(_audioBitrateMode, BitrateMode.Variable, ("variable", BitrateMode.Variable), ("constant", BitrateMode.Constant)),
            VideoKeyFrameIntervalDuration = reader.Duration(_keyFrameInterval),
            VideoKeyFrameIntervalCount = reader.Frames(_keyFrameCount),
            OpenTimeout = reader.DurationOrNever(_openTimeout, defaults.OpenTimeout),
            LossTimeout = reader.DurationOrNever(_lossTimeout, defaults.LossTimeout),
            SignalLoss = reader.Choice(_signalLoss, SignalLossPolicy.Gap, ("gap", SignalLossPolicy.Gap), ("black", SignalLossPolicy.BlackAndSilence)),
            FragmentDuration = reader.Duration(_fragment) ?? defaults.FragmentDuration,
            ExtentDuration = reader.Duration(_extent),
            ExtentBytes = reader.Count(_extentBytes, "size", "500M"),
        };
        if (options.VideoKeyFrameIntervalDuration is not null && options.VideoKeyFrameIntervalCount is not null)
        {
            reader.Complain("--key-frame-interval and --key-frame-count exclude each other: say one of them.");
        }

        if (reader.Text(_mime) is { } mime && (mime.Length == 0 || !MediaSupport.IsTypeSupported(mime)))
        {
            reader.Complain($"--mime: {MediaSupport.Explain(mime)}");
        }

        return options;
    }

    private List<SourceUri> ReadSources(OptionReader reader, IReadOnlyList<string> texts)
    {
        var sources = new List<SourceUri>();
        foreach (var text in texts)
        {
            if (text.StartsWith('-'))
            {
                var nearest = UsageProblem.Nearest(text, AllOptions.Select(option => option.Name));
                reader.Complain(
                    $"Unknown option '{text}': {nearest}'recorder record --help' lists them; a file of that name is written ./{text}.");
            }
            else if (SourceUri.TryParse(text, out var source, out var error))
            {
                sources.Add(source);
            }
            else
            {
                reader.Complain(error);
            }
        }

        return sources;
    }

    /// <summary>Checks where the files go, and takes the container from the file's name when nothing else says it.</summary>
    private RecorderOptions ReadTarget(
        OptionReader reader, RecorderOptions options, List<SourceUri> sources, string? file, string? folder, bool force)
    {
        if (reader.Problem is not null)
        {
            return options;
        }

        switch (file, folder)
        {
            case (null, null):
                reader.Complain("Where to? Say -o FILE to record one source into a file, or --out DIR to record into a folder.");
                return options;
            case (not null, not null):
                reader.Complain("-o and --out exclude each other: say one of them.");
                return options;
            case (null, not null):
                reader.Complain(
                    force ? "--force replaces the file of -o and means nothing with --out, where every recording has its own folder: leave it out."
                    : folder.Length == 0 ? "--out needs the name of a folder."
                    : OutputPaths.ProblemWithFolder(folder));
                return options;
        }

        reader.Complain(OutputPaths.ProblemWithName(file));
        if (sources.Count > 1)
        {
            reader.Complain($"-o '{file}' is one file, but there are {sources.Count} sources: say --out DIR to record them into a folder.");
        }
        else if (options.ExtentDuration is not null || options.ExtentBytes is not null)
        {
            var option = options.ExtentDuration is null ? _extentBytes : _extent;
            reader.Complain($"{option.Name} makes several files, but -o '{file}' is one: say --out DIR instead.");
        }
        else if (sources[0].Kind == SourceKind.File && OutputPaths.AreSame(sources[0].Address, file))
        {
            reader.Complain($"-o '{file}' is the source itself: choose another name.");
        }

        var known = Array.Find(Extensions, entry => entry.Extension.Equals(Path.GetExtension(file), StringComparison.OrdinalIgnoreCase));
        if (known.Extension is null)
        {
            reader.Complain($"-o '{file}' has no known extension: use {string.Join(' ', Extensions.Select(entry => entry.Extension))}.");
        }
        else if (!MediaMimeType.TryParse(options.MimeType, out var type))
        {
            options = options with { MimeType = new MediaMimeType(known.Kind, known.Container, []).ToString() };
        }
        else if (type.Container != known.Container || (known.Kind == TrackKind.Audio && type.Kind == TrackKind.Video))
        {
            var fitting = Extensions.First(entry => entry.Container == type.Container && entry.Kind == type.Kind
                || entry.Container == type.Container && type.Container == MediaContainer.WebM);
            reader.Complain($"-o '{file}' and --mime '{options.MimeType}' disagree: name the file {fitting.Extension}, or leave --mime out.");
        }

        reader.Complain(OutputPaths.ProblemWithFile(file, force));
        return options;
    }

    private static Option<string> Text(string name, string value, string description, params string[] aliases) =>
        new(name, aliases) { HelpName = value, Description = description };

    private static Option<bool> Flag(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.Zero };
}
