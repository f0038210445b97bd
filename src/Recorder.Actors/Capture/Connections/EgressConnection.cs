using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Recorder.Actors.Capture;

/// <summary>One connection from FFmpeg to the proxy: one request, then bytes both ways until either side ends.</summary>
internal sealed class EgressConnection(EgressProxy proxy, Socket client) : IDisposable
{
    private const int MostHeadBytes = 32 << 10;
    private static readonly TimeSpan HeadDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectDeadline = TimeSpan.FromSeconds(10);

    private readonly NetworkStream _client = new(client, ownsSocket: true);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        client.NoDelay = true;
        using var within = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        within.CancelAfter(HeadDeadline);
        var (lines, body) = await ReadHeadAsync(within.Token).ConfigureAwait(false);
        if (lines is null || lines[0].Split(' ') is not [var method, var target, "HTTP/1.0" or "HTTP/1.1"])
        {
            await AnswerAsync("400 Bad Request", "", cancellationToken).ConfigureAwait(false);
            return;
        }

        if (FindTicket(lines) is not { } ticket)
        {
            const string Challenge = "Proxy-Authenticate: Basic realm=\"recorder\"\r\n";
            await AnswerAsync("407 Proxy Authentication Required", Challenge, cancellationToken).ConfigureAwait(false);
            return;
        }

        var url = method == "CONNECT" ? "https://" + target : target;
        if (!SourceAddress.TryParse(url, out var address, out var problem)
            || address.Scheme is not ("http" or "https") || (method != "CONNECT" && address.Scheme != "http"))
        {
            ticket.Report(new ForbiddenAddressException(problem ?? "its server redirects to something other than HTTP"));
            await AnswerAsync("403 Forbidden", "", cancellationToken).ConfigureAwait(false);
            return;
        }

        try
        {
            within.CancelAfter(ConnectDeadline);
            if (method == "CONNECT")
                await TunnelAsync(address, ticket, within.Token, cancellationToken).ConfigureAwait(false);
            else
                await RequestAsync(method, address, lines, body, ticket, within.Token, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception refused) when (refused is ForbiddenAddressException or UntrustedServerException)
        {
            ticket.Report(refused);
            await AnswerAsync("403 Forbidden", "", cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SocketException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            ticket.Report(new IOException($"{address.Host} does not answer ({error.Message})", error));
            await AnswerAsync("502 Bad Gateway", "", cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => _client.Dispose();

    // FFmpeg speaks TLS with this node, and this node speaks TLS with the server after it has verified the server.
    private async Task TunnelAsync(SourceAddress address, EgressTicket ticket, CancellationToken connecting, CancellationToken cancellationToken)
    {
        var dialer = proxy.Dialer;
        var connection = await dialer.ConnectAsync(address, connecting).ConfigureAwait(false);
        await using var server = await dialer.Tls.AuthenticateAsync(connection, address.Host, ticket.VerifiesTls, connecting).ConfigureAwait(false);
        ticket.Report(null);
        await _client.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        await using var inner = new SslStream(_client, leaveInnerStreamOpen: true);
        try
        {
            await inner.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificateContext = proxy.ShownCertificate }, connecting).ConfigureAwait(false);
        }
        catch (AuthenticationException failed)
        {
            ticket.Report(new IOException($"TLS between FFmpeg and this node failed ({failed.Message.TrimEnd('.')})", failed));
            return;
        }

        await StreamCarrier.CarryAsync(server, inner, cancellationToken).ConfigureAwait(false);
    }

    // Only one request for each connection: the host of another would not be checked. What follows the head is its body.
    private async Task RequestAsync(
        string method, SourceAddress address, List<string> lines, ReadOnlyMemory<byte> body, EgressTicket ticket, CancellationToken connecting,
        CancellationToken cancellationToken)
    {
        var upstream = proxy.Dialer.ProxyFor(address);
        await using var server = upstream is null
            ? await proxy.Dialer.ConnectAsync(address, connecting).ConfigureAwait(false)
            : await proxy.Dialer.ConnectAsync(upstream.Host, upstream.Port, connecting).ConfigureAwait(false);
        ticket.Report(null);
        var path = (address.Rest.StartsWith('/') ? "" : "/") + address.Rest;
        var target = upstream is null ? path : (address with { UserInfo = "", Rest = path }).ToString();
        var head = new StringBuilder($"{method} {target} HTTP/1.1\r\n");
        foreach (var line in lines.Skip(1).Where(line => !IsHopByHop(line)))
            head.Append(line).Append("\r\n");

        head.Append(upstream is null ? "" : SourceDialer.AuthorizationFor(upstream)).Append("Connection: close\r\n\r\n");
        await server.WriteAsync(Encoding.Latin1.GetBytes(head.ToString()), cancellationToken).ConfigureAwait(false);
        await server.WriteAsync(body, cancellationToken).ConfigureAwait(false);
        await StreamCarrier.CarryAsync(server, _client, cancellationToken).ConfigureAwait(false);
    }

    private static bool IsHopByHop(string line) =>
        line.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase) || line.StartsWith("Connection:", StringComparison.OrdinalIgnoreCase);

    private EgressTicket? FindTicket(List<string> lines)
    {
        const string Header = "Proxy-Authorization: Basic ";
        if (lines.Find(line => line.StartsWith(Header, StringComparison.OrdinalIgnoreCase)) is not { } line)
            return null;

        var decoded = new byte[256];
        return Convert.TryFromBase64String(line[Header.Length..].Trim(), decoded, out var length)
            && Encoding.ASCII.GetString(decoded, 0, length).Split(':') is [var id, ..] && proxy.TryFind(id, out var ticket)
            ? ticket
            : null;
    }

    private async Task<(List<string>? Lines, ReadOnlyMemory<byte> Body)> ReadHeadAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[MostHeadBytes];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await _client.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return (null, default);

            var end = buffer.AsSpan(0, length + read).IndexOf("\r\n\r\n"u8);
            length += read;
            if (end >= 0)
                return ([.. Encoding.Latin1.GetString(buffer, 0, end).Split("\r\n")], buffer.AsMemory((end + 4)..length));
        }

        return (null, default);
    }

    private async Task AnswerAsync(string status, string headers, CancellationToken cancellationToken)
    {
        var answer = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n");
        await _client.WriteAsync(Encoding.ASCII.GetBytes(answer), cancellationToken).ConfigureAwait(false);
    }
}
