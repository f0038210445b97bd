using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Trust;
using Recorder.Cluster.Wire;

namespace Recorder.Cluster.Tests.Trust;

/// <summary>Which certificates a node accepts, and which it can use itself.</summary>
public sealed class NodeTrustSpecs : IDisposable
{
    private readonly CertificatesUnderTest _certificates = new();
    private readonly NodeTrust _own;

    public NodeTrustSpecs() => _own = NodeTrust.Read(_certificates.MakeNode("n1"));

    private static DateTimeOffset Now => DateTimeOffset.UtcNow;

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public void A_node_of_the_same_CA_is_accepted_at_its_hosts()
    {
        var other = NodeTrust.Read(_certificates.MakeNode("n2")).Certificate;

        _own.Check(other, null, Now).ShouldBeNull();
        _own.Check(other, "127.0.0.1", Now).ShouldBeNull();
        _own.Check(other, "localhost", Now).ShouldBeNull();
        _own.Check(other, "10.0.0.9", Now)!.Reason.ShouldBe("its certificate is for 127.0.0.1, localhost, and not for 10.0.0.9");
    }

    [Theory]
    [InlineData("foreign", "its certificate (CN=foreign, OU=node) is not signed by this cluster's CA")]
    [InlineData("expired", "its certificate expired on ")]
    [InlineData("client", "its certificate says client client")]
    public void Others_are_refused_with_a_reason(string how, string reason) =>
        _own.Check(NodeTrust.Read(_certificates.MakeWrong(how)).Certificate, null, Now)!.Reason.ShouldStartWith(reason);

    [Fact]
    public void Nothing_else_is_a_node()
    {
        _own.Check(null, null, Now).ShouldBe(Refusal.NoCertificate);
        _own.Check(X509CertificateLoader.LoadCertificateFromFile(_certificates.Own.PathOf("ca.pem")), null, Now)!.Reason
            .ShouldBe("its certificate says neither node nor client");
        _own.Check(_own.Certificate, null, Now.AddYears(-1))!.Reason.ShouldStartWith("its certificate is not valid before ");
        _own.Check(_own.Certificate, null, Now.AddYears(2))!.Reason.ShouldStartWith("its certificate expired on ");
    }

    [Fact]
    public void A_certificate_that_a_client_signed_is_refused()
    {
        using var client = NodeTrust.Read(_certificates.MakeWrong("client")).Certificate;
        using var key = client.GetECDsaPrivateKey()!;
        var request = new CertificateRequest("CN=n2", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri("recorder://node/n2"));
        request.CertificateExtensions.Add(names.Build());
        using var forged = request.Create(
            client.SubjectName, X509SignatureGenerator.CreateForECDsa(key), Now.AddHours(-1), Now.AddHours(1), [1, 2, 3]);

        _own.Check(forged, null, Now).ShouldNotBeNull();
    }

    [Fact]
    public void A_certificate_that_says_two_things_says_nothing()
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri("recorder://client/n2"));
        names.AddUri(new Uri("recorder://node/n2"));
        using var key = System.Security.Cryptography.ECDsa.Create();
        var request = new CertificateRequest("CN=n2", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        using var both = request.CreateSelfSigned(Now.AddHours(-1), Now.AddHours(1));

        CertificateIdentity.Of(both).ShouldBe(CertificateIdentity.Unknown);
    }

    [Fact]
    public void Two_CAs_are_accepted_while_a_cluster_changes_its_CA()
    {
        var folder = _certificates.Own.PathOf("n1");
        File.AppendAllText(Path.Combine(folder, "ca.pem"), File.ReadAllText(_certificates.Foreign.PathOf("ca.pem")));

        NodeTrust.Read(folder).Check(NodeTrust.Read(_certificates.MakeWrong("foreign")).Certificate, null, Now).ShouldBeNull();
    }

    [Fact]
    public void What_a_node_says_of_its_certificate_decides_whether_it_is_connected_to()
    {
        NodeTrust.Check(null, null, Now).ShouldBeNull();
        NodeTrust.Check(_own, _own.Card, Now).ShouldBeNull();
        NodeTrust.Check(null, _own.Card, Now).ShouldBe(Refusal.CertificatesExpected);
        NodeTrust.Check(_own, null, Now).ShouldBe(Refusal.NoCertificate);
        NodeTrust.Check(_own, new CardCertificate("another", Now.AddDays(1)), Now)!.Reason.ShouldContain("is not signed by this cluster's CA");
        NodeTrust.Check(_own, _own.Card with { Until = Now.AddDays(-1) }, Now)!.Reason.ShouldStartWith("its certificate expired on ");
    }

    [Fact]
    public void A_card_carries_the_certificate_to_the_others()
    {
        var card = new NodeCard
        {
            Node = "n1",
            Start = new StartId(1),
            Folder = "f1",
            Cluster = "c1",
            Url = new Uri("http://n1:8080"),
            Host = "n1",
            Port = 4053,
            Certificate = new CardCertificate("ab12", new DateTimeOffset(2027, 1, 2, 3, 4, 5, TimeSpan.Zero)),
        };

        var json = JsonSerializer.Serialize(new Greeting(card, null, []), WireJson.Default.Greeting);

        json.ShouldContain("""
            "certificate":{"authority":"ab12","until":"2027-01-02T03:04:05+00:00"}
            """.Trim());
        JsonSerializer.Deserialize(json, WireJson.Default.Greeting)!.Card.Certificate.ShouldBe(card.Certificate);
    }

    [Fact]
    public void A_node_cannot_use_the_certificate_of_another_or_of_a_client()
    {
        _own.FindProblem("n1", "localhost").ShouldBeNull();
        _own.FindProblem("n2", "localhost").ShouldBe("its node.pem is for the node n1, and this one is n2");
        _own.FindProblem("n1", "10.0.0.9").ShouldBe("its node.pem is for 127.0.0.1, localhost, and the other nodes reach this one at 10.0.0.9");
        NodeTrust.Read(_certificates.MakeWrong("client")).FindProblem("client", "127.0.0.1").ShouldBe("its node.pem says client client, and a node needs one that says node");
        NodeTrust.Read(_certificates.MakeWrong("foreign")).FindProblem("foreign", "127.0.0.1").ShouldBe("its node.pem is not signed by its ca.pem");
        Should.Throw<TrustException>(() => NodeTrust.Read(_certificates.FolderOf("nowhere"))).Message.ShouldContain("recorder cluster cert node");
    }
}
