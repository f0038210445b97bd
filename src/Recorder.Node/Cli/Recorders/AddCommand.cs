using Recorder.Actors.Capture;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Recorders;

internal sealed class AddCommand(CommandOutput console)
{
    public const string Description = "Define a recorder on a node.";

    private const int MaximumSourceLength = 4096;

    private readonly NodeOptions _node = new();
    private readonly Argument<string> _id = new("ID") { Description = "The id of the recorder: 1 to 64 of A-Z a-z 0-9 . _ -" };

    private readonly Argument<string?> _source = new("SOURCE")
    {
        Description =
            "What to record; - reads it from standard input (default: RECORDER_SOURCE). Either keeps a password out of the process list.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _preview = CliOption.Text("--preview", "SOURCE", "A smaller source of the same camera, for pictures on a wall; it is never recorded.");
    private readonly Option<string[]> _label = RecorderSelection.LabelOption("Set a label. Can be repeated.");
    private readonly Option<bool> _start = CliOption.Flag("--start", "Also start the recorder.");
    private readonly RecorderOptionGroup _recorder = new();

    private readonly Option<Durability?> _durability = CliOption.Choice(
        "--durability", "WHEN", "When media is flushed to stable storage: interval, blob, extent or never (default: interval).",
        ("interval", Durability.Interval), ("blob", Durability.Blob), ("extent", Durability.Extent), ("never", Durability.Never));

    private readonly Option<TimeSpan?> _preRoll =
        CliOption.Duration("--pre-roll", "Keep this much media buffered while inactive, for a later start.");
    private readonly Option<TimeSpan?> _maxAge =
        CliOption.Duration("--max-age", "Delete files with media older than this, for example 30d.");
    private readonly Option<long?> _maxBytes =
        CliOption.Count("--max-bytes", "Delete the oldest files beyond this size, for example 500G.", "size", "500G");

    public Command Create() => _node.AddTo(new Command("add", Description) { _id, _source }.With(
        [_label, _start, _preview, _recorder.Mime, _recorder.Timeslice, .. _recorder.Others, _durability, _preRoll, _maxAge, _maxBytes]))
        .Runs(RunAsync);

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        using var client = new NodeClient(_node.Read(line));
        var recorder = await client.SendAsync(HttpMethod.Post, "v1/recorders", ReadDefinition(line), cancellationToken);
        var id = recorder.Text("id") ?? line.GetValue(_id)!;
        if (line.GetValue(_start))
        {
            await client.SendAsync(HttpMethod.Post, $"v1/recorders/{id}:start", [], cancellationToken);
            recorder = await client.SendAsync(HttpMethod.Get, $"v1/recorders/{id}", null, cancellationToken);
        }

        console.Line(_node.IsJson(line) ? recorder.GetRawText()
            : $"{id}: {recorder.Text("state") ?? "defined"}, {recorder.Text("source")}");
        return ExitCode.Done;
    }

    private JsonObject ReadDefinition(ParseResult line)
    {
        var id = line.GetValue(_id)!;
        RecorderSelection.CheckId(id, line.CommandResult);
        var definition = new JsonObject { ["id"] = id };
        _recorder.WriteTo(definition, line);
        Set(definition, "durability", line.GetValue(_durability)?.ToString().ToLowerInvariant());
        Set(definition, "preRoll", line.GetValue(_preRoll)?.TotalMilliseconds);
        var labels = new JsonObject();
        foreach (var label in RecorderSelection.ReadLabels(line, _label))
        {
            var (name, value) = RecorderSelection.SplitLabel(label);
            labels[name] = value ?? "";
        }

        var retention = new JsonObject();
        Set(retention, "maxAge", line.GetValue(_maxAge)?.TotalMilliseconds);
        Set(retention, "maxBytes", line.GetValue(_maxBytes));
        Set(definition, "labels", labels.Count > 0 ? labels : null);
        Set(definition, "retention", retention.Count > 0 ? retention : null);
        definition["source"] = ReadSource(line);
        Set(definition, "preview", line.GetValue(_preview) is { } preview ? ReadUri(preview) : null);
        return definition;

        static void Set(JsonObject target, string member, JsonNode? value)
        {
            if (value is not null)
                target[member] = value;
        }
    }

    private string ReadSource(ParseResult line)
    {
        var text = line.GetValue(_source) ?? Environment.GetEnvironmentVariable("RECORDER_SOURCE");
        if (string.IsNullOrEmpty(text))
            throw new UsageException("Missing required argument 'SOURCE'; give it after the id, or set RECORDER_SOURCE.");

        if (text == "-")
        {
            text = (console.Input.ReadLine() ?? "").Trim();
            if (text.Length is 0 or > MaximumSourceLength)
            {
                throw new UsageException(
                    $"SOURCE is -, but standard input has no line of 1 to {MaximumSourceLength} characters.");
            }
        }

        return ReadUri(text);
    }

    private static string ReadUri(string text)
    {
        // The node has another working folder, so a relative path is made absolute. Only the node can check its own scheme push:.
        if (SourceUri.TryParse(text, out var source, out var error))
            return source.Kind == SourceKind.File && !text.StartsWith('/') ? source.Key : text;

        return text.StartsWith("push:", StringComparison.OrdinalIgnoreCase) ? text : throw new UsageException(error);
    }
}
