using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Recorder.Actors.Capture;

/// <summary>Verifies the name, chain and dates of a server's certificate before any byte of FFmpeg is sent, because FFmpeg does
/// not verify and may send a password first.</summary>
internal sealed class SourceTls(X509Certificate2Collection trusted)
{
    public static readonly SourceTls System = new([]);

    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    /// <summary>Throws <see cref="FormatException"/> with a sentence if the file cannot be read or has no certificate.</summary>
    public static SourceTls Load(string? file)
    {
        if (file is null)
            return System;

        var imported = new X509Certificate2Collection();
        try
        {
            imported.ImportFromPemFile(file);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"The certificates '{file}' cannot be read ({error.Message.TrimEnd('.')}): name a PEM file.", error);
        }

        return imported.Count > 0
            ? new SourceTls(imported)
            : throw new FormatException($"'{file}' contains no certificate: name a PEM file that has one.");
    }

    /// <summary>The returned stream owns the connection. Throws <see cref="UntrustedServerException"/>.</summary>
    public async Task<SslStream> AuthenticateAsync(Stream connection, string host, bool verify, CancellationToken cancellationToken)
    {
        var problem = default(string);
        var tls = new SslStream(connection, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = host,
                    CertificateChainPolicy = Policy(),
#pragma warning disable SYSLIB0040, CA5359 // Without verification, cameras with keys too short for OpenSSL's security level work, too.
                    EncryptionPolicy = verify ? EncryptionPolicy.RequireEncryption : EncryptionPolicy.AllowNoEncryption,
#pragma warning restore SYSLIB0040
                    RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                        !verify || (problem = Problem(host, certificate as X509Certificate2, chain, errors)) is null,
#pragma warning restore CA5359
                },
                cancellationToken).ConfigureAwait(false);
            return tls;
        }
        catch (AuthenticationException refused)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw problem is null
                ? new IOException($"TLS with {host} failed ({(refused.InnerException ?? refused).Message.TrimEnd('.')})", refused)
                : new UntrustedServerException(problem);
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static X509ChainPolicy Policy()
    {
        // Does not download certificates, because a server could then choose where the node connects.
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.ApplicationPolicy.Add(ServerAuthentication);
        return policy;
    }

    private string? Problem(string host, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
            return null;

        if (certificate is null || chain is null)
            return $"{host} has no certificate; check its address and port";

        var status = errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) ? StatusOf(certificate, chain) : X509ChainStatusFlags.NoError;
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"the certificate of {host} is valid from {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd} "
                + $"to {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd} only; renew it and check this machine's clock");
        }

        return status != X509ChainStatusFlags.NoError
                ? $"the certificate of {host} is signed by {Plain(certificate.Issuer)}, which this machine does not trust; "
                    + "pass that certificate's file with --ca"
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
                ? $"the certificate of {host} is issued for {Names(certificate)}; use that name in the source"
            : null;
    }

    private X509ChainStatusFlags StatusOf(X509Certificate2 certificate, X509Chain chain)
    {
        var status = All(chain);
        if (trusted.Count == 0)
            return status;

        // A certificate in the file is trusted whoever signed it, as long as its dates are valid.
        if (trusted.Any(own => own.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span)))
            return status & X509ChainStatusFlags.NotTimeValid;

        using var again = new X509Chain { ChainPolicy = Policy() };
        again.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        again.ChainPolicy.CustomTrustStore.AddRange(trusted);
        again.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        if (again.Build(certificate))
            return X509ChainStatusFlags.NoError;

        const X509ChainStatusFlags Foreign = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;
        return (All(again) & Foreign) == 0 ? All(again) : status;
    }

    private static X509ChainStatusFlags All(X509Chain chain) =>
        chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);

    private static string Names(X509Certificate2 certificate)
    {
        const int Most = 4;
        var alternatives = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().ToList();
        var names = alternatives
            .SelectMany(all => all.EnumerateDnsNames().Concat(all.EnumerateIPAddresses().Select(address => address.ToString())))
            .Take(Most)
            .ToList();
        return Plain(names.Count > 0 ? string.Join(", ", names) : certificate.Subject.Length > 0 ? certificate.Subject : "nobody");
    }

    // A certificate of unknown origin must not write control characters to logs and terminals.
    private static string Plain(string text)
    {
        const int Longest = 120;
        var plain = new string([.. text.Where(c => !char.IsControl(c)).Take(Longest)]);
        return plain.Length > 0 ? plain : "nobody";
    }
}
