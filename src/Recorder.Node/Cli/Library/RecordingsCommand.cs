using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Recorder.Contracts;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Library;

/// <summary><c>recorder recordings</c>: what a node, or a data folder, has recorded.</summary>
internal sealed class RecordingsCommand(CommandOutput console)
{
    private readonly NodeOptions _node = new();
    private readonly Argument<string[]> _ids = new("ID") { Description = "Only of these recorders.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string> _from = new("--from") { HelpName = "TIME", Description = "Only with media after this time, for example 2026-11-22T15:00:00Z." };
    private readonly Option<string> _to = new("--to") { HelpName = "TIME", Description = "Only with media before this time." };
    private readonly Option<string> _data = new("--data") { HelpName = "DIR", Description = "Read this data folder, without a node." };

    /// <summary>The command with its options.</summary>
    public Command Create()
    {
        var command = _node.AddTo(new Command("recordings", "List what was recorded, newest first.") { _ids, _from, _to, _data });
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var reader = new OptionReader(line);
        var node = _node.Read(reader);
        var ids = line.GetValue(_ids) ?? [];
        foreach (var id in ids)
        {
            reader.Complain(RecorderSelection.ProblemOfId(id, line.CommandResult.Command, "recorder recordings"));
        }

        var (from, to) = (ReadTime(reader, _from), ReadTime(reader, _to));
        var data = DataFolder.Read(reader, _data, _node.Named(reader));
        if (reader.Problem is { } problem)
        {
            return await console.RefuseAsync(problem);
        }

        var found = new List<JsonElement>();
        if (data is not null)
        {
            found.AddRange(DataFolder.Recordings(data, ids.Select(id => new RecorderId(id)).ToHashSet(), from, to, console));
        }
        else
        {
            using var client = new NodeClient(node);
            var interval = "v1/recordings?limit=1000" + Parameter("from", from) + Parameter("to", to);
            foreach (var path in ids.Length == 0 ? [interval] : ids.Select(id => $"{interval}&recorder={id}"))
            {
                await foreach (var recording in client.ListAsync(path, cancellationToken))
                {
                    found.Add(recording);
                }
            }
        }

        if (_node.IsJson(line))
        {
            found.ForEach(recording => console.Line(recording.GetRawText()));
        }
        else if (found.Count > 0 || !console.IsTerminal)
        {
            RecorderTable.WriteRecordings(found, console);
        }
        else
        {
            console.Line("There are no recordings.");
        }

        return ExitCode.Done;
    }

    private static string Parameter(string name, DateTimeOffset? time) =>
        time is { } value ? $"&{name}={Uri.EscapeDataString(value.UtcDateTime.ToString("O", CultureInfo.InvariantCulture))}" : "";

    private static DateTimeOffset? ReadTime(OptionReader reader, Option<string> option)
    {
        if (reader.Text(option) is not { } text)
        {
            return null;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time))
        {
            return time;
        }

        reader.Complain($"{option.Name} '{text}' is no time: write for example 2026-11-22T15:00:00Z, or '2026-11-22 15:00' in local time.");
        return null;
    }
}
