using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Recorder.Actors.Tests.Capture;

/// <summary>A server with TLS that keeps everything it receives.</summary>
internal sealed class TlsServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.IPv6Any, 0) { Server = { DualMode = true } };
    private readonly SslStreamCertificateContext? _certificate;
    private readonly Func<string, byte[]> _answer;
    private readonly ConcurrentQueue<string> _received = new();

    /// <param name="certificate">Its certificate; null for a server without TLS.</param>
    /// <param name="answer">Returns the answer to a request. The connection is closed after it unless it is RTSP.</param>
    public TlsServer(X509Certificate2? certificate, Func<string, byte[]> answer)
    {
        _certificate = certificate is null ? null : SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
        _answer = answer;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Everything received, after TLS.</summary>
    public IReadOnlyCollection<string> Received => _received;

    /// <summary>The names that clients requested (SNI).</summary>
    public ConcurrentQueue<string> Names { get; } = new();

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The spec is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        try
        {
            Stream stream = client.GetStream();
            if (_certificate is not null)
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsServerAsync(
                    (_, hello, _, _) =>
                    {
                        Names.Enqueue(hello.ServerName);
                        return ValueTask.FromResult(new SslServerAuthenticationOptions
                        {
                            ServerCertificateContext = _certificate,
#pragma warning disable SYSLIB0040 // Old cameras have keys that are refused otherwise.
                            EncryptionPolicy = EncryptionPolicy.AllowNoEncryption,
#pragma warning restore SYSLIB0040
                        });
                    },
                    null);
                stream = tls;
            }

            var buffer = new byte[8192];
            while (await stream.ReadAsync(buffer) is > 0 and var read)
            {
                var request = Encoding.Latin1.GetString(buffer, 0, read);
                _received.Enqueue(request);
                var answer = _answer(request);
                await stream.WriteAsync(answer);
                if (!answer.AsSpan().StartsWith("RTSP"u8))
                {
                    await stream.FlushAsync();
                    break;
                }
            }

            await stream.DisposeAsync();
        }
        catch (Exception error) when (error is IOException or SocketException or AuthenticationException or ObjectDisposedException)
        {
            // The client disconnected.
        }
    }
}

/// <summary>Answers of servers.</summary>
internal static class ServerAnswers
{
    /// <summary>A second of silence with 8 kHz and 8 bit.</summary>
    public static byte[] Wave(string request) =>
        [.. Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nConnection: close\r\n\r\n"), .. Silence()];

    /// <summary>The same for clients that send a password.</summary>
    public static byte[] GuardedWave(string request) => request.Contains("Authorization: Basic ", StringComparison.Ordinal)
        ? Wave(request)
        : Encoding.ASCII.GetBytes("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"camera\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

    public static byte[] Redirect(string to) =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

    public static byte[] Playlist(string segment) => Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.apple.mpegurl\r\nConnection: close\r\n\r\n"
        + $"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{segment}\n#EXT-X-ENDLIST\n");

    /// <summary>A camera with a password and one track of sound.</summary>
    public static byte[] Camera(string request)
    {
        var sequence = request.Split("\r\n").FirstOrDefault(line => line.StartsWith("CSeq: ", StringComparison.Ordinal)) ?? "CSeq: 0";
        var method = request.Split(' ')[0];
        var (status, rest) = method switch
        {
            "DESCRIBE" when !request.Contains("Authorization: Basic", StringComparison.Ordinal) =>
                ("401 Unauthorized", "WWW-Authenticate: Basic realm=\"camera\"\r\n\r\n"),
            "DESCRIBE" => ("200 OK", Description),
            "SETUP" => ("200 OK", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n\r\n"),
            "OPTIONS" => ("200 OK", "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n\r\n"),
            _ => ("200 OK", "Session: 1\r\n\r\n"),
        };
        byte[] media = method == "PLAY" ? [.. Enumerable.Range(0, 50).SelectMany(Packet)] : [];
        return [.. Encoding.ASCII.GetBytes($"RTSP/1.0 {status}\r\n{sequence}\r\n{rest}"), .. media];
    }

    private static string Description
    {
        get
        {
            const string Sdp = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\nm=audio 0 RTP/AVP 0\r\na=control:track1\r\n";
            return $"Content-Type: application/sdp\r\nContent-Length: {Sdp.Length}\r\n\r\n{Sdp}";
        }
    }

    private static IEnumerable<byte> Packet(int number)
    {
        const int Samples = 160;
        var time = number * Samples;
        byte[] header = [0x24, 0, 0, 12 + Samples, 0x80, 0, 0, (byte)number, 0, 0, (byte)(time >> 8), (byte)time, 0, 0, 0, 1];
        return [.. header, .. Enumerable.Repeat((byte)0xff, Samples)];
    }

    private static byte[] Silence()
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
        return file.ToArray();
    }
}
