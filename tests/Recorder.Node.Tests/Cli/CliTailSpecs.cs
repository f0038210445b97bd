using System.Net;
using System.Net.Sockets;
using System.Text;
using Recorder.Node.Cli.Client;
using Recorder.Node.Cli.Events;

namespace Recorder.Node.Tests.Cli;

/// <summary><c>recorder tail</c> against a real node, and against a scripted one that closes the connection.</summary>
public sealed class CliTailSpecs
{
    [Fact]
    public async Task Events_of_a_recording_are_printed_in_order()
    {
        await using var node = await CliNode.StartAsync();
        await node.RunAsync("add", "hall", "test:?size=64x48");
        await node.RunAsync("start", "hall", "--timeslice", "100ms", "--duration", "300ms");

        var events = await node.JsonAsync("tail", "hall", "--after", "0", "--kind", "start,stop", "-n", "2");

        events.Select(raised => raised["event"]!.GetValue<string>()).ShouldBe(["start", "stop"]);
        var told = await node.RunAsync("tail", "--after", "0", "--kind", "stop", "--count", "1");
        told.ShouldMatch(@"^\d\d:\d\d:\d\d\.\d{3}  hall  stop           \w+: 0\.\d+ s, [\d.]+ kB, \d blobs?\n$");
    }

    [Fact]
    public async Task An_unknown_recorder_is_refused()
    {
        await using var node = await CliNode.StartAsync();

        (await node.RunAsync(1, "tail", "nobody")).ShouldStartWith("recorder: There is no recorder 'nobody'");
    }

    [Fact]
    public async Task A_broken_event_stream_continues_after_the_last_event()
    {
        using var node = new ScriptedNode(
            "id: 7\nevent: start\ndata: {\"event\":\"start\",\"recorder\":\"hall\"}\n\n: still here\nid: 9\n\n",
            "id: 10\nevent: stop\ndata: {\"event\":\"stop\",\"recorder\":\"hall\"}\n\nid: 11\nevent: mark\ndata: {\"half",
            "id: 11\nevent: mark\ndata: {\"event\":\"mark\",\"recorder\":\"hall\"}\n\n");
        var terminal = new Terminal();
        using var client = new NodeClient(new NodeAddress(node.Address, "the-key"));
        var follower = new EventFollower(client, "v1/events", 3, terminal.Console, (_, _) => Task.CompletedTask);

        var seen = new List<(long, string)>();
        await foreach (var followed in follower.ReadAsync(CancellationToken.None))
        {
            seen.Add((followed.Number, followed.Kind));
            if (seen.Count == 3)
                break;
        }

        seen.ShouldBe([(7, "start"), (10, "stop"), (11, "mark")]);
        node.LastEventIds.ShouldBe(["3", "9", "10"]);
        node.Keys.ShouldAllBe(key => key == "Bearer the-key");
        terminal.Error.ShouldContain("closed the event stream; reconnecting.");
    }

    /// <summary>Answers each request with the next text, and closes the connection.</summary>
    private sealed class ScriptedNode : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly string[] _answers;

        public ScriptedNode(params string[] answers)
        {
            _answers = answers;
            _listener.Start();
            Address = new Uri($"http://{_listener.LocalEndpoint}/");
            _ = ServeAsync();
        }

        public Uri Address { get; }

        public List<string> LastEventIds { get; } = [];

        public List<string> Keys { get; } = [];

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync()
        {
            foreach (var answer in _answers)
            {
                using var connection = await _listener.AcceptTcpClientAsync();
                using var reader = new StreamReader(connection.GetStream());
                while (await reader.ReadLineAsync() is { Length: > 0 } header)
                {
                    Keep(header, "Last-Event-ID: ", LastEventIds);
                    Keep(header, "Authorization: ", Keys);
                }

                await connection.GetStream().WriteAsync(
                    Encoding.UTF8.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n" + answer));
            }
        }

        private static void Keep(string header, string name, List<string> kept)
        {
            if (header.StartsWith(name, StringComparison.OrdinalIgnoreCase))
                kept.Add(header[name.Length..]);
        }
    }
}
