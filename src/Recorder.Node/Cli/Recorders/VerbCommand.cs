using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Recorders;

/// <summary>The commands for recorders: <c>start</c>, <c>stop</c>, <c>pause</c>, <c>resume</c>, <c>split</c> and so on.</summary>
internal sealed class VerbCommand(CommandOutput console, string name)
{
    private const int MaximumConcurrentRequests = 16;
    private const int MaximumLabelLength = 200;

    private readonly NodeOptions _node = new();
    private readonly RecorderSelection _recorders = new();
    private readonly Option<TimeSpan?> _timeslice =
        CliOption.Duration("--timeslice", "Media time per blob (default: the recorder's own).");
    private readonly Option<TimeSpan?> _duration = CliOption.Duration("--duration", "Stop after this much recorded media.");
    private readonly Option<TimeSpan?> _preRoll =
        CliOption.Duration("--pre-roll", "Start with this much media from the pre-roll buffer.");

    public Command Create(string description)
    {
        var command = _recorders.AddTo(new Command(name, description));
        if (name == "start")
        {
            command.With(_timeslice, _duration, _preRoll);
        }
        else if (name == "mark")
        {
            _recorders.Ids.HelpName = "ID... LABEL";
            _recorders.Ids.Description = "The ids of recorders, and at the end the label of the mark.";
        }

        return _node.AddTo(command).Runs(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var body = ReadBody(line);
        var selection = _recorders.Read(line, extraWords: name == "mark" ? 1 : 0);
        using var client = new NodeClient(_node.Read(line));
        var ids = await selection.ResolveAsync(client, cancellationToken);
        if (ids.Count == 0)
        {
            console.Error("No recorder matches. 'recorder ls' lists the recorders.");
            return ExitCode.Failed;
        }

        using var requests = new SemaphoreSlim(MaximumConcurrentRequests);
        var exitCode = ExitCode.Done;
        foreach (var (id, response) in ids.Zip(
            ids.Select(id => SendAsync(client, id, body, requests, cancellationToken)).ToList()))
        {
            try
            {
                Print(id, await response, _node.IsJson(line));
            }
            catch (NodeException refused) when (refused.Status is not (null or 401))
            {
                exitCode = ExitCode.Failed;
                console.Error(ids.Count == 1 ? refused.Message : $"{id}: {refused.Message}");
            }
        }

        return exitCode;
    }

    private async Task<JsonElement> SendAsync(
        NodeClient client, string id, JsonObject body, SemaphoreSlim requests, CancellationToken cancellationToken)
    {
        await requests.WaitAsync(cancellationToken);
        try
        {
            return name == "rm"
                ? await client.SendAsync(HttpMethod.Delete, $"v1/recorders/{id}", null, cancellationToken)
                : await client.SendAsync(
                    HttpMethod.Post, $"v1/recorders/{id}:{name}", (JsonObject)body.DeepClone(), cancellationToken);
        }
        finally
        {
            requests.Release();
        }
    }

    private void Print(string id, JsonElement response, bool json)
    {
        if (json)
        {
            console.Line(response.ValueKind == JsonValueKind.Undefined
                ? new JsonObject { ["id"] = id, ["state"] = "removed" }.ToJsonString() : response.GetRawText());
            return;
        }

        var state = name == "rm" ? new Cell("removed; its recordings are kept") : RecorderTable.StateOf(response);
        console.Line($"{id}: {TextTable.Coloured(state.Text, state.Tone, console)}");
    }

    private JsonObject ReadBody(ParseResult line)
    {
        var body = new JsonObject();
        foreach (var (member, option) in (IEnumerable<(string, Option<TimeSpan?>)>)[
            ("timeslice", _timeslice), ("duration", _duration), ("preRoll", _preRoll)])
        {
            if (name == "start" && line.GetValue(option) is { } time)
                body[member] = time.TotalMilliseconds;
        }

        if (name == "mark")
        {
            var label = line.GetValue(_recorders.Ids)?.LastOrDefault() ?? "";
            body["label"] = label.Length is > 0 and <= MaximumLabelLength ? label
                : throw new UsageException(
                    $"Missing label; expected 1 to {MaximumLabelLength} characters at the end: recorder mark ID LABEL.");
        }

        return body;
    }
}
