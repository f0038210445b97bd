using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Recorder.Node.Security;

/// <summary>One connection to the proxy: one request, then bytes both ways until either side ends.</summary>
internal sealed class EgressConnection(EgressProxy proxy, Socket client) : IDisposable
{
    private const int MostHeadBytes = 32 << 10;
    private static readonly TimeSpan HeadDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectDeadline = TimeSpan.FromSeconds(10);

    private readonly NetworkStream _client = new(client, ownsSocket: true);

    /// <summary>Serves it.</summary>
    public async Task RunAsync(CancellationToken ending)
    {
        client.NoDelay = true;
        using var within = CancellationTokenSource.CreateLinkedTokenSource(ending);
        within.CancelAfter(HeadDeadline);
        var (lines, body) = await ReadHeadAsync(within.Token);
        if (lines is null || lines[0].Split(' ') is not [var method, var target, "HTTP/1.0" or "HTTP/1.1"])
        {
            await AnswerAsync("400 Bad Request", "", ending);
            return;
        }

        if (Ticket(lines) is not { } ticket)
        {
            await AnswerAsync("407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=\"recorder\"\r\n", ending);
            return;
        }

        var url = method == "CONNECT" ? "https://" + target : target;
        if (!SourceAddress.TryParse(url, out var address, out var problem)
            || address.Scheme is not ("http" or "https") || (method != "CONNECT" && address.Scheme != "http"))
        {
            ticket.Report(new ForbiddenAddressException(problem ?? "its server sends to something else than HTTP"));
            await AnswerAsync("403 Forbidden", "", ending);
            return;
        }

        try
        {
            within.CancelAfter(ConnectDeadline);
            using var server = await ConnectAsync(address, within.Token);
            ticket.Report(null);
            await CarryAsync(method, address, lines, body, server, ending);
        }
        catch (ForbiddenAddressException forbidden)
        {
            ticket.Report(forbidden);
            await AnswerAsync("403 Forbidden", "", ending);
        }
        catch (Exception error) when (error is SocketException or IOException or OperationCanceledException && !ending.IsCancellationRequested)
        {
            ticket.Report(new IOException($"{address.Host} does not answer ({error.Message})", error));
            await AnswerAsync("502 Bad Gateway", "", ending);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    private async Task<Socket> ConnectAsync(SourceAddress address, CancellationToken ending)
    {
        var addresses = await proxy.ResolveAsync(address.Host, ending);
        var port = address.Port ?? (address.Scheme == "https" ? 443 : 80);
        for (var i = 0; ; i++)
        {
            var server = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await server.ConnectAsync(new IPEndPoint(addresses[i], port), ending);
                return server;
            }
            catch (SocketException) when (i + 1 < addresses.Count)
            {
                server.Dispose();
            }
            catch
            {
                server.Dispose();
                throw;
            }
        }
    }

    private async Task CarryAsync(
        string method, SourceAddress address, List<string> lines, ReadOnlyMemory<byte> body, Socket server, CancellationToken ending)
    {
        await using var upstream = new NetworkStream(server, ownsSocket: false);
        if (method == "CONNECT")
        {
            await _client.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), ending);
        }
        else
        {
            // One request a connection: what comes after it is the body, and a further host would not be checked.
            var head = new StringBuilder($"{method} {(address.Rest.StartsWith('/') ? "" : "/")}{address.Rest} HTTP/1.1\r\n");
            foreach (var line in lines.Skip(1).Where(line => !IsOfConnection(line)))
            {
                head.Append(line).Append("\r\n");
            }

            await upstream.WriteAsync(Encoding.Latin1.GetBytes(head.Append("Connection: close\r\n\r\n").ToString()), ending);
        }

        await upstream.WriteAsync(body, ending);
        using var carrying = CancellationTokenSource.CreateLinkedTokenSource(ending);
        await Task.WhenAll(CopyAsync(upstream, _client, carrying), CopyAsync(_client, upstream, carrying));
    }

    private static bool IsOfConnection(string line) =>
        line.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase) || line.StartsWith("Connection:", StringComparison.OrdinalIgnoreCase);

    private EgressTicket? Ticket(List<string> lines)
    {
        const string Header = "Proxy-Authorization: Basic ";
        if (lines.Find(line => line.StartsWith(Header, StringComparison.OrdinalIgnoreCase)) is not { } line)
        {
            return null;
        }

        var decoded = new byte[256];
        return Convert.TryFromBase64String(line[Header.Length..].Trim(), decoded, out var length)
            && Encoding.ASCII.GetString(decoded, 0, length).Split(':') is [var id, ..] && proxy.TryFind(id, out var ticket)
            ? ticket
            : null;
    }

    private async Task<(List<string>? Lines, ReadOnlyMemory<byte> Body)> ReadHeadAsync(CancellationToken ending)
    {
        var buffer = new byte[MostHeadBytes];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await _client.ReadAsync(buffer.AsMemory(length), ending);
            if (read == 0)
            {
                return (null, default);
            }

            var end = buffer.AsSpan(0, length + read).IndexOf("\r\n\r\n"u8);
            length += read;
            if (end >= 0)
            {
                return ([.. Encoding.Latin1.GetString(buffer, 0, end).Split("\r\n")], buffer.AsMemory((end + 4)..length));
            }
        }

        return (null, default);
    }

    private async Task AnswerAsync(string status, string headers, CancellationToken ending)
    {
        var answer = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n");
        await _client.WriteAsync(Encoding.ASCII.GetBytes(answer), ending);
    }

    // The end of one way ends the other: what was copied so far is on its way.
    private static async Task CopyAsync(NetworkStream from, NetworkStream to, CancellationTokenSource carrying)
    {
        try
        {
            await from.CopyToAsync(to, 64 << 10, carrying.Token);
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // A side went away, or the other way ended first.
        }
        finally
        {
            await carrying.CancelAsync();
        }
    }
}
