using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Recorder.Actors.Tests.Capture;

/// <summary>Certificates of servers and impostors, from an authority that no machine trusts.</summary>
internal sealed class TestCertificates : IDisposable
{
    private static readonly DateTimeOffset Begin = TimeProvider.System.GetUtcNow().AddDays(-30);

    private readonly List<X509Certificate2> _made = [];
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority;

    public TestCertificates(string folder)
    {
        var request = new CertificateRequest("CN=Specs authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = Keep(request.CreateSelfSigned(Begin, Begin.AddDays(365)));
        AuthorityFile = Write(folder, "authority.pem", _authority);
    }

    /// <summary>The authority's certificate as PEM.</summary>
    public string AuthorityFile { get; }

    public static string Write(string folder, string name, X509Certificate2 certificate)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, certificate.ExportCertificatePem());
        return path;
    }

    /// <summary>A certificate for a name, signed by the authority.</summary>
    public X509Certificate2 For(string name) => Sign(name, Begin.AddDays(1), Begin.AddDays(300));

    /// <summary>A certificate for a name, signed by the authority, that expired yesterday.</summary>
    public X509Certificate2 Expired(string name) => Sign(name, Begin.AddDays(1), Begin.AddDays(29));

    /// <summary>A self-signed certificate.</summary>
    public X509Certificate2 SelfSigned(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Keep(Request(name, new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256)).CreateSelfSigned(Begin, Begin.AddDays(300)));
    }

    /// <summary>A self-signed certificate with a key as short as those of old cameras.</summary>
    public X509Certificate2 OldCamera()
    {
#pragma warning disable CA5385 // The spec needs a weak key.
        using var key = RSA.Create(1024);
#pragma warning restore CA5385
        return Keep(new CertificateRequest("CN=camera", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(Begin, Begin.AddDays(300)));
    }

    public void Dispose()
    {
        _made.ForEach(certificate => certificate.Dispose());
        _key.Dispose();
    }

    private static CertificateRequest Request(string name, CertificateRequest request)
    {
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(name);

        request.CertificateExtensions.Add(names.Build());
        return request;
    }

    private X509Certificate2 Sign(string name, DateTimeOffset from, DateTimeOffset to)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signed = Request(name, new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256))
            .Create(_authority, from, to, RandomNumberGenerator.GetBytes(8));
        return Keep(signed.CopyWithPrivateKey(key));
    }

    private X509Certificate2 Keep(X509Certificate2 certificate)
    {
        _made.Add(certificate);
        return certificate;
    }
}
