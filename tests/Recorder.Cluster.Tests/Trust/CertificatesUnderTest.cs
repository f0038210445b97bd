using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Recorder.Cluster.Trust;
using Recorder.Node.Cluster.Certificates;

namespace Recorder.Cluster.Tests.Trust;

/// <summary>Folders with the certificates of one cluster and of another, as the command makes them.</summary>
internal sealed class CertificatesUnderTest : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("recorder-certs-");
    private readonly List<TrustFolder> _folders = [];

    public CertificatesUnderTest()
    {
        Own = MakeAuthority("own");
        Foreign = MakeAuthority("foreign");
    }

    public CertificateFolder Own { get; }

    public CertificateFolder Foreign { get; }

    public string Root => _root.FullName;

    public string FolderOf(string name) => Path.Combine(_root.FullName, name);

    /// <summary>Makes the bundle of a node of this cluster, or renews it.</summary>
    public string MakeNode(string node, int days = 365)
    {
        Own.CreateBundle(new CertificateIdentity(CertificateRole.Node, node), ["127.0.0.1", "localhost"], days).Dispose();
        return Own.PathOf(node);
    }

    /// <summary>Opens a folder whatever its certificate is, as nobody does but somebody who cheats.</summary>
    public TrustFolder Open(string folder, ILogger logger)
    {
        var opened = TrustFolder.Open(folder, _ => null, logger, TimeProvider.System);
        _folders.Add(opened);
        return opened;
    }

    /// <summary>A folder with a certificate that is wrong in one way; but for that of another cluster it trusts this cluster's CA.</summary>
    public string MakeWrong(string how)
    {
        var identity = new CertificateIdentity(how == "client" ? CertificateRole.Client : CertificateRole.Node, how);
        var folder = Directory.CreateDirectory(FolderOf("wrong-" + how)).FullName;
        File.Copy((how == "other" ? Foreign : Own).PathOf("ca.pem"), Path.Combine(folder, "ca.pem"));
        using var authority = Read(how is "foreign" or "other" ? Foreign : Own);
        var now = DateTimeOffset.UtcNow;
        using var made = how == "expired"
            ? CertificateIssuer.Issue(authority, identity, ["127.0.0.1"], now.AddDays(-3), now.AddDays(-1))
            : CertificateIssuer.Issue(authority, identity, how == "host" ? ["10.9.8.7"] : ["127.0.0.1"], now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(Path.Combine(folder, "node.pem"), made.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "node.key"), made.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return folder;
    }

    public void Dispose()
    {
        _folders.ForEach(folder => folder.Dispose());
        _root.Delete(recursive: true);
    }

    private CertificateFolder MakeAuthority(string name)
    {
        new CertificateFolder(FolderOf(name), new TenDaysAgo()).CreateAuthority(365).Dispose();
        return new CertificateFolder(FolderOf(name), TimeProvider.System);
    }

    private static X509Certificate2 Read(CertificateFolder folder) => X509Certificate2.CreateFromPemFile(folder.PathOf("ca.pem"), folder.PathOf("ca.key"));

    // No certificate is valid before its CA's.
    private sealed class TenDaysAgo : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddDays(-10);
    }
}
