using System.Net.Http;
using Microsoft.Extensions.Logging;
using Recorder.Contracts;

namespace Recorder.Actors.Capture.Connections;

/// <summary>
/// Opens whatever its user may: the command line's policy, and that of programs. Only TLS is the node's own here, so that passwords are sent
/// to nobody else; the environment's <c>http_proxy</c> is used as FFmpeg would.
/// </summary>
internal sealed class OpenSourcePolicy : ISourcePolicy, IAsyncDisposable
{
    private readonly SourceDialer _dialer;
    private readonly EgressProxy _proxy;
    private readonly ILogger _logger;

    public OpenSourcePolicy(SourceTls tls, ILogger logger)
    {
        _logger = logger;
        _dialer = new SourceDialer(SourceDialer.ResolveAsync, tls, HttpClient.DefaultProxy);
        _proxy = new EgressProxy(_dialer, logger);
    }

    /// <inheritdoc />
    public MediaError? Check(SourceUri source) => null;

    /// <inheritdoc />
    public Task<ISourcePermit> PermitAsync(SourceUri source, string address, CancellationToken ending)
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

        return Task.FromResult(scheme is "http" or "https" ? _proxy.Permit(source, address) : TlsRelay.Open(source, server, _dialer, _logger));
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

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
