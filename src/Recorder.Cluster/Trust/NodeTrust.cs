using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Recorder.Cluster.Nodes;

namespace Recorder.Cluster.Trust;

/// <summary>A node's own certificate, and the CAs whose certificates it accepts: usually one, two while a cluster changes its CA.</summary>
internal sealed class NodeTrust
{
    public const string CertificateFile = "node.pem";
    public const string KeyFile = "node.key";
    public const string AuthorityFile = "ca.pem";

    private const X509ChainStatusFlags Unknown =
        X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid;

    private readonly X509Certificate2Collection _authorities;

    public NodeTrust(X509Certificate2 certificate, X509Certificate2Collection authorities)
    {
        (Certificate, _authorities) = (certificate, authorities);
        Identity = CertificateIdentity.Of(certificate);
        Hosts = CertificateIdentity.HostsOf(certificate);
        using var chain = Build(certificate, certificate.NotBefore, out var status);
        var issuer = (status & Unknown) == 0 && chain.ChainElements.Count == 2 ? chain.ChainElements[1].Certificate : null;
        Authority = issuer is null ? null : IdOf(issuer);
        Until = issuer is not null && issuer.NotAfter < certificate.NotAfter ? issuer.NotAfter : certificate.NotAfter;
    }

    /// <summary>With its private key.</summary>
    public X509Certificate2 Certificate { get; }

    public CertificateIdentity Identity { get; }

    /// <summary>The hosts that the certificate names.</summary>
    public IReadOnlyList<string> Hosts { get; }

    /// <summary>The CA that signed it; null when none of those that are accepted did.</summary>
    public string? Authority { get; }

    /// <summary>When it or its CA expires.</summary>
    public DateTimeOffset Until { get; }

    /// <summary>What the other nodes are told of it before they connect.</summary>
    public CardCertificate Card => new(Authority ?? "unknown", Until.ToUniversalTime());

    /// <summary>Reads a bundle that <c>recorder cluster cert node</c> made.</summary>
    /// <exception cref="TrustException">It cannot be read, or its parts do not fit.</exception>
    public static NodeTrust Read(string folder)
    {
        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(Path.Combine(folder, CertificateFile), Path.Combine(folder, KeyFile));
            X509Certificate2Collection authorities = [];
            authorities.ImportFromPemFile(Path.Combine(folder, AuthorityFile));
            return new NodeTrust(certificate, authorities);
        }
        catch (Exception unusable) when (unusable is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new TrustException(
                $"'{folder}' has no usable certificate of a node ({unusable.Message.TrimEnd('.')}): it takes the {CertificateFile}, {KeyFile} and {AuthorityFile} that "
                + "'recorder cluster cert node' makes.",
                unusable);
        }
    }

    /// <summary>Why a node cannot take part with this certificate; null if it can, today or once it is renewed.</summary>
    /// <param name="host">Where the other nodes reach it.</param>
    public string? FindProblem(string node, string host) =>
        Authority is null ? $"its {CertificateFile} is not signed by its {AuthorityFile}"
        : Identity.Role != CertificateRole.Node ? $"its {CertificateFile} says {Identity}, and a node needs one that says node"
        : Identity.Name != node ? $"its {CertificateFile} is for the node {Identity.Name}, and this one is {node}"
        : !Certificate.MatchesHostname(host) ? $"its {CertificateFile} is for {string.Join(", ", Hosts)}, and the other nodes reach this one at {host}"
        : null;

    /// <summary>Why another node is refused; null if it is accepted.</summary>
    /// <param name="host">The host to which this node connected; null when the other one did.</param>
    public Refusal? Check(X509Certificate2? certificate, string? host, DateTimeOffset now)
    {
        if (certificate is null)
            return Refusal.NoCertificate;

        using var chain = Build(certificate, now, out var status);
        var identity = CertificateIdentity.Of(certificate);
        return (status & Unknown) != 0 ? Refusal.OtherAuthority(certificate.Subject)
            : certificate.NotAfter < now ? Refusal.Expired(certificate.NotAfter)
            : certificate.NotBefore > now ? Refusal.NotYetValid(certificate.NotBefore)
            : status != 0 ? Refusal.Invalid(status.ToString())
            : identity.Role != CertificateRole.Node || chain.ChainElements.Count != 2 ? Refusal.NoNode(identity)
            : host is not null && !certificate.MatchesHostname(host) ? Refusal.OtherHost(host, CertificateIdentity.HostsOf(certificate))
            : null;
    }

    /// <summary>Why this node does not try to connect to one that says this of itself. What it shows later is checked as well.</summary>
    /// <param name="own">Null for a node without certificates.</param>
    public static Refusal? Check(NodeTrust? own, CardCertificate? card, DateTimeOffset now) =>
        own is null ? card is null ? null : Refusal.CertificatesExpected
        : card is null ? Refusal.NoCertificate
        : !own._authorities.Any(authority => IdOf(authority) == card.Authority) ? Refusal.OtherAuthority($"CA {card.Authority}")
        : card.Until < now ? Refusal.Expired(card.Until)
        : null;

    private static string IdOf(X509Certificate2 authority) => Convert.ToHexStringLower(SHA256.HashData(authority.PublicKey.ExportSubjectPublicKeyInfo()).AsSpan(0, 8));

    // No CA of the system counts, and nothing is fetched.
    private X509Chain Build(X509Certificate2 certificate, DateTimeOffset time, out X509ChainStatusFlags status)
    {
        var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = time.LocalDateTime;
        status = chain.Build(certificate) ? 0 : chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        return chain;
    }
}
