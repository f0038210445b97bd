using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.Node.Configuration;
using Recorder.Node.Security;
using System.Security.Cryptography.X509Certificates;

namespace Recorder.Node.Tests.Security;

/// <summary>FFmpeg itself on real sockets: where servers send it to, and where it goes.</summary>
public sealed class SourceEgressSpecs : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _open = [];
    private readonly List<string> _resolved = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var it in _open)
            await it.DisposeAsync();
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data/", "169.254.169.254 is a cloud's metadata address")]
    [InlineData("http://evil.example/clip.ts", "evil.example is not allowed: 169.254.169.254 is a cloud's metadata address")]
    [InlineData("https://169.254.169.254/latest/", "169.254.169.254 is a cloud's metadata address")]
    [InlineData("http://metadata.google.internal/", "metadata")]
    public async Task An_HTTP_server_that_redirects_to_a_forbidden_place_is_a_security_error(string elsewhere, string why)
    {
        var server = Server(_ => $"HTTP/1.1 302 Found\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n");
        var error = await FailureAsync($"http://camera.example:{server.Port}/live.ts");
        error.Name.ShouldBe(ErrorName.SecurityError);
        error.Message.ShouldStartWith($"http://camera.example:{server.Port}/live.ts may not be opened: ");
        error.Message.ShouldContain(why);
    }

    [Fact]
    public async Task A_playlist_that_names_a_forbidden_place_reaches_nobody()
    {
        var server = Server(_ => "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://evil.example/1.ts\n#EXT-X-ENDLIST\n", "application/vnd.apple.mpegurl");
        await FailureAsync($"http://camera.example:{server.Port}/index.m3u8");
        _resolved.ShouldContain("evil.example");
    }

    [Fact]
    public async Task An_HTTP_redirect_to_a_place_that_is_allowed_is_followed()
    {
        var target = Server(_ => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        var server = Server(_ => $"HTTP/1.1 302 Found\r\nLocation: http://other.example:{target.Port}/clip.ts\r\nContent-Length: 0\r\n\r\n");
        await FailureAsync($"http://camera.example:{server.Port}/live.ts");
        target.Requests.First().ShouldStartWith("GET /clip.ts HTTP/1.1\r\n");
        target.Requests[0].ShouldContain($"Host: other.example:{target.Port}");
        target.Requests[0].ShouldNotContain("Proxy-");
    }

    [Fact]
    public async Task An_RTSP_server_that_redirects_is_followed_only_to_what_was_checked()
    {
        var server = Server(request => $"RTSP/1.0 302 Found\r\nCSeq: {Line(request, "CSeq: ")}\r\nLocation: rtsp://10.255.255.1/stream\r\n\r\n");
        var error = await FailureAsync($"rtsp://camera.example:{server.Port}/stream");
        error.Name.ShouldBe(ErrorName.SecurityError);
        error.Message.ShouldContain("10.255.255.1 is in none of the networks");
    }

    [Fact]
    public async Task An_RTSP_server_that_redirects_to_an_address_is_not_followed_by_FFmpeg()
    {
        var other = Server(_ => "");
        var server = Server(request => $"RTSP/1.0 302 Found\r\nCSeq: {Line(request, "CSeq: ")}\r\nLocation: rtsp://[::ffff:169.254.169.254]:{other.Port}/\r\n\r\n");
        (await FailureAsync($"rtsp://127.0.0.1:{server.Port}/stream")).Message.ShouldContain("metadata");
        other.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_RTSP_redirect_to_a_place_that_is_allowed_is_followed_by_the_node()
    {
        var target = Server(request => $"RTSP/1.0 404 Not Found\r\nCSeq: {Line(request, "CSeq: ")}\r\n\r\n");
        var server = Server(request =>
            $"RTSP/1.0 302 Found\r\nCSeq: {Line(request, "CSeq: ")}\r\nLocation: rtsp://127.0.0.1:{target.Port}/other\r\n\r\n");
        (await FailureAsync($"rtsp://camera.example:{server.Port}/stream")).Message.ShouldContain("404");
        target.Requests.ShouldHaveSingleItem().ShouldStartWith($"OPTIONS rtsp://127.0.0.1:{target.Port}/other RTSP/1.0\r\n");
    }

    [Fact]
    public async Task Media_behind_a_redirect_is_read_through_the_way_out()
    {
        var media = Server(_ => "HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nConnection: close\r\n\r\n" + Silence());
        var server = Server(_ => $"HTTP/1.1 301 Moved\r\nLocation: http://media.example:{media.Port}/a.wav\r\nContent-Length: 0\r\n\r\n");
        var opener = new SourceOpener(new CaptureOptions { Policy = Policy() }, NullLogger.Instance, TimeProvider.System);
        var answer = await opener.OpenAsync(SourceUri.Parse($"http://camera.example:{server.Port}/live"), 1, default);
        using var input = answer.ShouldBeOfType<SourceOpener.SourceOpened>().Input;
        input.FormatName.ShouldBe("wav");
        _resolved.ShouldContain("media.example");
    }

    [Theory]
    [InlineData("https")]
    [InlineData("rtsps")]
    [InlineData("rtmps")]
    public async Task A_server_without_a_trusted_certificate_is_told_nothing(string scheme)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=camera.example", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
        var server = new TinyServer(_ => "never", certificate);
        _open.Add(server);

        var error = await FailureAsync($"{scheme}://user:geheim@camera.example:{server.Port}/live");

        error.Name.ShouldBe(ErrorName.SecurityError);
        error.Message.ShouldStartWith($"{scheme}://***@camera.example:{server.Port}/live is not trusted: the certificate of camera.example ");
        server.Names.ShouldContain("camera.example");
        server.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("https://metadata.google.internal/")]
    [InlineData("rtsps://evil.example/stream")]
    [InlineData("rtmps://evil.example/app/stream")]
    public async Task A_forbidden_place_is_forbidden_with_TLS_too(string source)
    {
        var error = await FailureAsync(source + "#tls=insecure");
        error.Name.ShouldBe(ErrorName.SecurityError);
        error.Message.ShouldContain("metadata");
    }

    [Fact]
    public async Task The_way_out_carries_nothing_without_a_ticket()
    {
        var policy = Policy();
        using var permit = await policy.PermitAsync(SourceUri.Parse("http://127.0.0.1:9/x"), "http://127.0.0.1:9/x", default);
        var proxy = new Uri(permit.Options["http_proxy"]);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, proxy.Port);
        await client.GetStream().WriteAsync("GET http://127.0.0.1:9/x HTTP/1.1\r\nProxy-Authorization: Basic eDp4\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(client.GetStream());
        (await reader.ReadLineAsync()).ShouldBe("HTTP/1.1 407 Proxy Authentication Required");
    }

    // A second of 8 kHz, 8 bit.
    private static string Silence()
    {
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write("RIFF"u8);
        writer.Write(36 + 8000);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(8000);
        writer.Write(8000);
        writer.Write((short)1);
        writer.Write((short)8);
        writer.Write("data"u8);
        writer.Write(8000);
        writer.Write(Enumerable.Repeat((byte)0x7f, 8000).ToArray());
        return Encoding.Latin1.GetString(file.ToArray());
    }

    private static string Line(string request, string name) => request.Split("\r\n").First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..];

    private SourcePolicy Policy()
    {
        var policy = new SourcePolicy(
            new SourcePolicyOptions
            {
                AllowsLoopback = true,
                Networks = ["public"],
                Resolve = (name, _) =>
                {
                    _resolved.Add(name);
                    return Task.FromResult<IPAddress[]>(name switch
                    {
                        "evil.example" => [IPAddress.Parse("169.254.169.254")],
                        _ => [IPAddress.Loopback],
                    });
                },
            },
            NullLogger.Instance);
        _open.Add(policy);
        return policy;
    }

    private async Task<MediaError> FailureAsync(string text)
    {
        var source = SourceUri.Parse(text);
        var opener = new SourceOpener(new CaptureOptions { Policy = Policy() }, NullLogger.Instance, TimeProvider.System);
        var answer = await opener.OpenAsync(source, 1, default);
        return SourceErrors.Translate(source, answer.ShouldBeOfType<SourceOpener.SourceNotOpened>().Error, wasOpen: false).Error;
    }

    private TinyServer Server(Func<string, string> answer, string? contentType = null)
    {
        var server = new TinyServer(contentType is null
            ? answer
            : request => $"HTTP/1.1 200 OK\r\nContent-Type: {contentType}\r\nConnection: close\r\n\r\n{answer(request)}");
        _open.Add(server);
        return server;
    }

    /// <summary>Answers each request's head with a text and closes.</summary>
    private sealed class TinyServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.IPv6Any, 0) { Server = { DualMode = true } };
        private readonly Func<string, string> _answer;
        private readonly X509Certificate2? _certificate;
        private readonly Task _serving;

        public TinyServer(Func<string, string> answer, X509Certificate2? certificate = null)
        {
            (_answer, _certificate) = (answer, certificate);
            _listener.Start();
            _serving = ServeAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public List<string> Requests { get; } = [];

        /// <summary>The names that were asked for (SNI).</summary>
        public List<string> Names { get; } = [];

        public async ValueTask DisposeAsync()
        {
            _listener.Dispose();
            await _serving;
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    var stream = _certificate is null ? client.GetStream() : await SecureAsync(client.GetStream());
                    var buffer = new byte[8192];
                    var read = stream is null ? 0 : await stream.ReadAsync(buffer);
                    if (read > 0)
                    {
                        var request = Encoding.ASCII.GetString(buffer, 0, read);
                        Requests.Add(request);
                        await stream!.WriteAsync(Encoding.Latin1.GetBytes(_answer(request)));
                    }
                }
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException or IOException)
            {
                // Closed.
            }
        }

        // Null when it was hung up on.
        private async Task<Stream?> SecureAsync(Stream stream)
        {
            var tls = new SslStream(stream);
            try
            {
                await tls.AuthenticateAsServerAsync(
                    (_, hello, _, _) =>
                    {
                        Names.Add(hello.ServerName);
                        return ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificate = _certificate });
                    },
                    null);
                return tls;
            }
            catch (Exception refused) when (refused is IOException or AuthenticationException)
            {
                return null;
            }
        }
    }
}
