using Recorder.Contracts.Json;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Events;

internal sealed class TailCommand(CommandOutput console)
{
    public const string Description = "Print the events of a node as they happen, until Ctrl-C is pressed.";

    private readonly NodeOptions _node = new();
    private readonly Argument<string?> _id =
        new("ID") { Description = "Only events of this recorder.", Arity = ArgumentArity.ZeroOrOne };

    private readonly Option<string[]> _kind = CliOption.List(
        "--kind", "KIND", $"Only events of this kind: {CliOption.Join(EventKindConverter.Names)}. Can be repeated.", "-k");

    private readonly Option<long?> _after =
        CliOption.Number("--after", "Start after the event with this number; 0 starts with the oldest event in the journal.", 0L);
    private readonly Option<long?> _count = CliOption.Number("--count", "Exit after this many events.", 1L, "-n");

    public Command Create() => _node.AddTo(new Command("tail", Description) { _id, _kind, _after, _count }).Runs(RunAsync);

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var address = _node.Read(line);
        var id = line.GetValue(_id);
        if (id is not null)
            RecorderSelection.CheckId(id, line.CommandResult);

        var kinds = (line.GetValue(_kind) ?? []).SelectMany(kind => kind.Split(',')).ToList();
        if (kinds.Find(kind => !EventKindConverter.Names.Contains(kind)) is { } unknown)
        {
            var nearest = UsageProblem.Nearest(unknown, EventKindConverter.Names);
            throw new UsageException(
                $"--kind '{unknown}' is not valid; expected {CliOption.Join(EventKindConverter.Names)}. {nearest}".TrimEnd());
        }

        var count = line.GetValue(_count);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var signals = new StopSignals(stopping.Cancel, () => Environment.Exit(ExitCode.Aborted));
        using var client = new NodeClient(address);
        var path = (id is null ? "v1/events" : $"v1/recorders/{id}/events") +
            (kinds.Count == 0 ? "" : "?" + string.Join('&', kinds.Select(kind => "kind=" + kind)));
        try
        {
            var json = _node.IsJson(line);
            var follower = new EventFollower(client, path, line.GetValue(_after), console);
            await foreach (var followed in follower.ReadAsync(stopping.Token))
            {
                console.Line(json ? followed.Text : EventLine.Of(followed, console));
                if (--count == 0)
                    break;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The user pressed Ctrl-C.
        }

        return ExitCode.Done;
    }
}
