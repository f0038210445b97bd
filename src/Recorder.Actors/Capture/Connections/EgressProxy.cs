using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Actors.Capture;

/// <summary>A proxy on loopback for all HTTP requests of FFmpeg. It checks each host, also of redirects and playlists, and
/// connects to the address that it checked. It verifies servers, because FFmpeg does not, and shows FFmpeg a certificate of its
/// own, which FFmpeg accepts like any other. Requests without the ticket of a source are refused.</summary>
internal sealed partial class EgressProxy(SourceDialer dialer, ILogger logger) : IAsyncDisposable
{
    private const int MostConnections = 1024;

    private readonly ConcurrentDictionary<string, EgressTicket> _tickets = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _slots = new(MostConnections);
    private readonly Lock _starting = new();
    private readonly Lazy<SslStreamCertificateContext> _certificate = new(CreateCertificate);
    private TcpListener? _listener;
    private Task? _accepting;

    public ISourcePermit Permit(SourceUri source, string address)
    {
        Start();
        var ticket = new EgressTicket(
            this, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), source, address, ((IPEndPoint)_listener!.LocalEndpoint).Port);
        _tickets[ticket.Id] = ticket;
        return ticket;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        lock (_starting)
        {
            _listener?.Dispose();
        }

        // The task was started by the first source, and nothing in this context can block it.
#pragma warning disable VSTHRD003
        await (_accepting ?? Task.CompletedTask).ConfigureAwait(false);
#pragma warning restore VSTHRD003
        _ending.Dispose();
        _slots.Dispose();
    }

    internal void Return(EgressTicket ticket) => _tickets.TryRemove(ticket.Id, out _);
    internal bool TryFind(string id, out EgressTicket ticket) => _tickets.TryGetValue(id, out ticket!);

    internal SourceDialer Dialer => dialer;
    internal SslStreamCertificateContext ShownCertificate => _certificate.Value;

    private static SslStreamCertificateContext CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=recorder", key, HashAlgorithmName.SHA256);
        // FFmpeg does not check the dates.
        var certificate = request.CreateSelfSigned(
            new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
    }

    private void Start()
    {
        lock (_starting)
        {
            ObjectDisposedException.ThrowIf(_ending.IsCancellationRequested, this);
            if (_listener is null)
            {
                _ = NativeEnvironment.Unset("no_proxy");
                _listener = new TcpListener(IPAddress.Loopback, 0);
                _listener.Start(128);
                _accepting = AcceptAsync(_listener, _ending.Token);
            }
        }
    }

    private async Task AcceptAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        var serving = new ConcurrentDictionary<Task, bool>();
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
                var client = await listener.AcceptSocketAsync(cancellationToken).ConfigureAwait(false);
                var served = ServeAsync(client, cancellationToken);
                serving[served] = true;
                _ = served.ContinueWith(done => serving.TryRemove(done, out _), TaskScheduler.Default);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                if (error is SocketException failure && !cancellationToken.IsCancellationRequested)
                {
                    LogAcceptFailed(failure.Message);
                    _slots.Release();
                }
            }
        }

        await Task.WhenAll(serving.Keys).ConfigureAwait(false);
    }

    private async Task ServeAsync(Socket client, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = new EgressConnection(this, client);
            await connection.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            LogEnded(error.Message);
        }
        finally
        {
            _slots.Release();
        }
    }

    [LoggerMessage(EventId = 7001, Level = LogLevel.Warning, Message = "The proxy for HTTP sources could not accept a connection: {Cause}")]
    private partial void LogAcceptFailed(string cause);

    [LoggerMessage(EventId = 7002, Level = LogLevel.Debug, Message = "A connection of an HTTP source ended: {Cause}")]
    private partial void LogEnded(string cause);
}
