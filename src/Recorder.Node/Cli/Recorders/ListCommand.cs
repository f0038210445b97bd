using System.CommandLine;
using System.Text.Json;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Recorders;

/// <summary><c>recorder ls</c>: the recorders of a node, or of a data folder.</summary>
internal sealed class ListCommand(CommandOutput console)
{
    private readonly NodeOptions _node = new();
    private readonly Option<string[]> _label = RecorderSelection.LabelOption("Only with this label; again for more that must match too.");

    private readonly Option<string> _state = new("--state") { HelpName = "STATE", Description = "Only those that are inactive, recording or paused." };

    private readonly Option<string> _data = new("--data") { HelpName = "DIR", Description = "Read this data folder, without a node." };

    /// <summary>The command with its options.</summary>
    public Command Create()
    {
        var command = _node.AddTo(new Command("ls", "List the recorders of a node.") { _label, _state, _data });
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var reader = new OptionReader(line);
        var node = _node.Read(reader);
        var labels = RecorderSelection.ReadLabels(line, reader, _label);
        var state = reader.Text(_state);
        var data = DataFolder.Read(reader, _data, _node.Named(reader));
        reader.Complain(state is null or "inactive" or "recording" or "paused" ? null : $"--state '{state}' is not known: write inactive, recording or paused.");
        reader.Complain(data is not null && state is not null ? "--state needs a node that runs: leave --data out." : null);
        if (reader.Problem is { } problem)
        {
            return await console.RefuseAsync(problem);
        }

        var found = new List<JsonElement>();
        if (data is not null)
        {
            found.AddRange(DataFolder.Recorders(data, labels, console));
        }
        else
        {
            using var client = new NodeClient(node);
            var path = new Selection([], labels).ListPath + (state is null ? "" : "&state=" + state);
            await foreach (var recorder in client.ListAsync(path, cancellationToken))
            {
                found.Add(recorder);
            }
        }

        if (_node.IsJson(line))
        {
            found.ForEach(recorder => console.Line(recorder.GetRawText()));
        }
        else if (found.Count > 0 || !console.IsTerminal)
        {
            RecorderTable.WriteRecorders(found, console);
        }
        else
        {
            console.Line("There are no recorders: 'recorder add ID SOURCE' makes one.");
        }

        return ExitCode.Done;
    }
}
