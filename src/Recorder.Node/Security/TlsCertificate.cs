using System.Security.Cryptography;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Recorder.Node.Configuration;
using System.Security.Cryptography.X509Certificates;

namespace Recorder.Node.Security;

/// <summary>What the node shows for HTTPS.</summary>
internal static class TlsCertificate
{
    /// <summary>Reads the certificate that the options name; null when they name none.</summary>
    /// <exception cref="ServeException">It cannot be read; the message says which file and why.</exception>
    public static X509Certificate2? Read(ServeOptions options)
    {
        if (options.TlsCertificate is not { } file)
        {
            return options.TlsKey is null
                ? null
                : throw new ServeException("--tls-key needs its certificate: say --tls-cert FILE too.") { IsUsage = true };
        }

        try
        {
            return Path.GetExtension(file) is ".pfx" or ".p12"
                ? X509CertificateLoader.LoadPkcs12FromFile(file, password: null)
                : X509Certificate2.CreateFromPemFile(file, options.TlsKey);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ServeException(
                $"The certificate '{file}' cannot be used ({error.Message.TrimEnd('.')}): name a PEM certificate with --tls-cert and its key with --tls-key.",
                error)
            { IsUsage = true };
        }
    }

    /// <summary>HTTPS with the certificate; HTTP without one.</summary>
    public static void UseCertificate(this ListenOptions listening, X509Certificate2? certificate)
    {
        if (certificate is not null)
        {
            listening.UseHttps(certificate);
        }
    }
}
