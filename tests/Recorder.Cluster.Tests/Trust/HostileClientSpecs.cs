using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Remote.Transport.DotNetty;
using Microsoft.Extensions.Logging;
using Recorder.Cluster.ControlPlane;
using Recorder.Cluster.Formations;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Tests.ControlPlane;
using Recorder.Cluster.Tests.Harness;
using Recorder.Cluster.Trust;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests.Trust;

/// <summary>Somebody who has a client's certificate and wants to be a node.</summary>
public sealed class HostileClientSpecs(ITestOutputHelper output) : IDisposable
{
    private const int Recorders = 4;

    private readonly TestFolder _folder = new();
    private readonly int[] _ports = [0, FreePort.Take(), FreePort.Take()];

    private string Client => _folder.File("certs/desk");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_client_becomes_no_node_whatever_it_says_and_the_nodes_go_on_recording()
    {
        await using var cluster = await StartAsync();
        // Nodes that find each other late form two clusters, of which one is given up.
        var endedAtStart = cluster.Lines.Count(said => said.Line.Contains("The control plane ended", StringComparison.Ordinal));
        var copy = Directory.CreateDirectory(_folder.File("copy")).FullName;

        // As it is, and with what a node's folder has besides.
        (await ServeAsync(Client)).ShouldContain("cluster.key' cannot be read");
        foreach (var (from, to) in new[] { ("client.pem", "node.pem"), ("client.key", "node.key"), ("ca.pem", "ca.pem") })
            File.Copy(Path.Combine(Client, from), Path.Combine(copy, to));

        await File.WriteAllTextAsync(Path.Combine(copy, "cluster.key"), Convert.ToBase64String(new byte[32]));
        (await ServeAsync(copy)).ShouldContain("its node.pem says client desk, and a node needs one that says node");

        // With a program that lets it try all the same.
        await JoinAsPlaneAsync(cluster, copy);
        await JoinAsSystemAsync(cluster, copy, "desk");
        await JoinAsSystemAsync(cluster, copy, "n2");

        foreach (var node in cluster.Nodes.Values)
        {
            var nodes = (await node.GetAsync("/v1/nodes")).GetProperty("nodes").EnumerateArray().ToList();
            nodes.Select(one => one.GetProperty("id").GetString()).ShouldBe(["n1", "n2"]);
            nodes.Select(one => one.GetProperty("state").GetString()).ShouldBe(["up", "up"]);
        }

        var ended = cluster.Lines.Where(said => said.Line.Contains("The control plane ended", StringComparison.Ordinal)).Select(said => $"n{said.Node}: {said.Line}").ToList();
        ended.Count.ShouldBe(endedAtStart, string.Join('\n', ended) + "\n" + cluster.Said());
        await cluster.StopAndIndexAsync(Recorders);
        var ledger = await Ledger.ReadAsync(cluster);
        output.WriteLine(ledger.Summarize());
        output.WriteLine(cluster.Said());
        ledger.HasNoHole();
        ledger.HasOneRecordingEach();
        await cluster.VerifyAsync();
    }

    private async Task<ClusterUnderTest> StartAsync()
    {
        await MakeCertificatesAsync(_folder.File("certs"));
        var cluster = await ClusterUnderTest.StartAsync(
            2, arguments: (number, _) => $"--cluster-certs {_folder.File($"certs/n{number}")} --cluster-port {_ports[number]}");
        await cluster.DefineAsync(Recorders);
        await cluster.StartAllAsync(Recorders);
        await cluster.UntilIndexedAsync(() => cluster.CountsAsync(Recorders, "SELECT COUNT(DISTINCT recorder) FROM extents"));
        return cluster;
    }

    /// <summary>The certificates of two nodes and of a client, as the commands make them.</summary>
    internal static async Task MakeCertificatesAsync(string folder)
    {
        foreach (var line in new[] { "ca", "node n1 --host 127.0.0.1", "node n2 --host 127.0.0.1", "client desk" })
        {
            var made = await Command.RunAsync(RecorderProcess.Program, ["cluster", "cert", .. line.Split(' '), "--dir", folder]);
            made.ExitCode.ShouldBe(0, made.Output + made.Error);
        }
    }

