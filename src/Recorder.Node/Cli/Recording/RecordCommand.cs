using System.CommandLine.Parsing;
using Recorder.Actors.Capture;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Recording;

internal sealed class RecordCommand
{
    public const string Description = "Record sources until they end, --duration is reached or Ctrl-C is pressed.";

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
        Description = "What to record. Several sources are recorded at the same time.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _output = CliOption.Text(
        "--output", "FILE",
        "Record one source to this file: .mp4, .m4a, .webm, .mkv or .mka. Also writes FILE.index.jsonl and FILE.recording.json.",
        "-o");

    private readonly Option<string?> _out =
        CliOption.Text("--out", "DIR", "Record below this folder, as DIR/{recorder}/{recording}/000001.mp4.");
    private readonly Option<bool> _force = CliOption.Flag("--force", "Replace existing files of --output.");
    private readonly Option<TimeSpan?> _duration = CliOption.Duration("--duration", "Stop after this much recorded media.");
    private readonly RecorderOptionGroup _recorder = new();
    private readonly SourceLimitOptions _limits = new();
    private readonly Option<bool> _json =
        CliOption.Flag("--json", "Print only events to standard output, one line of JSON per event.");
    private readonly Option<bool> _quiet = CliOption.Flag("--quiet", "Print only errors.");
    private readonly Option<bool> _verbose =
        CliOption.Flag("--verbose", "Log everything to standard error, including the messages of FFmpeg.");

    public Command Create(CommandOutput console)
    {
        _recorder.Extent.Description += " Requires --out.";
        _recorder.ExtentBytes.Description += " Requires --out.";
        return new Command("record", Description) { _sources }.With(
            [
                _output, _out, _force, _recorder.Mime, _recorder.Timeslice, _duration, .. _recorder.Others, .. _limits.All,
                _json, _quiet, _verbose,
            ]).Runs((line, _) => RecordRun.RunAsync(Read(line), console));
    }

    public RecordRequest Read(ParseResult line)
    {
        var options = _recorder.Read(line);
        var capture = _limits.Read(line);
        if (line.GetValue(_quiet) && line.GetValue(_verbose))
            throw new UsageException("Options '--quiet' and '--verbose' cannot be used together.");

        var texts = line.GetValue(_sources) ?? [];
        List<SourceUri> sources = [.. texts.Select(text => ReadSource(text, line.CommandResult))];
        var target = new RecordingTarget(line.GetValue(_out), line.GetValue(_output), line.GetValue(_force));
        options = target switch
        {
            { File: null, Folder: null } => throw new UsageException("Missing required option '-o FILE' or '--out DIR'."),
            { File: not null, Folder: not null } => throw new UsageException("Options '-o' and '--out' cannot be used together."),
            { File: { } file } => CheckFile(file, target.Overwrite, sources, options),
            _ => CheckFolder(target, options),
        };
        return new RecordRequest
        {
            Recorders = [.. RecordRequest.NameAll(sources)
                .Select((id, index) => new PlannedRecorder(id, sources[index], texts[index], target))],
            Options = options,
            Capture = capture,
            Timeslice = line.GetValue(_recorder.Timeslice),
            Duration = line.GetValue(_duration),
            Json = line.GetValue(_json),
            Verbosity = line.GetValue(_quiet) ? Verbosity.Quiet : line.GetValue(_verbose) ? Verbosity.Verbose : Verbosity.Normal,
        };
    }

    // The argument takes any number of words, so the parser also takes misspelled options for sources.
    private static SourceUri ReadSource(string text, CommandResult command) =>
        text.StartsWith('-') ? throw new UsageException(UsageProblem.UnknownOption(text, command))
        : SourceUri.TryParse(text, out var source, out var error) ? source
        : throw new UsageException(error);

    private static RecorderOptions CheckFolder(RecordingTarget target, RecorderOptions options)
    {
        if (target.Overwrite)
        {
            throw new UsageException(
                "Options '--force' and '--out' cannot be used together: with --out every recording has its own folder.");
        }

        OutputPaths.CheckFolder(target.Folder!);
        return options;
    }

    /// <summary>The extension decides the container when there is no <c>--mime</c>.</summary>
    private RecorderOptions CheckFile(string file, bool force, List<SourceUri> sources, RecorderOptions options)
    {
        OutputPaths.CheckName(file, "use --out to record into a folder");
        if (sources.Count > 1)
            throw new UsageException($"-o '{file}' can take one source only, not {sources.Count}; use --out DIR instead.");

        if (options.ExtentDuration is not null || options.ExtentBytes is not null)
        {
            Option option = options.ExtentDuration is null ? _recorder.ExtentBytes : _recorder.Extent;
            throw new UsageException($"Options '{option.Name}' and '-o' cannot be used together; use --out DIR instead.");
        }

        if (sources[0].Kind == SourceKind.File && OutputPaths.AreSame(sources[0].Address, file))
            throw new UsageException($"-o '{file}' is the source itself; choose another file.");

        options = options with { MimeType = MimeTypeFor(file, options.MimeType) };
        OutputPaths.CheckFile(file, force);
        return options;
    }

    private static string MimeTypeFor(string file, string mimeType)
    {
        var known =
            Array.Find(Extensions, entry => entry.Extension.Equals(Path.GetExtension(file), StringComparison.OrdinalIgnoreCase));
        if (known.Extension is null)
        {
            throw new UsageException(
                $"-o '{file}' has no known extension; expected {CliOption.Join(Extensions.Select(entry => entry.Extension))}.");
        }

        if (!MediaMimeType.TryParse(mimeType, out var type))
            return new MediaMimeType(known.Kind, known.Container, []).ToString();

        if (type.Container == known.Container && (known.Kind == TrackKind.Video || type.Kind == TrackKind.Audio))
            return mimeType;

        var fitting = Extensions.First(
            entry => entry.Container == type.Container && (entry.Kind == type.Kind || type.Container == MediaContainer.WebM));
        throw new UsageException(
            $"-o '{file}' does not match --mime '{mimeType}'; use the extension {fitting.Extension}, or omit --mime.");
    }
}
