using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Takes;

/// <summary><c>recorder take</c>: many recorders that begin as one.</summary>
internal sealed class TakeCommand(CommandOutput console)
{
    public const string Description = "Start and stop many recorders as one take, and say how far apart they are.";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly (string Word, string Value)[] Ratings = [("good", "good"), ("no-good", "noGood"), ("circled", "circled"), ("none", "none")];

    private readonly NodeOptions _node = new();
    private readonly RecorderSelection _recorders = new();
    private readonly TakeSlateOptions _slate = new();
    private readonly TakeTimelineOptions _timeline = new();
    private readonly Option<bool> _strict = CliOption.Flag("--strict", "Begin only when every recorder is ready.");
    private readonly Option<string?> _rate = CliOption.Text("--rate", "FPS", "The rate of the time code: 23.976 to 60 (default: 25).");
    private readonly Option<bool> _dropFrame = CliOption.Flag("--drop-frame", "Count drop-frame time code; at 29.97 and 59.94.");
    private readonly Option<string?> _timeCode = CliOption.Text("--time-code", "clock|ltc:ID", "Take the time code from the node's clock, or from the linear time code in a recorder's sound (default: clock).");
    private readonly Option<TimeSpan?> _timeslice = CliOption.Duration("--timeslice", "Media time per blob (default: 1s).");
    private readonly Option<TimeSpan?> _leastTimeLeft = CliOption.Duration("--least-time-left", "A recorder is not ready when the volume has room for less (default: 5m).");
    private readonly Option<DateTimeOffset?> _at = CliOption.Time("--at", "The moment that every file contains (default: now).");
    private readonly Option<TimeSpan?> _ago = CliOption.Duration("--ago", "The same as a time before now, for example 8s.");
    private readonly Option<string?> _colour = CliOption.Text("--colour", "COLOUR", "The mark's colour in the editor: blue, cyan, green, yellow, red, pink, purple, ….");
    private readonly Option<DateTimeOffset?> _soundAt = CliOption.Time("--at", "Compare from a second before this moment to ten behind it (default: the take's moment).");
    private readonly Option<bool> _watch = CliOption.Flag("--watch", "Follow the take until it ends.");
    private readonly Argument<string?> _take = new("TAKE") { Description = "The take's id (default: the newest one).", Arity = ArgumentArity.ZeroOrOne };
    private readonly Argument<string> _label = new("LABEL") { Description = "The name of the mark." };
    private readonly Argument<string> _rating = new("RATING") { Description = "good, no-good, circled or none." };

    public Command Create()
    {
        var arm = _recorders.AddTo(new Command("arm", "Arm a take: its recorders keep their latest media, and each says whether it is ready."));
        arm.With([.. _slate.All, _strict, _rate, _dropFrame, _timeCode, _timeslice, _leastTimeLeft]);
        return new Command("take", Description)
        {
            _node.AddTo(arm).Runs((line, cancellationToken) => RunAsync(line, ArmAsync, cancellationToken)),
            Sub("start", "Begin a take at one moment, which every file contains.", StartAsync, [_take], _at, _ago),
            Sub("stop", "End a take: stop its recorders, or let them go.", (client, line, cancellationToken) => SendAsync(client, line, "stop", [], cancellationToken), [_take]),
            Sub("pause", "Pause every recorder of a take.", (client, line, cancellationToken) => SendAsync(client, line, "pause", [], cancellationToken), [_take]),
            Sub("resume", "Resume every recorder of a take.", (client, line, cancellationToken) => SendAsync(client, line, "resume", [], cancellationToken), [_take]),
            Sub("split", "Start a new file of every recorder of a take.", (client, line, cancellationToken) => SendAsync(client, line, "split", [], cancellationToken), [_take]),
            Sub("requestData", "End the current blob of every recorder of a take.", (client, line, cancellationToken) => SendAsync(client, line, "requestData", [], cancellationToken), [_take]),
            Sub("mark", "Give the current moment of a take a name.", MarkAsync, [_label, _take], _colour),
            Sub("rate", "Rate a take.", RateAsync, [_rating, _take]),
            Sub("slate", "Change the slate of a take.", ChangeAsync, [_take], [.. _slate.All]),
            Sub("ls", "List takes, the newest first.", ListAsync, []),
            Sub("show", "Show a take: a line an angle with its state, how far it is from the take's moment, and the time left.", ShowAsync, [_take], _watch),
            Sub("sound", "Compare the sound of a take's recorders: how far apart they are by it, and whether their clocks agree.", SoundAsync, [_take], _soundAt),
            Sub("timeline", "Say when the frames of each angle were captured, and which frame shows a moment.", TimelineAsync, [_take], [.. _timeline.All]),
            new TakeExportCommand(console).Create(),
        };
    }

