using System.Net;
using System.Net.Sockets;
using Recorder.Actors.Capture;

namespace Recorder.Node.Security;

/// <summary>Decides which sources a node opens for callers of its API. The node resolves host names and gives FFmpeg the address
/// that it checked. For HTTP, where redirects and playlists name more hosts, FFmpeg goes through a proxy that checks each of
/// them. The node ends TLS itself, so that FFmpeg receives data of verified servers only.</summary>
internal sealed class SourcePolicy : ISourcePolicy, IAsyncDisposable
{
    // Parameters that would make FFmpeg listen, or send from another address of this machine.
    private static readonly HashSet<string> ForbiddenParameters = new(StringComparer.OrdinalIgnoreCase)
    {
        "listen", "localaddr", "local_addr", "localport", "local_port", "sources", "block", "adapter", "interface",
    };

    private static readonly HashSet<string> MetadataNames = new(StringComparer.Ordinal)
    {
        "metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal", "metadata.tencentyun.com",
        "metadata.platformequinix.com", "metadata.packet.net",
    };

    private readonly SourcePolicyOptions _options;
    private readonly AddressRules _rules;
    private readonly IReadOnlyList<string> _folders;
    private readonly SourceDialer _dialer;
    private readonly EgressProxy _proxy;
    private readonly ILogger _logger;

