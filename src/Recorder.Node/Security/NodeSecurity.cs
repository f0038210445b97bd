using Microsoft.AspNetCore.Authorization;
using Recorder.Actors.Capture;
using Recorder.Actors.Secrets;

namespace Recorder.Node.Security;

/// <summary>A node's API keys, source policy and encryption of credentials.</summary>
internal sealed partial class NodeSecurity(SourcePolicy sources, SecretSeal secrets, ApiKeyRing keys) : IAsyncDisposable
{
    public SourcePolicy Sources => sources;
    public SecretSeal Secrets => secrets;
    public ApiKeyRing Keys => keys;

    public static NodeSecurity Create(ServeOptions options, ILoggerFactory logging, TimeProvider time)
    {
        var logger = logging.CreateLogger("Security");
        try
        {
            var keys = new ApiKeyRing(options.KeysFolder, logger, time);
            if (!options.IsLocal && keys.IsEmpty)
            {
                throw new ServeException(
                    $"{options.Listen} is open to other machines, but there is no API key; make one with "
                    + $"'recorder keys add --data {options.DataFolder} --role admin', or listen on 127.0.0.1.")
                { IsUsage = true };
            }

            if (!options.IsLocal && options.TlsCertificate is null)
                LogNoTls(logger, options.Listen.ToString());

            return new NodeSecurity(
                new SourcePolicy(
                    options.Sources with { AllowsLoopback = options.IsLocal }, logger, SourceTls.Load(options.SourceCertificates)),
                SecretSeal.In(options.KeysFolder), keys);
        }
        catch (FormatException wrong)
        {
            throw new ServeException(wrong.Message, wrong) { IsUsage = true };
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new ServeException($"Cannot use the keys in '{options.KeysFolder}': {failed.Message}", failed);
        }
    }

    public ValueTask DisposeAsync()
    {
        secrets.Dispose();
        return sources.DisposeAsync();
    }

    [LoggerMessage(
        EventId = 7010,
        Level = LogLevel.Warning,
        Message = "{Listen} serves HTTP without TLS, so API keys and media can be read on the network. Set --tls-cert, or put a TLS proxy in front.")]
    private static partial void LogNoTls(ILogger logger, string listen);
}

internal static class SecurityServices
{
    public static void AddSecurity(this IServiceCollection services, NodeSecurity security, SessionSigner sessions)
    {
        services.AddAuthenticationCore(authentication =>
        {
            authentication.AddScheme<ApiKeyAuthentication>(ApiKeyAuthentication.Scheme, displayName: null);
            authentication.DefaultScheme = ApiKeyAuthentication.Scheme;
        });
        services.AddAuthorization(authorization => authorization.FallbackPolicy = AccessPolicy.Fallback);
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AccessRefusal>();
        services.AddTransient<ApiKeyAuthentication>();
        services.AddSingleton<FailureLimit>();
        services.AddSingleton(security);
        services.AddSingleton(security.Keys);
        services.AddSingleton(sessions);
        services.AddSingleton(security.Sources);
        services.AddSingleton<ISourcePolicy>(security.Sources);
        services.AddSingleton<ISecretCipher>(security.Secrets);
    }

    /// <summary>Must come after routing.</summary>
    public static void UseSecurity(this IApplicationBuilder application)
    {
        application.UseAuthentication();
        application.UseMiddleware<WebPageGuard>();
        application.UseAuthorization();
    }
}
