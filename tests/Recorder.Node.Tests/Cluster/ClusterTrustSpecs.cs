using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Cluster.Trust;
using Recorder.Node.Cluster;
using Recorder.Node.Cluster.Certificates;
using Recorder.Node.Configuration;
using Recorder.Node.Tests.Cli;

namespace Recorder.Node.Tests.Cluster;

/// <summary>What a node of a cluster needs before it starts, and how it is refused without.</summary>
public sealed class ClusterTrustSpecs : IDisposable
{
    private readonly Folder _folder = new();
    private readonly CertificateFolder _certificates;

    public ClusterTrustSpecs()
    {
        Directory.CreateDirectory(_folder["data"]);
        _certificates = new CertificateFolder(_folder["certs"], TimeProvider.System);
        _certificates.CreateAuthority(100).Dispose();
        _certificates.CreateBundle(new CertificateIdentity(CertificateRole.Node, "n1"), ["127.0.0.1", "10.0.0.1"], 50).Dispose();
    }

    private ServeOptions Options => new()
    {
        DataFolder = _folder["data"],
        Node = "n1",
        ClusterPort = 4711,
        Listen = new IPEndPoint(IPAddress.Parse("10.0.0.1"), 8080),
        ClusterCertificates = _certificates.PathOf("n1"),
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_node_with_its_bundle_may_be_reached_from_other_machines()
    {
        Open(Options).Dispose();
        Open(Options with { ClusterCertificates = null, Listen = new IPEndPoint(IPAddress.Loopback, 8080) }).Dispose();
    }

    [Fact]
    public void Without_certificates_and_key_it_is_refused_with_the_command_that_makes_them() =>
        Refuse(Options with { ClusterCertificates = null }).ShouldStartWith(
            "10.0.0.1:8080 can be reached from other machines: give the node a certificate of 'recorder cluster cert node' with --cluster-certs DIR.");

    [Fact]
    public void A_key_beside_the_bundle_is_refused() =>
        Refuse(Options with { ClusterKey = "none" }).ShouldBe(
            $"Options '--cluster-key' and '--cluster-certs' cannot be used together: the key is {_certificates.PathOf("n1")}/cluster.key.");

    [Fact]
    public void A_bundle_of_another_node_or_host_or_none_is_refused()
    {
        var folder = _certificates.PathOf("n1");
        Refuse(Options with { Node = "n2" }).ShouldBe(
            $"--cluster-certs '{folder}' cannot be used: its node.pem is for the node n1, and this one is n2; 'recorder cluster cert node' makes another.");
        Refuse(Options with { Advertise = new Uri("http://recorder-1:8080") }).ShouldContain("and the other nodes reach this one at recorder-1");
        File.WriteAllText(Path.Combine(folder, "node.key"), "");
        Refuse(Options).ShouldStartWith($"--cluster-certs '{folder}' has no usable certificate of a node (");
        Refuse(Options with { ClusterCertificates = _folder["none"] }).ShouldStartWith($"--cluster-certs '{_folder["none"]}/cluster.key' cannot be read: ");
    }

    private static ClusterParts Open(ServeOptions options) => ClusterParts.Open(options, NullLoggerFactory.Instance, TimeProvider.System, TimeProvider.System);

    private static string Refuse(ServeOptions options)
    {
        var refused = Should.Throw<ServeException>(() => Open(options));
        refused.IsUsage.ShouldBeTrue();
        return refused.Message;
    }
}
