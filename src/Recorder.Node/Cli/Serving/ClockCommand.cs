using System.CommandLine;
using System.Text.Json.Nodes;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Serving;

/// <summary><c>recorder clock</c>: whether a node believes its system clock, and the word that it may.</summary>
internal sealed class ClockCommand(CommandOutput console)
{
    private readonly NodeOptions _node = new();

    private readonly Option<bool> _countOffTime = new("--count-off-time")
    {
        Description = "The node was off for as long as the clock is ahead: recordings get older by that, and may be removed at once.",
        Arity = ArgumentArity.Zero,
    };

    /// <summary>The command with its own.</summary>
    public Command Create()
    {
        var show = new Command("show", "Show whether the node goes by its system clock.");
        var trust = new Command("trust", "Say that the system clock is right: removing by age goes on, and recordings keep their age.") { _countOffTime };
        _node.AddTo(show).SetAction((line, cancellationToken) => RunAsync(line, HttpMethod.Get, "v1/clock", null, cancellationToken));
        _node.AddTo(trust).SetAction((line, cancellationToken) => RunAsync(
            line, HttpMethod.Post, "v1/clock:trust", new JsonObject { ["countOffTime"] = line.GetValue(_countOffTime) }, cancellationToken));
        return new Command("clock", "Show whether a node trusts its system clock, or say that it may.") { show, trust };
    }

    private async Task<int> RunAsync(ParseResult line, HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        var reader = new OptionReader(line);
        var node = _node.Read(reader);
        if (reader.Problem is { } problem)
        {
            return await console.RefuseAsync(problem);
        }

        using var client = new NodeClient(node);
        var clock = await client.SendAsync(method, path, body, cancellationToken);
        console.Line(_node.IsJson(line) ? clock.GetRawText() : clock.Text("detail") ?? clock.Text("status") ?? "");
        return ExitCode.Done;
    }
}
