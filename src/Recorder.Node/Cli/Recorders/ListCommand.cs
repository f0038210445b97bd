using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Recorders;

internal sealed class ListCommand(CommandOutput console)
{
    public const string Description = "List the recorders of a node.";

    private readonly NodeOptions _node = new();

    private readonly Option<string[]> _label = RecorderSelection.LabelOption(
        "Only recorders with this label. Can be repeated; recorders must have all of them.");

    private readonly Option<RecorderState?> _state = CliOption.Choice(
        "--state", "STATE", "Only recorders in this state: inactive, recording or paused.",
        ("inactive", RecorderState.Inactive), ("recording", RecorderState.Recording), ("paused", RecorderState.Paused));

    private readonly Option<string?> _data = DataFolder.Option();

    public Command Create() => _node.AddTo(new Command("ls", Description) { _label, _state, _data }).Runs(RunAsync);

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var labels = RecorderSelection.ReadLabels(line, _label);
        var state = line.GetValue(_state);
        var recorders = new List<JsonElement>();
        if (DataFolder.Read(line, _data, _node) is { } data)
        {
            if (state is not null)
            {
                throw new UsageException(
                    "Options '--state' and '--data' cannot be used together: only a running node knows the state.");
            }

            recorders.AddRange(DataFolder.Recorders(data, labels, console));
        }
        else
        {
            using var client = new NodeClient(_node.Read(line));
            var path =
                new Selection([], labels).ListPath + (state is null ? "" : $"&state={state.ToString()!.ToLowerInvariant()}");
            recorders = await client.ListAsync(path, cancellationToken).ToListAsync(cancellationToken);
        }

        RecorderTable.Write(recorders, _node.IsJson(line), RecorderTable.WriteRecorders, "No recorders. Define one with 'recorder add ID SOURCE'.", console);
        return ExitCode.Done;
    }
}
