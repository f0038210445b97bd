using System.Net.Http;
using Microsoft.Extensions.Logging;
using Recorder.Contracts;

namespace Recorder.Actors.Capture;

/// <summary>
/// Opens whatever its user may: the command line's policy, and that of programs. Only TLS is the node's own here, so that passwords are sent
/// to nobody else; the environment's <c>http_proxy</c> is used as FFmpeg would.
/// </summary>
internal sealed class OpenSourcePolicy : ISourcePolicy, IAsyncDisposable
{
    private readonly ILogger _logger;
    private readonly Lazy<SourceDialer> _dialer;
    private readonly Lazy<EgressProxy> _proxy;

    /// <param name="certificates">A PEM file of certificates that servers may be signed by, beside the system's; null for those alone.</param>
    /// <param name="logger">Where refusals are logged.</param>
    public OpenSourcePolicy(string? certificates, ILogger logger)
    {
        _logger = logger;
        // What TLS and HTTP need is loaded with the first source of them: most are files and plain RTSP.
        _dialer = new(() => new SourceDialer(SourceDialer.ResolveAsync, SourceTls.Load(certificates), HttpClient.DefaultProxy));
        _proxy = new(() => new EgressProxy(_dialer.Value, logger));
    }

    /// <inheritdoc />
    public MediaError? Check(SourceUri source) => null;

    /// <inheritdoc />
    public Task<ISourcePermit> PermitAsync(SourceUri source, string address, CancellationToken cancellationToken)
    {
        var scheme = address.Split(':')[0].ToLowerInvariant();
        if (source.Kind != SourceKind.Network || !NeedsNode(scheme))
        {
            return Task.FromResult<ISourcePermit>(new SourcePermit(address));
        }

        if (!SourceAddress.TryParse(address, out var server, out var problem))
        {
            throw new CaptureException(new MediaError(ErrorName.NotSupportedError, $"{source.Masked} cannot be opened: {problem}."));
        }

        return Task.FromResult(scheme is "http" or "https" ? _proxy.Value.Permit(source, address) : TlsRelay.Open(source, server, _dialer.Value, _logger));
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _proxy.IsValueCreated ? _proxy.Value.DisposeAsync() : default;

    // Plain HTTP as well: it may lead to HTTPS.
    private static bool NeedsNode(string scheme) => scheme is "http" or "https" or "rtsps" or "rtmps";
}

/// <summary>Leave to open what was checked; FFmpeg resolves nothing and follows nothing.</summary>
internal sealed class SourcePermit(string address) : ISourcePermit
{
    public string Address => address;

    public IReadOnlyDictionary<string, string> Options { get; } = new Dictionary<string, string>();

    public IReadOnlyList<string> Protocols => [];

    public Exception Explain(Exception error) => error;

    public void Dispose()
    {
    }
}
