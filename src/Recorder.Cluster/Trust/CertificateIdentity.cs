using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using Recorder.Contracts;

namespace Recorder.Cluster.Trust;

/// <summary>What a certificate is for.</summary>
internal enum CertificateRole
{
    /// <summary>The certificate does not say.</summary>
    Unknown = 0,

    /// <summary>A node, which other nodes let into the cluster.</summary>
    Node = 1,

    /// <summary>A program that uses the cluster.</summary>
    Client = 2,
}

/// <summary>
/// Whom a certificate is for, as its CA says. It is one URI among the alternative names, <c>recorder://node/NAME</c>: signed with the rest, shown by every
/// tool, role and name in one value, and it needs no registered object identifier, as a key usage of our own would.
/// </summary>
internal sealed record CertificateIdentity(CertificateRole Role, string Name)
{
    private const string Scheme = "recorder://";
    private const string AlternativeNames = "2.5.29.17";

    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);

    public static CertificateIdentity Unknown { get; } = new(CertificateRole.Unknown, "");

    public Uri Uri => new($"{Scheme}{Role.ToString().ToLowerInvariant()}/{Name}");

    /// <summary>Reads what a certificate says; it has to say one thing only.</summary>
    public static CertificateIdentity Of(X509Certificate2 certificate)
    {
        try
        {
            return UrisOf(certificate).Where(uri => uri.StartsWith(Scheme, StringComparison.Ordinal)).ToList() is [var uri] ? Parse(uri) : Unknown;
        }
        catch (AsnContentException)
        {
            return Unknown;
        }
    }

    /// <summary>The hosts that a certificate names: addresses and names.</summary>
    public static IReadOnlyList<string> HostsOf(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().ToList();
        return [.. names.SelectMany(name => name.EnumerateIPAddresses()).Select(address => address.ToString()), .. names.SelectMany(name => name.EnumerateDnsNames())];
    }

    public override string ToString() => Role == CertificateRole.Unknown ? "neither node nor client" : $"{Role.ToString().ToLowerInvariant()} {Name}";

    private static CertificateIdentity Parse(string uri) => uri[Scheme.Length..].Split('/') switch
    {
        ["node", var name] when RecorderId.TryParse(name, out _) => new CertificateIdentity(CertificateRole.Node, name),
        ["client", var name] when RecorderId.TryParse(name, out _) => new CertificateIdentity(CertificateRole.Client, name),
        _ => Unknown,
    };

    // X509SubjectAlternativeNameExtension reads names and addresses only.
    private static IEnumerable<string> UrisOf(X509Certificate2 certificate)
    {
        foreach (var extension in certificate.Extensions.Where(extension => extension.Oid?.Value == AlternativeNames))
        {
            var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            while (names.HasData)
            {
                if (names.PeekTag().HasSameClassAndValue(UriTag))
                    yield return names.ReadCharacterString(UniversalTagNumber.IA5String, UriTag);
                else
                    names.ReadEncodedValue();
            }
        }
    }
}
