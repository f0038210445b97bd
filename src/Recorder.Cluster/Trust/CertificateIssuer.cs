using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Recorder.Cluster.Trust;

/// <summary>Makes the certificates of a cluster: its own CA, and what that CA signs.</summary>
internal static class CertificateIssuer
{
    private const int SerialBytes = 16;
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Makes a CA with its private key. It signs certificates of nodes and clients, and no other CA.</summary>
    public static X509Certificate2 CreateAuthority(DateTimeOffset from, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // Two CAs have different names, so that a message about one of them says which.
        var request = new CertificateRequest($"CN=Recorder cluster CA {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(from, until);
    }

    /// <summary>Makes a certificate with its private key, signed by a CA.</summary>
    /// <param name="authority">The CA, with its private key.</param>
    /// <param name="hosts">The addresses and names at which a node is reached.</param>
    public static X509Certificate2 Issue(
        X509Certificate2 authority, CertificateIdentity identity, IEnumerable<string> hosts, DateTimeOffset from, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={identity.Name}, OU={identity.Role.ToString().ToLowerInvariant()}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(UsagesOf(identity.Role), false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        request.CertificateExtensions.Add(NamesOf(identity, hosts));
        using var signed = request.Create(authority, from, until, RandomNumberGenerator.GetBytes(SerialBytes));
        return signed.CopyWithPrivateKey(key);
    }

    // Nodes connect to each other, so that each is a server and a client of TLS.
    private static OidCollection UsagesOf(CertificateRole role) =>
        role == CertificateRole.Node ? [new Oid(ServerAuthentication), new Oid(ClientAuthentication)] : [new Oid(ClientAuthentication)];

    private static X509Extension NamesOf(CertificateIdentity identity, IEnumerable<string> hosts)
    {
        var names = new SubjectAlternativeNameBuilder();
        if (identity.Role != CertificateRole.Unknown)
            names.AddUri(identity.Uri);

        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
                names.AddIpAddress(address);
            else
                names.AddDnsName(host);
        }

        return names.Build();
    }
}
