using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;

namespace Recorder.Actors.Tests.Capture;

/// <summary>A camera that sends JPEG frames over HTTP (multipart/x-mixed-replace) when a spec says so.</summary>
internal sealed class MotionJpegServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopped = new();
    private readonly Channel<byte[]?> _body = Channel.CreateUnbounded<byte[]?>();
    private readonly bool _hasLengths;
    private readonly bool _isChunked;
    private readonly string _boundary;
    private readonly string _login;

    /// <param name="hasLengths">Whether each frame states its length.</param>
    /// <param name="isChunked">Whether the body comes in chunks.</param>
    /// <param name="boundary">The text between frames.</param>
    /// <param name="login">"", "Basic" or "Digest"; the user is viewer and the password is secret.</param>
    public MotionJpegServer(bool hasLengths = true, bool isChunked = false, string boundary = "--frame", string login = "")
    {
        (_hasLengths, _isChunked, _boundary, _login) = (hasLengths, isChunked, boundary, login);
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Uri => $"http://{(_login.Length > 0 ? "viewer:secret@" : "")}127.0.0.1:{Port}/stream";

    /// <summary>Sends a frame and the text after it at once, as cameras do.</summary>
    public void Send(byte[] frame) => SendBytes([.. Header(frame), .. frame, .. "\r\n"u8]);

    /// <summary>Sends the first half of a frame and closes the connection.</summary>
    public void SendHalf(byte[] frame)
    {
        SendBytes([.. Header(frame), .. frame[..(frame.Length / 2)]]);
        _body.Writer.TryWrite(null);
    }

    public void Dispose()
    {
        _stopped.Cancel();
        _listener.Dispose();
    }

    private void SendBytes(byte[] bytes) => _body.Writer.TryWrite(_isChunked ? [.. Ascii($"{bytes.Length:x}\r\n"), .. bytes, .. "\r\n"u8] : bytes);

    private byte[] Header(byte[] frame) => Ascii(
        $"{_boundary}\r\nContent-Type: image/jpeg\r\n{(_hasLengths ? $"Content-Length: {frame.Length}\r\n" : "")}\r\n");

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stopped.Token);
                await ServeAsync(client.GetStream());
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        try
        {
            var request = await ReadRequestAsync(stream);
            if (Challenge(request) is { } challenge)
            {
                await stream.WriteAsync(Ascii($"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: {challenge}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
                return;
            }

            await stream.WriteAsync(Ascii(
                $"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary={_boundary[2..]}\r\n" +
                (_isChunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Connection: close\r\n\r\n")));
            while (await _body.Reader.ReadAsync(_stopped.Token) is { } bytes)
                await stream.WriteAsync(bytes, _stopped.Token);
        }
        catch (IOException)
        {
        }
    }

    private string? Challenge(string request) => _login switch
    {
        "Basic" when !request.Contains("Authorization: Basic " + Convert.ToBase64String("viewer:secret"u8), StringComparison.Ordinal) =>
            "Basic realm=\"camera\"",
        "Digest" when !request.Contains($"response=\"{Digest()}\"", StringComparison.Ordinal) => "Digest realm=\"camera\", nonce=\"abc\"",
        _ => null,
    };

#pragma warning disable CA5351 // Cameras use it.
    private static string Digest()
    {
        static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Ascii(text)));
        return Md5($"{Md5("viewer:camera:secret")}:abc:{Md5("GET:/stream")}");
    }
#pragma warning restore CA5351

    private static async Task<string> ReadRequestAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!text.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(buffer);
            if (read == 0)
                throw new IOException("The client went away.");

            text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        return text.ToString();
    }

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);
}
