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

    [Theory]
    [InlineData("foreign", "is not signed by this cluster's CA")]
    [InlineData("expired", "its certificate expired on ")]
    [InlineData("client", "its certificate says client n2")]
    public async Task A_node_with_a_wrong_certificate_is_refused_whatever_it_says_and_both_sides_say_why(string how, string reason)
    {
        var good = _certificates.MakeNode("n1");
        await using var planes = new PlanesUnderTest(recorders: 1)
        {
            TrustOf = node => _certificates.Open(node == "n1" ? good : _certificates.MakeWrong(how), NullLogger.Instance),
            ClaimOf = _ => NodeTrust.Read(good).Card,
        };
        await planes.StartAsync("n1");
        await planes.UntilMembersAsync("n1");
        await planes.UntilAsync(() => planes.HoldersOf(planes.Wanted[0]).Any(), "n1 records");
        var before = planes["n1"].Service.System;

        await planes.StartAsync("n2");

        await planes.UntilAsync(() => Says(planes, "n1", "Refuses the connection with ", reason), "n1 says whom it refuses");
        await planes.UntilAsync(() => Says(planes, "n2", "127.0.0.1:", " refuses this node's certificate: "), "n2 says that it is refused");
        if (how == "expired")
            planes.Log.ShouldContain(line => line.Contains(" n2 ") && line.Contains(" refuses this node's certificate: its certificate expired on "));

        planes.AreMembers("n1").ShouldBeTrue();
        planes["n2"].Side.Members.ShouldNotContain(card => card.Node == "n1");
        planes["n1"].Service.System.ShouldBe(before);
        Show(planes);
    }

    [Theory]
    [InlineData(true)] // It says what it has, and is not connected to.
    [InlineData(false)] // It says that it has one, and its connection is refused.
    public async Task A_node_without_certificates_is_refused_and_both_sides_say_why(bool says)
    {
        var good = _certificates.MakeNode("n1");
        await using var planes = new PlanesUnderTest(recorders: 1)
        {
            TrustOf = node => node == "n1" ? _certificates.Open(good, NullLogger.Instance) : null,
            ClaimOf = node => says == (node == "n1") ? NodeTrust.Read(good).Card : null,
        };
        await planes.StartAsync("n1");
        await planes.UntilMembersAsync("n1");

        await planes.StartAsync("n2");

        await planes.UntilAsync(() => Says(planes, "n1", "Refuses the connection with ", "--cluster-certs"), "n1 says whom it refuses");
        if (says)
        {
            await planes.UntilAsync(() => Says(planes, "n2", "Refuses the connection with node n1", "Start this node with --cluster-certs"), "n2 says what it lacks");
            await planes.UntilAsync(() => planes.AreMembers("n2"), "n2 is alone");
        }

        planes.AreMembers("n1").ShouldBeTrue();
        Show(planes);
    }

    private static bool Says(PlanesUnderTest planes, string node, params string[] parts) =>
        planes.Log.Any(line => line.Contains($" {node} ") && parts.All(part => line.Contains(part, StringComparison.Ordinal)));

    private void Show(PlanesUnderTest planes) => output.WriteLine(string.Join('\n', planes.Log));
}
