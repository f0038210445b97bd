using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Serving;

internal sealed class ClockCommand(CommandOutput console)
{
    public const string Description = "Show whether a node trusts its system clock, or make it trust the clock.";

    private const string TrustDescription =
        "Make the node trust its system clock: deletion by age continues, and recordings keep their age.";

    private readonly NodeOptions _node = new();

    private readonly Option<bool> _countOffTime = CliOption.Flag(
        "--count-off-time",
        "The node was off for as long as the clock is ahead: recordings age by that time, and can be deleted at once.");

    public Command Create()
    {
        var show = new Command("show", "Show whether the node trusts its system clock.");
        var trust = new Command("trust", TrustDescription) { _countOffTime };
        _node.AddTo(show).SetAction((line, token) => RunAsync(line, HttpMethod.Get, "v1/clock", null, token));
        _node.AddTo(trust).SetAction((line, token) => RunAsync(
            line, HttpMethod.Post, "v1/clock:trust", new JsonObject { ["countOffTime"] = line.GetValue(_countOffTime) }, token));
        return new Command("clock", Description) { show, trust };
    }

    private async Task<int> RunAsync(
        ParseResult line, HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var client = new NodeClient(_node.Read(line));
        var clock = await client.SendAsync(method, path, body, cancellationToken);
        console.Line(_node.IsJson(line) ? clock.GetRawText() : clock.Text("detail") ?? clock.Text("status") ?? "");
        return ExitCode.Done;
    }
}