    private async Task<string> ServeAsync(string certificates)
    {
        var served = await Command.RunAsync(RecorderProcess.Program, [
            "serve", "--node", "desk", "--data", _folder.File("desk"), "--listen", $"127.0.0.1:{FreePort.Take()}", "--join", "127.0.0.1:1", "--cluster-certs", certificates]);
        served.ExitCode.ShouldNotBe(0);
        return served.Error;
    }

    // The control plane of a node, whose own check of its certificate is left out; it says of its certificate what n1 says.
    private async Task JoinAsPlaneAsync(ClusterUnderTest cluster, string folder)
    {
        var log = new LogOfPlanes();
        var loggers = new LoggerFactory([log.For("desk")]);
        using var trust = TrustFolder.Open(folder, _ => null, loggers.CreateLogger<TrustFolder>(), TimeProvider.System);
        var card = CardOf("desk", FreePort.Take());
        var side = new FakeNodeSide(card, []);
        var first = new Greeting(CardOf("n1", _ports[1]), new Formation(StartId.Draw(), "n1"), []);
        var options = new ControlPlaneOptions { Host = card.Host, Port = card.Port, BindAddress = card.Host, Trust = trust, Greet = _ => Task.FromResult<IReadOnlyList<Greeting>>([first]) };
        await using var service = new ControlPlaneService(side, options, loggers, TimeProvider.System);
        side.Plane = service;
        await service.StartAsync();

        await UntilAsync(() => log.Lines.Any(line => line.Contains($"127.0.0.1:{_ports[1]} refuses the connection of this node: this node's certificate says client desk", StringComparison.Ordinal)), () => string.Join('\n', log.Lines));
        await UntilAsync(() => SaysRefusal(cluster), () => cluster.Said());
        side.Members.ShouldNotContain(member => member.Node != "desk");
    }

    // An actor system that does nothing but join, as a member with the role and the name of a node.
    private async Task JoinAsSystemAsync(ClusterUnderTest cluster, string folder, string node)
    {
        using var certificate = X509Certificate2.CreateFromPemFile(Path.Combine(folder, "node.pem"), Path.Combine(folder, "node.key"));
        var port = FreePort.Take();
        var config = ConfigurationFactory.ParseString($$"""
            akka {
              stdout-loglevel = OFF
              loglevel = OFF
              actor.provider = cluster
              coordinated-shutdown { exit-clr = off, run-by-clr-shutdown-hook = off }
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{port}}, enable-ssl = true }
              cluster.roles = [recorder, "node={{node}}"]
            }
            """);
        var tls = new DotNettySslSetup(certificate, suppressValidation: true, requireMutualAuthentication: true, validateCertificateHostname: false, (_, _, _, _, _) => true);
        var system = ActorSystem.Create("recorder-cluster", ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config), tls));
        try
        {
            var member = Akka.Cluster.Cluster.Get(system);
            var refusedAt = CountRefusals(cluster);
            foreach (var target in _ports[1..])
                member.Join(new Address("akka.ssl.tcp", "recorder-cluster", "127.0.0.1", target));

            // A node says the same of the same peer once in ten minutes.
            await UntilAsync(() => refusedAt > 0 || CountRefusals(cluster) > 0, cluster.Said);
            await Task.Delay(TimeSpan.FromSeconds(3)); // In which nodes of this cluster have joined, as the start of each spec shows.
            member.State.Members.ShouldBeEmpty($"{node} has become a member");
        }
        finally
        {
            await system.Terminate();
        }
    }

    private NodeCard CardOf(string node, int port) => new()
    {
        Node = node,
        Start = StartId.Draw(),
        Folder = node,
        Cluster = "c1",
        Url = new Uri($"http://127.0.0.1:{port}"),
        Host = "127.0.0.1",
        Port = port,
        Certificate = NodeTrust.Read(_folder.File("certs/n1")).Card,
    };

    private static bool SaysRefusal(ClusterUnderTest cluster) => CountRefusals(cluster) > 0;

    private static int CountRefusals(ClusterUnderTest cluster) => cluster.Lines.Count(
        said => said.Line.Contains("Refuses the connection with client desk at 127.0.0.1: its certificate says client desk", StringComparison.Ordinal));

    private static async Task UntilAsync(Func<bool> holds, Func<string> describe)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (!holds())
        {
            waited.Elapsed.ShouldBeLessThan(RecorderProcess.Patience, describe());
            await Task.Delay(50);
        }
    }
}
