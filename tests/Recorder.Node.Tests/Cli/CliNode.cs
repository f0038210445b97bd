using System.Text.Json.Nodes;
using Recorder.Node.Cli;
using Recorder.Node.Configuration;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Cli;

/// <summary>A node in this process, and command lines that talk to it as a user's would.</summary>
internal sealed class CliNode : IAsyncDisposable
{
    private CliNode(ServedNode served) => Served = served;

    public ServedNode Served { get; }

    public string Url => Served.Host.Address.ToString();

    public static async Task<CliNode> StartAsync(Func<ServeOptions, ServeOptions>? change = null, TimeProvider? time = null) =>
        new(await ServedNode.StartAsync(change, time));

    /// <summary>Runs a command that must succeed; what it says.</summary>
    public Task<string> RunAsync(params string[] arguments) => RunAsync(0, arguments);

    /// <summary>Runs a command; what it says, or for a failure the sentence on standard error.</summary>
    public async Task<string> RunAsync(int exitCode, params string[] arguments)
    {
        var terminal = new Terminal();
        var code = await CommandLine.RunAsync([.. arguments, "--node", Url], terminal.Console);
        code.ShouldBe(exitCode, terminal.Error + terminal.Output);
        return exitCode == 0 ? terminal.Output : terminal.Error;
    }

    /// <summary>Runs a command with <c>--json</c>.</summary>
    public async Task<IReadOnlyList<JsonNode>> JsonAsync(params string[] arguments) =>
        [.. (await RunAsync([.. arguments, "--json"])).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];

    public ValueTask DisposeAsync() => Served.DisposeAsync();
}
