using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Actors.Capture;

/// <summary>Permits one source of <c>rtsps</c> or <c>rtmps</c>. FFmpeg speaks plain RTSP or RTMP with a port of this node on
/// loopback; for each connection the node speaks TLS with the server that it has verified.</summary>
internal sealed partial class TlsRelay : ISourcePermit
{
    // FFmpeg connects again to log in. Another user of this machine who connects first still lacks the camera's password.
    private const int MostConnections = 8;

    private static readonly TimeSpan ConnectDeadline = TimeSpan.FromSeconds(10);

    private readonly SourceUri _source;
    private readonly SourceAddress _server;
    private readonly SourceDialer _dialer;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ending = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private volatile Exception? _cause;

    private TlsRelay(SourceUri source, SourceAddress server, SourceDialer dialer, ILogger logger)
    {
        (_source, _server, _dialer, _logger) = (source, server, dialer, logger);
        _listener.Start(MostConnections);
        var port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        var plain = server.Scheme[..^1];
        Address = (server with { Scheme = plain, Host = IPAddress.Loopback.ToString(), Port = port }).ToString();
        Options = plain == "rtsp"
            ? new Dictionary<string, string>(StringComparer.Ordinal) { ["rtsp_transport"] = "tcp" }
            // Servers that host several customers distinguish them by the name in it.
            : new Dictionary<string, string>(StringComparer.Ordinal) { ["rtmp_tcurl"] = TargetOf(server) };
    }

    public string Address { get; }
    public IReadOnlyDictionary<string, string> Options { get; }

    public static TlsRelay Open(SourceUri source, SourceAddress server, SourceDialer dialer, ILogger logger)
    {
        var relay = new TlsRelay(source, server, dialer, logger);
        _ = relay.AcceptAsync();
        return relay;
    }

    public Exception Explain(Exception error) => ConnectionFailures.Explain(_source, _cause, error);

    public void Dispose()
    {
        _ending.Cancel();
        _listener.Dispose();
        _ending.Dispose();
    }

    /// <summary>RTMP's tcUrl: the server with the application, which is the first part of the path or the first two.</summary>
    internal static string TargetOf(SourceAddress server)
    {
        var path = server.Rest.Split('?')[0].TrimStart('/').Split('/');
        var parts = path.Length > 2 && !path[1].Contains(':', StringComparison.Ordinal) ? 2 : 1;
        return (server with { UserInfo = "", Rest = "/" + string.Join('/', path.Take(parts)) }).ToString();
    }

    private async Task AcceptAsync()
    {
        var ending = _ending.Token;
        try
        {
            for (var taken = 0; taken < MostConnections; taken++)
                _ = ServeAsync(await _listener.AcceptSocketAsync(ending).ConfigureAwait(false), ending);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The source is closed.
        }
    }

    private async Task ServeAsync(Socket client, CancellationToken cancellationToken)
    {
        client.NoDelay = true;
        await using var ffmpeg = new NetworkStream(client, ownsSocket: true);
        try
        {
            using var within = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            within.CancelAfter(ConnectDeadline);
            var connection = await _dialer.ConnectAsync(_server, within.Token).ConfigureAwait(false);
            await using var server = await _dialer.Tls.AuthenticateAsync(connection, _server.Host, _source.VerifiesTls, within.Token)
                .ConfigureAwait(false);
            _cause = null;
            await StreamCarrier.CarryAsync(server, ffmpeg, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception refused) when (refused is ForbiddenAddressException or UntrustedServerException)
        {
            _cause = refused;
            LogRefused(_source.Masked, refused.Message);
        }
        catch (Exception error) when (error is SocketException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            _cause = new IOException(string.Create(CultureInfo.InvariantCulture, $"{_server.Host} does not answer ({error.Message})"), error);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            // The source is closed.
        }
    }

    [LoggerMessage(EventId = 7003, Level = LogLevel.Warning, Message = "The node did not connect to {Source}: {Cause}")]
    private partial void LogRefused(string source, string cause);
}
