using System.CommandLine;
using Recorder.Contracts.Json;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Events;

/// <summary><c>recorder tail</c>: the events of recorders, as they happen.</summary>
internal sealed class TailCommand(CommandOutput console, Func<TimeSpan, CancellationToken, Task>? pause = null)
{
    private readonly NodeOptions _node = new();
    private readonly Argument<string?> _id = new("ID") { Description = "Only of this recorder.", Arity = ArgumentArity.ZeroOrOne };

    private readonly Option<string[]> _kind = new("--kind", "-k")
    {
        HelpName = "KIND",
        Description = "Only events of this kind: start, dataavailable, stop, error, gap, ...; again for more.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _after = new("--after") { HelpName = "N", Description = "Begin behind this event; 0 begins with the oldest that is kept." };
    private readonly Option<string> _count = new("--count", "-n") { HelpName = "N", Description = "End after so many events." };

    /// <summary>The command with its options.</summary>
    public Command Create()
    {
        var command = _node.AddTo(new Command("tail", "Follow the events of a node, until Ctrl-C.") { _id, _kind, _after, _count });
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var reader = new OptionReader(line);
        var node = _node.Read(reader);
        var id = line.GetValue(_id);
        reader.Complain(id is null ? null : RecorderSelection.ProblemOfId(id, line.CommandResult.Command, "recorder tail"));
        var kinds = line.GetResult(_kind) is null ? [] : line.GetValue(_kind)!.SelectMany(kind => kind.Split(',')).ToList();
        reader.Complain(kinds.Find(kind => !EventKindConverter.Names.Contains(kind)) is { } unknown
            ? $"--kind '{unknown}' is not known: {UsageProblem.Nearest(unknown, EventKindConverter.Names)}write one of {string.Join(", ", EventKindConverter.Names)}."
            : null);
        var (after, count) = (ReadNumber(reader, _after, 0), ReadNumber(reader, _count, 1));
        if (reader.Problem is { } problem)
        {
            return await console.RefuseAsync(problem);
        }

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var signals = new StopSignals(stopping.Cancel, () => Environment.Exit(ExitCode.Aborted));
        using var client = new NodeClient(node);
        var path = (id is null ? "v1/events" : $"v1/recorders/{id}/events") +
            (kinds.Count == 0 ? "" : "?" + string.Join('&', kinds.Select(kind => "kind=" + kind)));
        try
        {
            var json = _node.IsJson(line);
            await foreach (var data in new EventFollower(client, path, after, console, pause).ReadAsync(stopping.Token))
            {
                console.Line(json ? data.Text : EventLine.Of(data, console));
                if (--count == 0)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Ctrl-C is how this ends.
        }

        return ExitCode.Done;
    }

    private static long? ReadNumber(OptionReader reader, Option<string> option, long least)
    {
        if (reader.Text(option) is not { } text)
        {
            return null;
        }

        var isNumber = long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number);
        reader.Complain(isNumber && number >= least ? null : $"{option.Name} '{text}' is no number: write {least} or more.");
        return number;
    }
}
