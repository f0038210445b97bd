using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Tests.ControlPlane;
using Recorder.Cluster.Trust;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests.Trust;

/// <summary>Control planes that know each other by certificates, and some that do not.</summary>
public sealed class TrustedPlanesSpecs(ITestOutputHelper output) : IDisposable
{
    private readonly CertificatesUnderTest _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task Nodes_of_one_CA_join_and_take_a_new_certificate_while_their_recorders_stay_held()
    {
        await using var planes = new PlanesUnderTest(recorders: 4)
        {
            TrustOf = node => _certificates.Open(_certificates.MakeNode(node, days: 20), NullLogger.Instance),
        };
        await planes.StartAsync("n1", "n2");
        await planes.UntilMembersAsync("n1", "n2");
        await planes.UntilEachHasOneHolderAsync("n1", "n2");
        var before = planes["n1"].Service.System;

        _certificates.MakeNode("n1");

        await planes.UntilAsync(() =>
        {
            planes.Wanted.ShouldAllBe(recorder => planes.HoldersOf(recorder).Any());
            return planes["n1"].Service.System is { } now && now != before && planes.AreMembers("n1", "n2");
        }, "n1 is a member with its new certificate");
        planes.Log.ShouldContain(line => line.Contains(" n1 ") && line.Contains("The control plane ended (its certificate was renewed) and starts again"));
        await planes.UntilEachHasOneHolderAsync("n1", "n2");
        Show(planes);
    }

    [Fact]
    public async Task Nodes_with_wrong_certificates_are_refused_and_both_sides_say_why()
    {
        await using var planes = WithWrongNodes(lies: node => node is not ("expired" or "plain"));
        await planes.StartAsync("n1");
        await planes.UntilMembersAsync("n1");

        await planes.StartAsync("foreign", "expired", "client", "plain");

        await UntilSaysAsync(planes, "n1", "Refuses the connection with node foreign at 127.0.0.1: ", "is not signed by this cluster's CA");
        await UntilSaysAsync(planes, "n1", "Refuses the connection with client client at 127.0.0.1: its certificate says client client");
        await UntilSaysAsync(planes, "n1", $"Refuses the connection with node expired at 127.0.0.1:{planes["expired"].Card.Port}: its certificate expired on ");
        var refused = $" 127.0.0.1:{planes["n1"].Card.Port} refuses the connection of this node: this node's certificate";
        await UntilSaysAsync(planes, "foreign", refused, "is not signed by this cluster's CA");
        await UntilSaysAsync(planes, "client", refused, "says client client");
        await UntilSaysAsync(planes, "expired", "The certificate of node expired expired on ", "other nodes refuse this one");
        await UntilSaysAsync(planes, "n1", "Refuses the connection with node plain at ", "it shows no certificate. Start it with --cluster-certs");
        await UntilSaysAsync(planes, "plain", "Refuses the connection with node n1 at ", "this node has none. Start this node with --cluster-certs");
        foreach (var node in new[] { "foreign", "expired", "client", "plain" })
            planes.AreMembers("n1", node).ShouldBeFalse();

        Show(planes);
        planes.Log.ShouldNotContain(line => line.Contains("TLS", StringComparison.Ordinal) || line.Contains("gated", StringComparison.Ordinal));
    }

    // Akka.Remote would end the control plane of a node that connects to one with a wrong certificate.
    [Fact]
    public async Task A_node_that_connects_to_one_of_another_cluster_goes_on_without_it()
    {
        await using var planes = WithWrongNodes(lies: _ => true);
        await planes.StartAsync("other");
        await planes.UntilMembersAsync("other");

        await planes.StartAsync("n1");

        await UntilSaysAsync(planes, "n1", $"Refuses the connection with 127.0.0.1:{planes["other"].Card.Port}: ", "is not signed by this cluster's CA");
        await UntilSaysAsync(planes, "other", "Refuses the connection with node n1 at 127.0.0.1: ", "is not signed by this cluster's CA");
        await planes.UntilMembersAsync("n1");
        Show(planes);
        planes.Log.ShouldNotContain(line => line.Contains(" n1 ") && line.Contains("The control plane ended", StringComparison.Ordinal));
        planes.Log.ShouldNotContain(line => line.Contains("TLS", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_that_says_it_has_a_certificate_and_has_none_is_refused()
    {
        var good = _certificates.MakeNode("n1");
        await using var planes = new PlanesUnderTest(recorders: 1)
        {
            TrustOf = node => node == "n1" ? _certificates.Open(good, NullLogger.Instance) : null,
            // Each hears what it wants to hear, so that they do connect.
            ClaimOf = node => node == "n1" ? null : NodeTrust.Read(good).Card,
        };
        await planes.StartAsync("n1");
        await planes.UntilMembersAsync("n1");

        await planes.StartAsync("plain");

        await UntilSaysAsync(planes, "n1", "Refuses the connection with 127.0.0.1: it does not speak TLS", "--cluster-certs");
        planes.AreMembers("n1").ShouldBeTrue();
        Show(planes);
    }

    // n1 is well, and the others are wrong as they are called; who lies says of its certificate what n1 says.
    private PlanesUnderTest WithWrongNodes(Func<string, bool> lies)
    {
        var folders = new Dictionary<string, TrustFolder?>();
        var good = _certificates.MakeNode("n1");
        PlanesUnderTest? planes = null;
        return planes = new PlanesUnderTest(recorders: 1)
        {
            TrustOf = node => folders[node] = node == "plain"
                ? null
                : _certificates.Open(node == "n1" ? good : _certificates.MakeWrong(node), planes!.LogOf(node).CreateLogger<TrustFolder>()),
            ClaimOf = node => lies(node) ? NodeTrust.Read(good).Card : folders[node]?.Current.Card,
        };
    }

    private static Task<TimeSpan> UntilSaysAsync(PlanesUnderTest planes, string node, params string[] parts) => planes.UntilAsync(
        () => planes.Log.Any(line => line.Contains($" {node} ") && parts.All(part => line.Contains(part, StringComparison.Ordinal))),
        $"{node} says {string.Join("…", parts)}");

    private void Show(PlanesUnderTest planes) => output.WriteLine(string.Join('\n', planes.Log));
}
