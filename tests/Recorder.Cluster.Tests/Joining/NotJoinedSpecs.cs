using System.Net;
using System.Net.Sockets;
using System.Text;
using Recorder.Cluster.Tests.Harness;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests.Joining;

/// <summary>What a node says when <c>--join</c> names something that it cannot join.</summary>
public sealed class NotJoinedSpecs(ITestOutputHelper log) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_node_on_its_own_and_one_that_wants_to_join_it_both_say_what_to_do_once()
    {
        await using var plain = await NodeProcess.StartAsync(_folder.File("plain"));
        var address = plain.Http.BaseAddress!.Authority;
        var port = FreePort.Take();
        await using var joining = await NodeProcess.StartAsync(_folder.File("n2"), $"--node n2 --listen 127.0.0.1:{port} --join {address}");
        var sentence = $"{address} answers, but is no node of a cluster: start it with --join 127.0.0.1:{port} (its recordings stay)";

        await UntilSaysAsync(joining, $"warning Cluster: {sentence}");
        await UntilSaysAsync(
            plain, $"warning RefusedGreetings: Node n2 at 127.0.0.1:{port} asked to form a cluster with this node, which is on its own: start this one with --join 127.0.0.1:{port}, ");
        (await DoctorAsync(joining)).ShouldContain($"\"check\":\"join {address}\",\"level\":\"warning\",\"detail\":\"{sentence[(address.Length + 1)..]}.\"");
        // It is asked each second.
        await Task.Delay(TimeSpan.FromSeconds(4));
        Count(joining, "is no node of a cluster").ShouldBe(1);
        Count(plain, "asked to form a cluster").ShouldBe(1);

        // Anybody may ask.
        foreach (var body in (string[])["{}", "null", "[", "{\"card\":{\"node\":\"a\"}}", ""])
        {
            using var asked = await plain.Http.PostAsync("/v1/nodes/self/greeting", new StringContent(body));
            asked.StatusCode.ShouldBe(System.Net.HttpStatusCode.Conflict, body);
        }

        // The way that both named.
        (await plain.EndAsync()).ShouldBe(0, plain.Said);
        await using var first = await NodeProcess.StartAsync(_folder.File("plain"), $"--node n1 --listen {address} --join 127.0.0.1:{port}");
        foreach (var node in new[] { first, joining })
            await node.GetUntilAsync("/v1/nodes", list => list.GetProperty("nodes").EnumerateArray().Count(one => one.GetProperty("state").GetString() == "up") == 2);

        (await joining.GetAsync("/v1/nodes")).TryGetProperty("notJoined", out _).ShouldBeFalse();
        log.WriteLine(joining.Said + "\n---\n" + plain.Said);
    }

    [Fact]
    public async Task For_each_address_a_node_says_why_it_is_not_joined()
    {
        await File.WriteAllTextAsync(_folder.File("key"), Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray()));
        var other = FreePort.Take();
        await using var otherKey = await NodeProcess.StartAsync(_folder.File("n1"), $"--node n1 --listen 127.0.0.1:{other} --join 127.0.0.1:{FreePort.Take()} --cluster-key {_folder.File("key")}");
        var (page, noise) = (Serve("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\nConnection: close\r\n\r\n<p/>"), Serve("SSH-2.0-OpenSSH_9.2\r\n"));
        var (nothing, problem) = (
            Serve("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"),
            Serve("HTTP/1.1 500 Oops\r\nContent-Type: application/problem+json\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnull"));
        var nobody = FreePort.Take();
        var own = FreePort.Take();

        await using var node = await NodeProcess.StartAsync(
            _folder.File("n2"),
            $"--node n2 --listen 127.0.0.1:{own} --join 127.0.0.1:{other} --join 127.0.0.1:{PortOf(page)} --join 127.0.0.1:{PortOf(noise)} --join 127.0.0.1:{nobody} --join no-such-host.invalid:8080"
                + $" --join 127.0.0.1:{PortOf(nothing)} --join 127.0.0.1:{PortOf(problem)}");

        await UntilSaysAsync(node, $"127.0.0.1:{other} answers, but has another cluster key: give both nodes the same --cluster-key");
        await UntilSaysAsync(otherKey, $"Node n2 at 127.0.0.1:{own} asked to join this node's cluster, but has another cluster key");
        await UntilSaysAsync(node, $"127.0.0.1:{PortOf(page)} answers with HTTP 200, but is no recorder: correct --join");
        await UntilSaysAsync(node, $"127.0.0.1:{PortOf(nothing)} answers with HTTP 200, but is no recorder: correct --join");
        await UntilSaysAsync(node, $"127.0.0.1:{PortOf(problem)} answers with HTTP 500, but is no recorder: correct --join");
        await UntilSaysAsync(node, $"127.0.0.1:{PortOf(noise)} answers, but not in HTTP");
        await UntilSaysAsync(node, $"info Cluster: 127.0.0.1:{nobody} does not answer (Connection refused");
        await UntilSaysAsync(node, "no-such-host.invalid:8080 cannot be resolved");
        var doctor = await DoctorAsync(node);
        foreach (var address in new[] { $"127.0.0.1:{other}", $"127.0.0.1:{PortOf(page)}", $"127.0.0.1:{PortOf(noise)}", $"127.0.0.1:{nobody}", "no-such-host.invalid:8080" })
            doctor.ShouldContain($"\"check\":\"join {address}\"");

        log.WriteLine(node.Said);
        page.Dispose();
        noise.Dispose();
        nothing.Dispose();
        problem.Dispose();
    }

    // The other serves TLS, or this node does.
    [Theory]
    [InlineData(true, "answers, but not in HTTP (", "does it serve TLS, which this node does not")]
    [InlineData(false, "answers, but does not serve TLS, or its certificate is not trusted here (")]
    public async Task Of_two_nodes_of_which_one_serves_TLS_the_other_says_so(bool otherServesTls, params string[] parts)
    {
        var made = await Command.RunAsync("openssl", [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost", "-days", "2",
            "-keyout", _folder.File("tls.key"), "-out", _folder.File("tls.pem")]);
        made.ExitCode.ShouldBe(0, made.Error);
        var tls = $"--tls-cert {_folder.File("tls.pem")} --tls-key {_folder.File("tls.key")}";
        var (other, own) = (FreePort.Take(), FreePort.Take());
        await using var asked = await NodeProcess.StartAsync(_folder.File("n1"), $"--node n1 --listen 127.0.0.1:{other} --join 127.0.0.1:{own} {(otherServesTls ? tls : "")}");
        await using var node = await NodeProcess.StartAsync(_folder.File("n2"), $"--node n2 --listen 127.0.0.1:{own} --join 127.0.0.1:{other} {(otherServesTls ? "" : tls)}");

        await UntilSaysAsync(node, [$"warning Cluster: 127.0.0.1:{other} ", .. parts]);
        log.WriteLine(node.Said);
    }

    private static int Count(NodeProcess node, string text) => node.Said.Split('\n').Count(line => line.Contains(text, StringComparison.Ordinal));

    private static async Task UntilSaysAsync(NodeProcess node, params string[] parts)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (!node.Said.Split('\n').Any(line => parts.All(part => line.Contains(part, StringComparison.Ordinal))))
        {
            waited.Elapsed.ShouldBeLessThan(RecorderProcess.Patience, $"{string.Join("…", parts)}\n{node.Said}");
            await Task.Delay(50);
        }
    }

    private static async Task<string> DoctorAsync(NodeProcess node)
    {
        var doctor = await Command.RunAsync(RecorderProcess.Program, ["cluster", "doctor", "--json", "--node", node.Http.BaseAddress!.ToString()]);
        return doctor.Output + doctor.Error;
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    // Answers each connection with the same text, until it is stopped.
    private static TcpListener Serve(string answer)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = ServeAsync();
        return listener;

        async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync();
                    await client.GetStream().ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false);
                    await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));
                    await Task.Delay(20); // What was sent is read before the connection is reset.
                }
            }
            catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or IOException)
            {
                // The spec has what it wants.
            }
        }
    }
}
