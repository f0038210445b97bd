using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Recorder.Integration.Tests.Harness;

/// <summary>
/// An encoder as studios have them: ffmpeg encodes a test picture once, and whoever asks over HTTP gets the same MPEG-TS from then on. What it
/// sent is in a file. Nobody who comes or goes disturbs another.
/// </summary>
public sealed class BroadcastCamera : IAsyncDisposable
{
    private const int PacketSize = 188;
    private const int MostWaiting = 4_000;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Channel<byte[]>, bool> _viewers = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly FileStream _sent;
    private readonly Process _encoder;
    private readonly Task _work;

    /// <param name="sent">The file that has all that was sent.</param>
    /// <param name="rate">Pictures a second.</param>
    /// <param name="keyFrames">Seconds from one key frame to the next.</param>
    public BroadcastCamera(string sent, int rate = 25, int keyFrames = 1)
    {
        _listener.Start();
        _sent = File.Create(sent);
        _encoder = Process.Start(new ProcessStartInfo("ffmpeg", Command.Split(
            $"-v error -nostdin -re -f lavfi -i testsrc2=size=320x240:rate={rate} -re -f lavfi -i sine=frequency=440:sample_rate=48000 -c:v libx264 " +
            $"-preset ultrafast -tune zerolatency -g {rate * keyFrames} -pix_fmt yuv420p -c:a aac -muxdelay 0 -muxpreload 0 -flush_packets 1 -f mpegts -"))
        {
            RedirectStandardOutput = true,
        })!;
        _work = Task.WhenAll(SendAsync(), AcceptAsync());
    }

    public string Uri => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/live.ts";

    /// <summary>Ends; what was sent is in its file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ending.IsCancellationRequested)
            return;

        await _ending.CancelAsync();
        _encoder.Kill();
        _listener.Stop();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _sent.DisposeAsync();
        _encoder.Dispose();
        _listener.Dispose();
        _ending.Dispose();
    }

    private async Task SendAsync()
    {
        var output = _encoder.StandardOutput.BaseStream;
        while (true)
        {
            var packets = new byte[PacketSize * 7];
            var read = await output.ReadAtLeastAsync(packets, PacketSize, throwOnEndOfStream: false, _ending.Token);
            read += read % PacketSize == 0 ? 0 : await output.ReadAtLeastAsync(packets.AsMemory(read), PacketSize - (read % PacketSize), false, _ending.Token);
            if (read == 0)
                return;

            var whole = packets[..(read - (read % PacketSize))];
            await _sent.WriteAsync(whole, _ending.Token);
            foreach (var viewer in _viewers.Keys)
                viewer.Writer.TryWrite(whole);
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
            _ = ServeAsync(await _listener.AcceptTcpClientAsync(_ending.Token));
    }

    private async Task ServeAsync(TcpClient client)
    {
        var waiting = Channel.CreateBounded<byte[]>(MostWaiting);
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                await stream.ReadAtLeastAsync(new byte[4096], 1, false, _ending.Token);
                await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.0 200 OK\r\nContent-Type: video/mp2t\r\n\r\n"), _ending.Token);
                _viewers[waiting] = true;
                await foreach (var packets in waiting.Reader.ReadAllAsync(_ending.Token))
                    await stream.WriteAsync(packets, _ending.Token);
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException)
        {
            // It has seen enough.
        }
        finally
        {
            _viewers.TryRemove(waiting, out _);
        }
    }
}