    public SourcePolicy(SourcePolicyOptions options, ILogger logger, SourceTls? tls = null)
    {
        _options = options;
        _rules = new AddressRules(options.Networks, options.AllowsLoopback);
        _folders = [.. options.Folders.Select(folder => RealPath.Of(folder) ?? throw new FormatException($"The symbolic links of '{folder}' form a loop."))];
        if (options.Schemes.FirstOrDefault(scheme => scheme.Length == 0 || !scheme.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))) is { } bad)
            throw new FormatException($"'{bad}' is not a scheme; expected a name like rtsp, without a colon.");

        _logger = logger;
        _dialer = new SourceDialer(ResolveAsync, tls ?? SourceTls.System);
        _proxy = new EgressProxy(_dialer, logger);
    }

    public MediaError? Check(string text) => SourceUri.TryParse(text, out var source, out var problem)
        ? Check(source)
        : new MediaError(ErrorName.NotSupportedError, problem);

    /// <summary>The end of a sentence that says what is wrong with a URL to send to; null if nothing is.</summary>
    public string? CheckTarget(string url) =>
        CheckAddress(url, out var address) is { } problem ? problem
        : address.Scheme is "http" or "https" ? null
        : "it must begin with http:// or https://";

    public void ThrowIfForbidden(string text)
    {
        if (Check(text) is { } error)
        {
            throw new ProblemException(
                error.Name == ErrorName.SecurityError ? Problem.Forbidden(error.Message) : Problem.NotSupported(error.Message));
        }
    }

    public MediaError? Check(SourceUri source)
    {
        if (!_options.Schemes.Contains(source.Scheme, StringComparer.Ordinal))
            return Refusal(source, $"this node does not open the scheme {source.Scheme}: (sourceSchemes)");

        if (source.Kind == SourceKind.File)
            return CheckFile(source, source.Address, out _);

        return source.Kind != SourceKind.Network ? null
            : CheckAddress(source.Address, out _) is { } problem ? Refusal(source, problem)
            : null;
    }

    public async Task<ISourcePermit> PermitAsync(SourceUri source, string address, CancellationToken cancellationToken)
    {
        if (source.Kind == SourceKind.File)
            return CheckFile(source, address, out var path) is { } refusal ? throw new CaptureException(refusal) : new SourcePermit(path);

        var url = CheckUrl(source, address);
        try
        {
            if (source.Scheme is "http" or "https")
            {
                // Resolved now only to fail with a clear message; the proxy resolves again and connects to its own result.
                await ResolveAsync(url.Host, cancellationToken);
                return _proxy.Permit(source, url.ToString());
            }

            var resolved = await ResolveAsync(url.Host, cancellationToken);
            if (url.Scheme is "rtsps" or "rtmps")
            {
                // Resolved and checked again for each connection; the certificate must match the name.
                return TlsRelay.Open(source, url, _dialer, _logger);
            }

            return new SourcePermit((url with { Host = resolved[0].ToString() }).ToString());
        }
        catch (ForbiddenAddressException forbidden)
        {
            throw new CaptureException(Refusal(source, forbidden.Message));
        }
    }

    public async Task<SourceServer> LocateAsync(SourceUri source, string address, CancellationToken cancellationToken)
    {
        var url = CheckUrl(source, address);
        try
        {
            return new SourceServer(url, await ResolveAsync(url.Host, cancellationToken), _dialer);
        }
        catch (ForbiddenAddressException forbidden)
        {
            throw new CaptureException(Refusal(source, forbidden.Message));
        }
    }

    /// <summary>At least one address. Else an IOException (none at present) or a ForbiddenAddressException.</summary>
    public async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (NameProblem(host) is { } problem)
            throw new ForbiddenAddressException(problem);

        // The system's resolver reads decimal, octal and hexadecimal forms, so that the result is what FFmpeg would connect to.
        if (IPAddress.TryParse(host, out var literal))
            return _rules.Problem(literal) is { } forbidden ? throw new ForbiddenAddressException(forbidden) : [literal];

        IPAddress[] addresses;
        try
        {
            addresses = await _options.Resolve(host, cancellationToken);
        }
        catch (SocketException error)
        {
            throw new IOException($"the name {host} cannot be resolved ({error.Message})", error);
        }

        var allowed = addresses.Where(address => _rules.Problem(address) is null).ToList();
        return allowed.Count > 0 ? allowed
            : addresses.Length == 0 ? throw new IOException($"the name {host} has no address")
            : throw new ForbiddenAddressException($"{host} is not allowed: {_rules.Problem(addresses[0])}");
    }

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    private static string? NameProblem(string host) =>
        MetadataNames.Contains(host) ? $"{host} is the name of a cloud's metadata server, which is never opened" : null;

    private static MediaError Refusal(SourceUri source, string problem) =>
        new(ErrorName.SecurityError, $"{source.Masked} may not be opened: {problem}.");

    private SourceAddress CheckUrl(SourceUri source, string address)
    {
        if (CheckAddress(address, out var url) is { } problem)
            throw new CaptureException(Refusal(source, problem));

        // A redirect may change rtsp to rtsps and back, but must not reach a scheme that the policy keeps from FFmpeg.
        return url.Scheme == source.Scheme || (source.Scheme is "rtsp" or "rtsps" && url.Scheme is "rtsp" or "rtsps")
            ? url
            : throw new CaptureException(Refusal(source, $"its server redirects to the scheme {url.Scheme}:"));
    }

    private string? CheckAddress(string address, out SourceAddress url)
    {
        if (!SourceAddress.TryParse(address, out url!, out var problem))
            return problem;

        if (NameProblem(url.Host) is { } name)
            return name;

        if (url.Scheme is "tcp" or "udp" or "srt")
        {
            foreach (var (parameter, value) in url.Query())
            {
                if (ForbiddenParameters.Contains(parameter) || (parameter is "mode" && value is not "caller"))
                    return $"the parameter {parameter} is not allowed: the node connects, and does not listen";
            }
        }

        return IPAddress.TryParse(url.Host, out var literal) ? _rules.Problem(literal) : null;
    }

    private MediaError? CheckFile(SourceUri source, string address, out string path)
    {
        path = "";
        if (_folders.Count == 0)
            return Refusal(source, "this node reads no files. Start it with --source-folder DIR to allow a folder");

        path = RealPath.Of(address) ?? "";
        var real = path;
        return path.Length > 0 && _folders.Any(folder => RealPath.IsIn(real, folder))
            ? null
            : Refusal(source, "it is outside the folders that this node reads (sourceFolders)");
    }
}
