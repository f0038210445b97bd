using System.Net.Http;
using Microsoft.Extensions.Logging;
using Recorder.Contracts;

namespace Recorder.Actors.Capture;

/// <summary>Opens whatever this process's user may. Only TLS is done by the node, so that passwords are sent to verified servers
/// only. The environment's <c>http_proxy</c> is used as FFmpeg would use it.</summary>
internal sealed class OpenSourcePolicy : ISourcePolicy, IAsyncDisposable
{
    private readonly ILogger _logger;
    private readonly Lazy<SourceDialer> _dialer;
    private readonly Lazy<EgressProxy> _proxy;

    public OpenSourcePolicy(string? certificates, ILogger logger)
    {
        _logger = logger;
        // Created for the first source that needs TLS or HTTP, because most sources are files and plain RTSP.
        _dialer = new(() => new SourceDialer(SourceDialer.ResolveAsync, SourceTls.Load(certificates), HttpClient.DefaultProxy));
        _proxy = new(() => new EgressProxy(_dialer.Value, logger));
    }

    public MediaError? Check(SourceUri source) => null;

    public Task<ISourcePermit> PermitAsync(SourceUri source, string address, CancellationToken cancellationToken)
    {
        var scheme = address.Split(':')[0].ToLowerInvariant();
        if (source.Kind != SourceKind.Network || !NeedsNodeTls(scheme))
            return Task.FromResult<ISourcePermit>(new SourcePermit(address));

        if (!SourceAddress.TryParse(address, out var server, out var problem))
            throw new CaptureException(new MediaError(ErrorName.NotSupportedError, $"{source.Masked} cannot be opened: {problem}."));

        return Task.FromResult(scheme is "http" or "https"
            ? _proxy.Value.Permit(source, address)
            : TlsRelay.Open(source, server, _dialer.Value, _logger));
    }

    public async Task<SourceServer> LocateAsync(SourceUri source, string address, CancellationToken cancellationToken)
    {
        if (!SourceAddress.TryParse(address, out var server, out var problem))
            throw new CaptureException(new MediaError(ErrorName.NotSupportedError, $"{source.Masked} cannot be opened: {problem}."));

        return server.Scheme is "rtsp" or "rtsps"
            ? new SourceServer(server, await SourceDialer.ResolveAsync(server.Host, cancellationToken).ConfigureAwait(false), _dialer.Value)
            : throw new CaptureException(new MediaError(
                ErrorName.NotSupportedError, $"{source.Masked} cannot be opened: its server redirects to the scheme {server.Scheme}:."));
    }

    public ValueTask DisposeAsync() => _proxy.IsValueCreated ? _proxy.Value.DisposeAsync() : default;

    // Includes plain HTTP, because it may redirect to HTTPS.
    private static bool NeedsNodeTls(string scheme) => scheme is "http" or "https" or "rtsps" or "rtmps";
}
