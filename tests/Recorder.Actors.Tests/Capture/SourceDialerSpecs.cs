using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Capture;

namespace Recorder.Actors.Tests.Capture;

/// <summary>Connections through a proxy of the environment, which resolves the servers' names.</summary>
public sealed class SourceDialerSpecs : IDisposable
{
    private readonly List<string> _resolved = [];
    private TlsServer? _proxy;

    public void Dispose() => _proxy?.Dispose();

    [Fact]
    public async Task A_connection_with_TLS_goes_through_a_tunnel_of_the_proxy()
    {
        var dialer = Dialer("HTTP/1.1 200 Connection established\r\nVia: proxy\r\n\r\nfirst");

        await using var connection = await dialer.ConnectAsync(Server("rtsps://camera.example/stream"), default);

        using var reader = new StreamReader(connection);
        (await reader.ReadToEndAsync()).ShouldBe("first");
        _proxy!.Received.Single().ShouldBe(
            "CONNECT camera.example:322 HTTP/1.1\r\nHost: camera.example:322\r\nProxy-Authorization: Basic dXNlcjpwdw==\r\n\r\n");
        _resolved.ShouldBe(["127.0.0.1"]);
    }

    [Fact]
    public async Task A_proxy_that_refuses_is_named_with_its_status()
    {
        var dialer = Dialer("HTTP/1.1 403 Forbidden\r\n\r\n");
        (await Should.ThrowAsync<IOException>(dialer.ConnectAsync(Server("https://server.example:8443/"), default)))
            .Message.ShouldBe("the proxy 127.0.0.1 does not connect to server.example:8443 (HTTP/1.1 403 Forbidden)");
    }

    [Fact]
    public async Task A_request_without_TLS_is_forwarded_to_the_proxy()
    {
        await using var egress = new EgressProxy(
            Dialer("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"), NullLogger.Instance);
        using var permit = egress.Permit(SourceUri.Parse("http://server.example/a?b"), "http://server.example/a?b");
        var proxy = new Uri(permit.Options["http_proxy"]);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, proxy.Port);
        var ticket = Convert.ToBase64String(Encoding.ASCII.GetBytes(proxy.UserInfo));

        await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes($"GET http://server.example/a?b HTTP/1.1\r\nHost: server.example\r\nProxy-Authorization: Basic {ticket}\r\n\r\n"));

        using var reader = new StreamReader(client.GetStream());
        (await reader.ReadLineAsync()).ShouldBe("HTTP/1.1 204 No Content");
        _proxy!.Received.First().ShouldBe(
            "GET http://server.example/a?b HTTP/1.1\r\nHost: server.example\r\nProxy-Authorization: Basic dXNlcjpwdw==\r\nConnection: close\r\n\r\n");
    }

    private static SourceAddress Server(string text) => SourceAddress.TryParse(text, out var address, out var problem) ? address : throw new FormatException(problem);

    private SourceDialer Dialer(string answer)
    {
        _proxy = new TlsServer(null, _ => Encoding.ASCII.GetBytes(answer));
        return new SourceDialer(
            (host, _) =>
            {
                _resolved.Add(host);
                return Task.FromResult<IReadOnlyList<IPAddress>>([IPAddress.Loopback]);
            },
            SourceTls.System,
            new UserInfoProxy(new Uri($"http://user:pw@127.0.0.1:{_proxy.Port}/")));
    }

    private sealed class UserInfoProxy(Uri address) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri GetProxy(Uri destination) => address;

        public bool IsBypassed(Uri host) => false;
    }
}
