using System.Security.Cryptography;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using System.Security.Cryptography.X509Certificates;

namespace Recorder.Node.Security;

internal static class TlsCertificate
{
    public static X509Certificate2? Read(ServeOptions options)
    {
        if (options.TlsCertificate is not { } file)
        {
            return options.TlsKey is null
                ? null
                : throw new ServeException("--tls-key requires --tls-cert FILE.") { IsUsage = true };
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
                $"Cannot use the certificate '{file}' ({error.Message.TrimEnd('.')}); set --tls-cert to a PEM certificate and --tls-key to its key.",
                error)
            { IsUsage = true };
        }
    }

    public static void UseCertificate(this ListenOptions listening, X509Certificate2? certificate)
    {
        if (certificate is not null)
            listening.UseHttps(certificate);
    }
}
