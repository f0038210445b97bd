using System.CommandLine;
using System.Text.Json.Nodes;
using Recorder.Actors.Capture;
using Recorder.Actors.Recording;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Recorders;

/// <summary><c>recorder add</c>: defines a recorder on a node, which keeps it.</summary>
internal sealed class AddCommand(CommandOutput console)
{
    private const int LongestSource = 4096;

    private readonly NodeOptions _node = new();
    private readonly Argument<string> _id = new("ID") { Description = "What to call it: 1 to 64 of A-Z a-z 0-9 . _ -" };

    private readonly Argument<string?> _source = new("SOURCE")
    {
        Description = "What it records. - reads it from standard input, and RECORDER_SOURCE holds it when it is left out: both keep its "
            + "password out of the list of processes.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string[]> _label = RecorderSelection.LabelOption("A label; again for more.");
    private readonly Option<string> _mime = Text("--mime", "TYPE", "Container and codecs. Without it the source's codecs are kept.");
    private readonly Option<string> _timeslice = Text("--timeslice", "T", "Media time per blob, when start does not say.");
    private readonly Option<string> _videoBitrate = Text("--video-bitrate", "N", "Bits a second of the video encoder (2.5M).");
    private readonly Option<string> _audioBitrate = Text("--audio-bitrate", "N", "Bits a second of the audio encoder (128k).");
    private readonly Option<string> _bitrate = Text("--bitrate", "N", "Bits a second of both, split 95 : 5; overrides the two above.");
    private readonly Option<string> _audioBitrateMode = Text("--audio-bitrate-mode", "MODE", "variable or constant (variable).");
    private readonly Option<string> _keyFrameInterval = Text("--key-frame-interval", "T", "Longest time between key frames when video is encoded.");
    private readonly Option<string> _keyFrameCount = Text("--key-frame-count", "N", "Most frames between key frames when video is encoded.");
    private readonly Option<string> _openTimeout = Text("--open-timeout", "T|never", "How long to try to open the source (10s).");
    private readonly Option<string> _lossTimeout = Text("--loss-timeout", "T|never", "How long the source may be lost before the recording ends (never).");
    private readonly Option<string> _signalLoss = Text("--signal-loss", "POLICY", "gap or black: what is recorded while there is no signal (gap).");
    private readonly Option<string> _fragment = Text("--fragment", "T", "Media time after which data goes to disk: what a crash can cost (1s).");
    private readonly Option<string> _extent = Text("--extent", "T", "Begin a new file after this media time, at a key frame.");
    private readonly Option<string> _extentBytes = Text("--extent-bytes", "N", "Begin a new file after this many bytes, at a key frame.");
    private readonly Option<string> _durability = Text("--durability", "WHEN", "interval, blob, extent or never: when it survives a power cut (interval).");
    private readonly Option<string> _preRoll = Text("--pre-roll", "T", "How much of the past to hold while it is inactive.");
    private readonly Option<string> _maxAge = Text("--max-age", "T", "Remove files whose media is older than this, for example 30d.");
    private readonly Option<string> _maxBytes = Text("--max-bytes", "N", "Remove the oldest files beyond this size, for example 500G.");
    private readonly Option<bool> _start = new("--start") { Description = "Start it, too.", Arity = ArgumentArity.Zero };

    /// <summary>The command with its options.</summary>
    public Command Create()
    {
        var command = new Command("add", "Define a recorder on a node.")
        {
            _id, _source, _label, _start, _mime, _timeslice, _videoBitrate, _audioBitrate, _bitrate, _audioBitrateMode,
            _keyFrameInterval, _keyFrameCount, _openTimeout, _lossTimeout, _signalLoss, _fragment, _extent, _extentBytes,
            _durability, _preRoll, _maxAge, _maxBytes,
        };
        _node.AddTo(command).SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var reader = new OptionReader(line);
        var node = _node.Read(reader);
        var definition = Read(line, reader);
        if (reader.Problem is { } problem)
        {
            return await console.RefuseAsync(problem);
        }

        using var client = new NodeClient(node);
        var made = await client.SendAsync(HttpMethod.Post, "v1/recorders", definition, cancellationToken);
        var id = made.Text("id") ?? line.GetValue(_id)!;
        if (line.GetValue(_start))
        {
            await client.SendAsync(HttpMethod.Post, $"v1/recorders/{id}:start", [], cancellationToken);
            made = await client.SendAsync(HttpMethod.Get, $"v1/recorders/{id}", null, cancellationToken);
        }

        console.Line(_node.IsJson(line) ? made.GetRawText() : $"{id}: {made.Text("state") ?? "defined"}, {made.Text("source")}");
        return ExitCode.Done;
    }

    private JsonObject Read(ParseResult line, OptionReader reader)
    {
        var id = line.GetValue(_id)!;
        reader.Complain(RecorderSelection.ProblemOfId(id, line.CommandResult.Command, "recorder add"));
        var labels = new JsonObject();
        foreach (var label in RecorderSelection.ReadLabels(line, reader, _label))
        {
            var at = label.IndexOf('=', StringComparison.Ordinal);
            labels[at < 0 ? label : label[..at]] = at < 0 ? "" : label[(at + 1)..];
        }

        var definition = new JsonObject { ["id"] = id };
        Set("mimeType", reader.Text(_mime));
        SetTime("timeslice", reader.Duration(_timeslice));
        Set("videoBitsPerSecond", reader.Count(_videoBitrate, "bit rate", "2.5M"));
        Set("audioBitsPerSecond", reader.Count(_audioBitrate, "bit rate", "128k"));
        Set("bitsPerSecond", reader.Count(_bitrate, "bit rate", "2.5M"));
        Set("audioBitrateMode", Word(reader, _audioBitrateMode, "variable", "constant"));
        SetTime("videoKeyFrameIntervalDuration", reader.Duration(_keyFrameInterval));
        Set("videoKeyFrameIntervalCount", reader.Frames(_keyFrameCount));
        SetTimeOrNever("openTimeout", _openTimeout);
        SetTimeOrNever("lossTimeout", _lossTimeout);
        Set("signalLoss", Word(reader, _signalLoss, "gap", "black") is "black" ? "blackAndSilence" : reader.Text(_signalLoss));
        SetTime("fragmentDuration", reader.Duration(_fragment));
        SetTime("extentDuration", reader.Duration(_extent));
        Set("extentBytes", reader.Count(_extentBytes, "size", "500M"));
        Set("durability", Word(reader, _durability, "interval", "blob", "extent", "never"));
        SetTime("preRoll", reader.Duration(_preRoll));
        var retention = new JsonObject();
        if (reader.Duration(_maxAge) is { } age)
        {
            retention["maxAge"] = age.TotalMilliseconds;
        }

        if (reader.Count(_maxBytes, "size", "500G") is { } bytes)
        {
            retention["maxBytes"] = bytes;
        }

        if (labels.Count > 0)
        {
            definition["labels"] = labels;
        }

        if (retention.Count > 0)
        {
            definition["retention"] = retention;
        }

        if (reader.Text(_mime) is { } mime && (mime.Length == 0 || !MediaSupport.IsTypeSupported(mime)))
        {
            reader.Complain($"--mime: {MediaSupport.Explain(mime)}");
        }

        definition["source"] = ReadSource(line, reader);
        return definition;

        void Set(string name, JsonNode? value)
        {
            if (value is not null)
            {
                definition[name] = value;
            }
        }

        void SetTime(string name, TimeSpan? time) => Set(name, time?.TotalMilliseconds);

        void SetTimeOrNever(string name, Option<string> option)
        {
            if (reader.Text(option) is not null)
            {
                definition[name] = reader.DurationOrNever(option, null)?.TotalMilliseconds;
            }
        }
    }

    private string ReadSource(ParseResult line, OptionReader reader)
    {
        var text = line.GetValue(_source) ?? Environment.GetEnvironmentVariable("RECORDER_SOURCE") ?? "";
        reader.Complain(text.Length == 0 ? "What is to be recorded? Give a SOURCE behind the name, or set RECORDER_SOURCE." : null);
        if (text == "-" && reader.Problem is null)
        {
            text = (console.Input.ReadLine() ?? "").Trim();
            reader.Complain(text.Length is 0 or > LongestSource ? "SOURCE is -, but standard input holds no line with a source." : null);
        }

        if (reader.Problem is not null)
        {
            return text;
        }

        // What is a relative path here is none on the node; and its own schemes (push:) it knows best.
        if (SourceUri.TryParse(text, out var source, out var error))
        {
            return source.Kind == SourceKind.File && !text.StartsWith('/') ? source.Key : text;
        }

        reader.Complain(text.StartsWith("push:", StringComparison.OrdinalIgnoreCase) ? null : error);
        return text;
    }

    private static string? Word(OptionReader reader, Option<string> option, params string[] words)
    {
        var text = reader.Text(option);
        reader.Complain(text is null || words.Contains(text) ? null : $"{option.Name} '{text}' is not known: write {string.Join(" or ", words)}.");
        return text;
    }

    private static Option<string> Text(string name, string value, string description) => new(name) { HelpName = value, Description = description };
}
