using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Cli.Nodes;

/// <summary><c>recorder node</c>: the nodes of a cluster, by any of them.</summary>
internal sealed class NodeCommand(CommandOutput console)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly NodeOptions _node = new();
    private readonly Argument<string> _name = new("NAME") { Description = "The node's name, as 'recorder node ls' shows it." };
    private readonly Option<bool> _wait = new("--wait") { Description = "Return when nothing is left on it.", Arity = ArgumentArity.Zero };

    /// <summary>The command with its own.</summary>
    public Command Create()
    {
        var list = new Command("ls", "List the nodes.");
        var drain = new Command("drain", "Let a node hand over what it records, and take nothing more.") { _name, _wait };
        var resume = new Command("resume", "Let a node that was drained take part again.") { _name };
        var remove = new Command("rm", "Remove a node that is gone for good.") { _name };
        _node.AddTo(list).SetAction((line, ending) => RunAsync(line, ListAsync, ending));
        _node.AddTo(drain).SetAction((line, ending) => RunAsync(line, DrainAsync, ending));
        _node.AddTo(resume).SetAction((line, ending) => RunAsync(line, (client, it, end) => SendAsync(client, it, HttpMethod.Post, ":resume", end), ending));
        _node.AddTo(remove).SetAction((line, ending) => RunAsync(line, (client, it, end) => SendAsync(client, it, HttpMethod.Delete, "", end), ending));
        return new Command("node", "List, drain and remove nodes of a cluster.") { list, drain, resume, remove };
    }

    private async Task<int> RunAsync(ParseResult line, Func<NodeClient, ParseResult, CancellationToken, Task> action, CancellationToken ending)
    {
        using var client = new NodeClient(_node.Read(line));
        await action(client, line, ending);
        return ExitCode.Done;
    }

    private async Task ListAsync(NodeClient client, ParseResult line, CancellationToken ending)
    {
        var nodes = (await client.SendAsync(HttpMethod.Get, "v1/nodes", null, ending)).FirstArray().ToList();
        if (_node.IsJson(line))
        {
            nodes.ForEach(node => console.Line(node.GetRawText()));
            return;
        }

        var table = new TextTable("NODE", "STATE", "RECORDERS", "RATE", "WRITE", "CAPACITY", "LABELS", "URL");
        foreach (var node in nodes)
        {
            var state = node.Text("state") ?? "";
            table.Add(
                node.Text("id") ?? "", new Cell(state, state == "up" ? Tone.Good : state == "dead" ? Tone.Bad : Tone.Warning),
                node.GetProperty("recorders").ToString(), $"{node.GetProperty("bytesPerSecond").GetInt64() / 1000} kB/s",
                $"{node.GetProperty("writeLatency").GetDouble():0.0} ms", node.GetProperty("capacity").ToString(),
                string.Join(" ", node.GetProperty("labels").EnumerateObject().Select(label => $"{label.Name}:{label.Value}")), node.Text("url") ?? "");
        }

        table.Write(console);
    }

    private async Task DrainAsync(NodeClient client, ParseResult line, CancellationToken ending)
    {
        await SendAsync(client, line, HttpMethod.Post, ":drain", ending);
        var name = line.GetValue(_name);
        while (line.GetValue(_wait))
        {
            var nodes = (await client.SendAsync(HttpMethod.Get, "v1/nodes", null, ending)).FirstArray();
            var left = nodes.FirstOrDefault(node => node.Text("id") == name) is { ValueKind: JsonValueKind.Object } found
                ? found.GetProperty("recorders").GetInt32()
                : 0;
            if (left == 0)
            {
                console.Line($"{name}: nothing is left on it");
                return;
            }

            await Task.Delay(Interval, ending);
        }
    }

    private async Task SendAsync(NodeClient client, ParseResult line, HttpMethod method, string verb, CancellationToken ending)
    {
        var name = line.GetValue(_name)!;
        var answer = await client.SendAsync(method, $"v1/nodes/{Uri.EscapeDataString(name)}{verb}", null, ending);
        console.Line(answer.ValueKind == JsonValueKind.Undefined ? $"{name}: removed"
            : _node.IsJson(line) ? answer.GetRawText()
            : $"{name}: {answer.Text("state")}, {answer.GetProperty("recorders")} recorders");
    }
}
