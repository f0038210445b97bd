using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Recorder.Actors.Capture;

/// <summary>Connects to the servers of sources, through the environment's proxy if one is set. <paramref name="resolve"/> throws
/// for a host that this node never connects to.</summary>
internal sealed class SourceDialer(
    Func<string, CancellationToken, Task<IReadOnlyList<IPAddress>>> resolve, SourceTls tls, IWebProxy? upstream = null)
{
    private const int MostHeadBytes = 16 << 10;

    public SourceTls Tls => tls;

    public Uri? ProxyFor(SourceAddress server) =>
        upstream?.GetProxy(new UriBuilder("http", server.Host, server.PortOrDefault).Uri) is { Scheme: "http" } proxy ? proxy : null;

    /// <summary>Throws <see cref="ForbiddenAddressException"/>, and <see cref="IOException"/> if the host has no address or the
    /// proxy refuses.</summary>
    public async Task<NetworkStream> ConnectAsync(SourceAddress server, CancellationToken cancellationToken)
    {
        if (ProxyFor(server) is not { } proxy)
            return await ConnectAsync(server.Host, server.PortOrDefault, cancellationToken).ConfigureAwait(false);

        var connection = await ConnectAsync(proxy.Host, proxy.Port, cancellationToken).ConfigureAwait(false);
        try
        {
            await OpenTunnelAsync(connection, proxy, server, cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task<NetworkStream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        var addresses = await resolve(host, cancellationToken).ConfigureAwait(false);
        for (var i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(addresses[i], port), cancellationToken).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception error)
            {
                socket.Dispose();
                if (error is not SocketException || i + 1 >= addresses.Count)
                    throw;
            }
        }
    }

    /// <summary>Throws <see cref="IOException"/> if the host has no address now.</summary>
    public static async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var literal))
            return [literal];

        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
            return addresses.Length > 0 ? addresses : throw new IOException($"the name {host} has no address");
        }
        catch (SocketException error)
        {
            throw new IOException($"the name {host} cannot be resolved ({error.Message})", error);
        }
    }

    public static string AuthorizationFor(Uri proxy) => proxy.UserInfo.Length == 0
        ? ""
        : $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(proxy.UserInfo)))}\r\n";

    private static async Task OpenTunnelAsync(NetworkStream connection, Uri proxy, SourceAddress server, CancellationToken cancellationToken)
    {
        var target = string.Create(CultureInfo.InvariantCulture, $"{server.BracketedHost}:{server.PortOrDefault}");
        var request = $"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{AuthorizationFor(proxy)}\r\n";
        await connection.WriteAsync(Encoding.ASCII.GetBytes(request), cancellationToken).ConfigureAwait(false);

        // Reads single bytes, so that nothing of the server's first message is consumed.
        var answer = new StringBuilder();
        var next = new byte[1];
        while (answer.Length < MostHeadBytes && await connection.ReadAsync(next, cancellationToken).ConfigureAwait(false) == 1)
        {
            answer.Append((char)next[0]);
            if (next[0] == '\n' && answer.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                var status = answer.ToString().Split('\r')[0];
                if (status.Split(' ') is [_, "200", ..])
                    return;

                throw new IOException($"the proxy {proxy.Host} does not connect to {target} ({status})");
            }
        }

        throw new IOException($"the proxy {proxy.Host} does not connect to {target}");
    }
}
