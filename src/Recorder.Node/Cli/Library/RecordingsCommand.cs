using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Library;

internal sealed class RecordingsCommand(CommandOutput console)
{
    public const string Description = "List recordings, newest first.";

    private readonly NodeOptions _node = new();
    private readonly Argument<string[]> _ids =
        new("ID") { Description = "Only recordings of these recorders.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<DateTimeOffset?> _from =
        CliOption.Time("--from", "Only recordings with media after this time, for example 2026-11-22T15:00:00Z.");
    private readonly Option<DateTimeOffset?> _to = CliOption.Time("--to", "Only recordings with media before this time.");
    private readonly Option<string?> _data = DataFolder.Option();

    public Command Create() => _node.AddTo(new Command("recordings", Description) { _ids, _from, _to, _data }).Runs(RunAsync);

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var ids = line.GetValue(_ids) ?? [];
        foreach (var id in ids)
            RecorderSelection.CheckId(id, line.CommandResult);

        var (from, to) = (line.GetValue(_from), line.GetValue(_to));
        var recordings = new List<JsonElement>();
        if (DataFolder.Read(line, _data, _node) is { } data)
        {
            recordings.AddRange(DataFolder.Recordings(data, ids.Select(id => new RecorderId(id)).ToHashSet(), from, to, console));
        }
        else
        {
            using var client = new NodeClient(_node.Read(line));
            var interval = "v1/recordings?limit=1000" + Parameter("from", from) + Parameter("to", to);
            foreach (var path in ids.Length == 0 ? [interval] : ids.Select(id => $"{interval}&recorder={id}"))
                recordings.AddRange(await client.ListAsync(path, cancellationToken).ToListAsync(cancellationToken));
        }

        RecorderTable.Write(recordings, _node.IsJson(line), RecorderTable.WriteRecordings, "No recordings.", console);
        return ExitCode.Done;
    }

    private static string Parameter(string name, DateTimeOffset? time) =>
        time is { } value ? $"&{name}={Uri.EscapeDataString(value.UtcDateTime.ToString("O", CultureInfo.InvariantCulture))}" : "";
}
