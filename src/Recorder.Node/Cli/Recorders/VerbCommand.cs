using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Recorders;

/// <summary>A command to recorders: <c>start</c>, <c>stop</c>, <c>pause</c>, <c>resume</c>, <c>split</c>, <c>mark</c> and <c>rm</c>.</summary>
/// <param name="console">Where it says what came of it.</param>
/// <param name="name">The command.</param>
internal sealed class VerbCommand(CommandOutput console, string name)
{
    private const int AtOnce = 16;

    private readonly NodeOptions _node = new();
    private readonly RecorderSelection _recorders = new();
    private readonly Option<string> _timeslice = new("--timeslice") { HelpName = "T", Description = "Media time per blob (as the recorder is defined)." };
    private readonly Option<string> _duration = new("--duration") { HelpName = "T", Description = "Stop by itself after this much media." };
    private readonly Option<string> _preRoll = new("--pre-roll") { HelpName = "T", Description = "Begin so long ago, with what was held." };

    /// <summary>The command with its options.</summary>
    public Command Create(string description)
    {
        var command = _recorders.AddTo(new Command(name, description));
        if (name == "start")
        {
            command.Add(_timeslice);
            command.Add(_duration);
            command.Add(_preRoll);
        }
        else if (name == "mark")
        {
            _recorders.Ids.HelpName = "ID... LABEL";
            _recorders.Ids.Description = "Recorders, and last what to call this moment.";
        }

        _node.AddTo(command).SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var reader = new OptionReader(line);
        var node = _node.Read(reader);
        var body = ReadBody(line, reader);
        var selection = _recorders.Read(line, reader, $"recorder {name}", last: name == "mark" ? 1 : 0);
        if (reader.Problem is { } problem)
        {
            return await console.RefuseAsync(problem);
        }

        using var client = new NodeClient(node);
        var ids = await selection.ResolveAsync(client, cancellationToken);
        if (ids.Count == 0)
        {
            console.Error("No recorder is meant by that: 'recorder ls' lists them.");
            return ExitCode.Failed;
        }

        using var turns = new SemaphoreSlim(AtOnce);
        var failed = 0;
        foreach (var (id, answer) in ids.Zip(ids.Select(id => SendAsync(client, id, body, turns, cancellationToken)).ToList()))
        {
            try
            {
                Say(id, await answer, _node.IsJson(line));
            }
            catch (NodeException refused) when (refused.Status is not (null or 401))
            {
                failed++;
                console.Error(ids.Count == 1 ? refused.Message : $"{id}: {refused.Message}");
            }
        }

        return failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private async Task<JsonElement> SendAsync(NodeClient client, string id, JsonObject body, SemaphoreSlim turns, CancellationToken cancellationToken)
    {
        await turns.WaitAsync(cancellationToken);
        try
        {
            return name == "rm"
                ? await client.SendAsync(HttpMethod.Delete, $"v1/recorders/{id}", null, cancellationToken)
                : await client.SendAsync(HttpMethod.Post, $"v1/recorders/{id}:{name}", (JsonObject)body.DeepClone(), cancellationToken);
        }
        finally
        {
            turns.Release();
        }
    }

    private void Say(string id, JsonElement answer, bool json)
    {
        if (json)
        {
            console.Line(answer.ValueKind == JsonValueKind.Undefined ? new JsonObject { ["id"] = id, ["state"] = "removed" }.ToJsonString() : answer.GetRawText());
            return;
        }

        var state = name == "rm" ? new Cell("removed; its recordings stay") : RecorderTable.StateOf(answer);
        console.Line($"{id}: {TextTable.Coloured(state.Text, state.Tone, console)}");
    }

    private JsonObject ReadBody(ParseResult line, OptionReader reader)
    {
        var body = new JsonObject();
        if (name == "start")
        {
            foreach (var (member, option) in (IEnumerable<(string, Option<string>)>)[("timeslice", _timeslice), ("duration", _duration), ("preRoll", _preRoll)])
            {
                if (reader.Duration(option) is { } time)
                {
                    body[member] = time.TotalMilliseconds;
                }
            }
        }
        else if (name == "mark")
        {
            var label = line.GetValue(_recorders.Ids) is [.., var last] ? last : "";
            reader.Complain(label.Length is 0 or > 200 ? "What is the moment called? Say it last, in 1 to 200 characters: recorder mark ID LABEL." : null);
            body["label"] = label;
        }

        return body;
    }
}