    private Command Sub(
        string name, string description, Func<NodeClient, ParseResult, CancellationToken, Task> run, IEnumerable<Argument> arguments, params IEnumerable<Option> options)
    {
        var command = new Command(name, description);
        foreach (var argument in arguments)
            command.Add(argument);

        return _node.AddTo(command.With(options)).Runs((line, cancellationToken) => RunAsync(line, run, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult line, Func<NodeClient, ParseResult, CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        using var client = new NodeClient(_node.Read(line));
        await run(client, line, cancellationToken);
        return ExitCode.Done;
    }

    private async Task ArmAsync(NodeClient client, ParseResult line, CancellationToken cancellationToken)
    {
        var ids = await _recorders.Read(line).ResolveAsync(client, cancellationToken);
        var body = new JsonObject { ["angles"] = new JsonArray([.. ids.Select(id => new JsonObject { ["recorder"] = id })]) };
        _slate.AddTo(body, line);
        if (line.GetValue(_strict))
            body["strict"] = true;
        if (line.GetValue(_rate) is { } rate)
            body["rate"] = rate;
        if (line.GetValue(_dropFrame))
            body["dropFrame"] = true;
        if (ReadTimeCode(line.GetValue(_timeCode)) is { } source)
            body["timeCodeRecorder"] = source;
        if (line.GetValue(_timeslice) is { } timeslice)
            body["timeslice"] = timeslice.TotalMilliseconds;
        if (line.GetValue(_leastTimeLeft) is { } left)
            body["leastTimeLeft"] = left.TotalMilliseconds;

        Print(await client.SendAsync(HttpMethod.Post, "v1/takes", body, cancellationToken), line);
    }

    // The recorder of linear time code; null for the clock.
    private static string? ReadTimeCode(string? text) => text switch
    {
        null or "clock" => null,
        _ when text.StartsWith("ltc:", StringComparison.Ordinal) && text.Length > 4 => text[4..],
        _ => throw new UsageException($"'{text}' is no source of time code; expected clock, or ltc: and a recorder's id, for example ltc:left."),
    };

    private Task StartAsync(NodeClient client, ParseResult line, CancellationToken cancellationToken)
    {
        var (at, ago) = (line.GetValue(_at), line.GetValue(_ago));
        if (at is not null && ago is not null)
            throw new UsageException("Options '--at' and '--ago' cannot be used together.");

        var body = new JsonObject();
        if (at is { } moment)
            body["at"] = moment.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        else if (ago is { } before)
            body["ago"] = before.TotalMilliseconds;

        return SendAsync(client, line, "start", body, cancellationToken);
    }

    private Task MarkAsync(NodeClient client, ParseResult line, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["label"] = line.GetValue(_label) };
        if (line.GetValue(_colour) is { } colour)
            body["colour"] = colour;

        return SendAsync(client, line, "mark", body, cancellationToken);
    }

    private Task RateAsync(NodeClient client, ParseResult line, CancellationToken cancellationToken)
    {
        var word = line.GetValue(_rating);
        var rating = Array.Find(Ratings, known => known.Word == word).Value
            ?? throw new UsageException($"'{word}' is no rating; expected {CliOption.Join(Ratings.Select(known => known.Word))}.");
        return PatchAsync(client, line, new JsonObject { ["rating"] = rating }, cancellationToken);
    }

    private Task ChangeAsync(NodeClient client, ParseResult line, CancellationToken cancellationToken)
    {
        var body = new JsonObject();
        _slate.AddTo(body, line);
        return body.Count > 0
            ? PatchAsync(client, line, body, cancellationToken)
            : throw new UsageException("Nothing to change; give --scene, --shot, --project, --template or --notes.");
    }

    private async Task PatchAsync(NodeClient client, ParseResult line, JsonObject body, CancellationToken cancellationToken) =>
        Print(await client.SendAsync(HttpMethod.Patch, $"v1/takes/{await FindAsync(client, line, cancellationToken)}", body, cancellationToken), line);

    private async Task SendAsync(NodeClient client, ParseResult line, string verb, JsonObject body, CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(HttpMethod.Post, $"v1/takes/{await FindAsync(client, line, cancellationToken)}:{verb}", body, cancellationToken);
        Print(answer.Member("take") is { ValueKind: JsonValueKind.Object } take && !_node.IsJson(line) ? take : answer, line);
        foreach (var refused in answer.Member("answers") is { ValueKind: JsonValueKind.Array } answers ? answers.EnumerateArray() : default)
        {
            if (refused.Member("error").Text("message") is { } message)
                console.Error($"{refused.Text("recorder")}: {message}");
        }
    }

    private async Task ListAsync(NodeClient client, ParseResult line, CancellationToken cancellationToken)
    {
        var takes = (await client.SendAsync(HttpMethod.Get, "v1/takes", null, cancellationToken)).FirstArray().ToList();
        RecorderTable.Write(takes, _node.IsJson(line), TakeTable.WriteTakes, "No takes. Arm one with 'recorder take arm ID...'.", console);
    }

    private async Task ShowAsync(NodeClient client, ParseResult line, CancellationToken cancellationToken)
    {
        var id = await FindAsync(client, line, cancellationToken);
        while (true)
        {
            var take = await client.SendAsync(HttpMethod.Get, $"v1/takes/{id}", null, cancellationToken);
            var isOver = !line.GetValue(_watch) || take.Text("state") == "done";
            if (isOver || !console.IsTerminal)
            {
                console.SetLive([]);
                Print(take, line);
            }
            else
            {
                console.SetLive([.. TakeTable.LinesOf(take)]);
            }

            if (isOver)
                return;

            await Task.Delay(Interval, cancellationToken);
        }
    }

    private async Task SoundAsync(NodeClient client, ParseResult line, CancellationToken cancellationToken)
    {
        var query = line.GetValue(_soundAt) is { } at ? $"?at={at.UtcDateTime:O}" : "";
        var answer = await client.SendAsync(HttpMethod.Get, $"v1/takes/{await FindAsync(client, line, cancellationToken)}/sound{query}", null, cancellationToken);
        if (_node.IsJson(line))
            console.Line(answer.GetRawText());
        else
            TakeSoundTable.Write(answer, console);
    }

    private async Task TimelineAsync(NodeClient client, ParseResult line, CancellationToken cancellationToken)
    {
        var query = _timeline.ReadQuery(line);
        var timeline = await client.SendAsync(HttpMethod.Get, $"v1/takes/{await FindAsync(client, line, cancellationToken)}/timeline{query}", null, cancellationToken);
        if (_node.IsJson(line))
            console.Line(timeline.GetRawText());
        else
            TakeTimelineOptions.Write(timeline, console);
    }

    private void Print(JsonElement take, ParseResult line)
    {
        if (_node.IsJson(line))
            console.Line(take.GetRawText());
        else
            TakeTable.WriteTake(take, console);
    }

    private Task<string> FindAsync(NodeClient client, ParseResult line, CancellationToken cancellationToken) =>
        FindAsync(client, line.GetValue(_take), cancellationToken);

    // Whoever runs one take does not want to type its id.
    internal static async Task<string> FindAsync(NodeClient client, string? text, CancellationToken cancellationToken)
    {
        if (text is { Length: > 0 } given)
            return TakeId.TryParse(given, out var id) ? id.Value : throw new UsageException($"'{given}' is not the id of a take; 'recorder take ls' lists the takes.");

        var newest = (await client.SendAsync(HttpMethod.Get, "v1/takes?limit=1", null, cancellationToken)).FirstArray().FirstOrDefault();
        return newest.Text("id") ?? throw new NodeException("There is no take; arm one with 'recorder take arm ID...'.");
    }
}
