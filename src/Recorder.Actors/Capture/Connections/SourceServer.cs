using System.Net;
using System.Net.Sockets;
using Recorder.Rtsp;
using Recorder.Rtsp.Sessions;

namespace Recorder.Actors.Capture;

/// <summary>A server that a source may be read from, with the addresses of its host that were checked.</summary>
internal sealed record SourceServer(SourceAddress Url, IReadOnlyList<IPAddress> Addresses, SourceDialer Dialer)
{
    /// <summary>The address that the server redirects to. The same port of the same host is told the same password, but never without TLS
    /// what it was to be told by TLS.</summary>
    public string Follow(string location)
    {
        if (!SourceAddress.TryParse(location, out var next, out _))
            return location;

        var isSame = next.Host == Url.Host && (next.PortOrDefault == Url.PortOrDefault || (next.Port is null && Url.Port is null));
        return next.UserInfo.Length == 0 && isSame && (next.Scheme == "rtsps" || Url.Scheme == "rtsp") ? (next with { UserInfo = Url.UserInfo }).ToString() : next.ToString();
    }

    /// <summary>Connects by TCP. Blocks; throws <see cref="RtspException"/>.</summary>
    public IRtspWire Connect(TimeSpan wait, CancellationToken cancellation) => PlainWire.Connect(Addresses, Url.PortOrDefault, wait, cancellation);

    /// <summary>Connects by TLS if the address says so, else returns null. Throws <see cref="RtspException"/>, <see
    /// cref="UntrustedServerException"/>, <see cref="ForbiddenAddressException"/> or <see cref="IOException"/>.</summary>
    public async Task<IRtspWire?> ConnectSecurelyAsync(TimeSpan wait, bool verify, CancellationToken cancellation)
    {
        if (Url.Scheme != "rtsps")
            return null;

        using var within = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        within.CancelAfter(wait);
        try
        {
            var connection = await Dialer.ConnectAsync(Url, within.Token).ConfigureAwait(false);
            var (remote, local) = (Of(connection.Socket.RemoteEndPoint), Of(connection.Socket.LocalEndPoint));
            var tls = await Dialer.Tls.AuthenticateAsync(connection, Url.Host, verify, within.Token).ConfigureAwait(false);
            return new StreamWire(tls, remote, local);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new RtspException(RtspFault.Timeout, "it does not answer");
        }
        catch (SocketException error)
        {
            throw new RtspException(RtspFault.Closed, $"it cannot be connected to ({error.Message})", error);
        }
    }

    private static IPAddress Of(EndPoint? end) => (end as IPEndPoint)?.Address ?? IPAddress.None;
}
