using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Recorder.Cluster.Trust;
using Recorder.Node.Security;

namespace Recorder.Node.Cluster.Certificates;

#pragma warning disable CA1416 // The node runs on Unix.

/// <summary>
/// The folder with a cluster's CA and secret, from which bundles are made: a folder for each node and client. Who has <c>ca.key</c> decides who is a node, so
/// that it stays here.
/// </summary>
internal sealed class CertificateFolder(string folder, TimeProvider time)
{
    public const string SecretFile = "cluster.key";
    public const string AuthorityFile = NodeTrust.AuthorityFile;
    public const string AuthorityKeyFile = "ca.key";

    private const int SecretBytes = 32;
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    // The clocks of machines differ.
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    private string AuthorityKey => Path.Combine(folder, AuthorityKeyFile);

    /// <summary>The files that making a CA would replace.</summary>
    public string? FindAuthority() => new[] { AuthorityKey, PathOf(AuthorityFile) }.FirstOrDefault(File.Exists);

    /// <summary>The file that making a bundle would replace.</summary>
    public string? FindBundle(CertificateIdentity identity) => new[] { KeyOf(identity), CertificateOf(identity) }.FirstOrDefault(File.Exists);

    /// <summary>The hosts that the certificate of a bundle names, to renew it.</summary>
    public IReadOnlyList<string> ReadHosts(CertificateIdentity identity)
    {
        if (!File.Exists(CertificateOf(identity)))
            return [];

        using var certificate = X509CertificateLoader.LoadCertificateFromFile(CertificateOf(identity));
        return CertificateIdentity.HostsOf(certificate);
    }

    /// <summary>Makes a CA. A secret that exists is kept, because the cluster's credentials are encrypted with it.</summary>
    public X509Certificate2 CreateAuthority(int days)
    {
        PrivateFile.MakeFolder(folder);
        var now = time.GetUtcNow();
        var authority = CertificateIssuer.CreateAuthority(now - Backdated, now.AddDays(days));
        PrivateFile.TryCreate(PathOf(SecretFile), Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes)) + "\n"));
        Write(AuthorityKey, PathOf(AuthorityFile), authority);
        return authority;
    }

    /// <summary>Makes the bundle of a node or client: its certificate and key and the CA's certificate, and the secret for a node only.</summary>
    /// <exception cref="IOException">The folder has no CA, or its CA has expired.</exception>
    public X509Certificate2 CreateBundle(CertificateIdentity identity, IReadOnlyList<string> hosts, int days)
    {
        using var authority = ReadAuthority();
        var now = time.GetUtcNow();
        if (authority.NotAfter <= now)
            throw new IOException($"The CA in '{folder}' expired on {authority.NotAfter.ToUniversalTime():u}; 'recorder cluster cert ca --force' makes another.");

        // A certificate is of no use without its CA.
        var until = now.AddDays(days) < authority.NotAfter ? now.AddDays(days) : authority.NotAfter;
        var from = now - Backdated > authority.NotBefore ? now - Backdated : authority.NotBefore;
        var certificate = CertificateIssuer.Issue(authority, identity, hosts, from, until);
        PrivateFile.MakeFolder(PathOf(identity.Name));
        if (identity.Role == CertificateRole.Node)
            PrivateFile.Replace(BundleFile(identity, SecretFile), File.ReadAllBytes(PathOf(SecretFile)));

        // Besides this CA the file may have an older one, for as long as nodes have certificates of it.
        Replace(BundleFile(identity, AuthorityFile), File.ReadAllText(PathOf(AuthorityFile)));
        Write(KeyOf(identity), CertificateOf(identity), certificate);
        return certificate;
    }

    public string PathOf(string file) => Path.Combine(folder, file);

    private static string FileOf(CertificateIdentity identity) => identity.Role == CertificateRole.Node ? "node" : "client";

    private string BundleFile(CertificateIdentity identity, string file) => Path.Combine(folder, identity.Name, file);

    private string CertificateOf(CertificateIdentity identity) => BundleFile(identity, FileOf(identity) + ".pem");

    private string KeyOf(CertificateIdentity identity) => BundleFile(identity, FileOf(identity) + ".key");

    private X509Certificate2 ReadAuthority()
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(PathOf(AuthorityFile), AuthorityKey);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IOException($"'{folder}' has no CA; make one with 'recorder cluster cert ca', or name its folder with --dir.", missing);
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException)
        {
            throw new IOException($"The CA in '{folder}' cannot be used: {wrong.Message}", wrong);
        }
    }

    // The key first: a certificate without its key is of no use, and a node that reads both in between waits until they fit.
    private static void Write(string keyFile, string certificateFile, X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        PrivateFile.Replace(keyFile, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
        Replace(certificateFile, certificate.ExportCertificatePem() + "\n");
    }

    private static void Replace(string file, string text)
    {
        PrivateFile.Replace(file, Encoding.ASCII.GetBytes(text));
        File.SetUnixFileMode(file, Readable);
    }
}
