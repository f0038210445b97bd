using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Capture;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Tests.Capture;

/// <summary>HTTP live streams from a server that publishes segments when a spec says so.</summary>
public sealed class PlaylistSourceSpecs : TestKit, IClassFixture<MediaFiles>
{
    private readonly List<byte[]> _segments;
    private readonly int _frames;
    private readonly IActorRef _sources;

    public PlaylistSourceSpecs(MediaFiles files)
        : base(ConfigurationFactory.ParseString("akka.stdout-loglevel = OFF"))
    {
        // Each segment is a transport stream of its own, whose timestamps start again.
        _segments = files.Segments.ToList();
        _frames = MediaFiles.Count(files.Clip, "v");
        var options = new CaptureOptions { FirstRetry = TimeSpan.FromMilliseconds(100) };
        _sources = Sys.ActorOf(SourcesActor.PropsFor(options, NullLoggerFactory.Instance, TimeProvider.System), "sources");
    }

    [Fact]
    public void A_live_stream_whose_segments_restart_their_timestamps_loses_no_packet_and_ends_with_its_playlist()
    {
        using var server = new PlaylistServer(_segments);
        server.Publish(2, isOver: false);
        _sources.Tell(new Attach(SourceUri.Parse($"http://127.0.0.1:{server.Port}/live.m3u8")), TestActor);
        ExpectMsg<SourceOpened>(TimeSpan.FromSeconds(10));
        var counts = new Dictionary<int, int>();

        for (var message = ReceiveOne(TimeSpan.FromSeconds(10)); message is not SourceEnded; message = ReceiveOne(TimeSpan.FromSeconds(10)))
        {
            // No message reports damage or a loss.
            var arrived = message.ShouldBeOfType<MediaArrived>();
            for (var i = 0; i < arrived.Batch.Count; i++)
                counts[arrived.Batch[i].Track] = counts.GetValueOrDefault(arrived.Batch[i].Track) + 1;

            arrived.Done();
            // The playlist stays live until two segments were read.
            if (counts.GetValueOrDefault(0) > 30)
                server.Publish(_segments.Count, isOver: true);
        }

        counts[0].ShouldBe(_frames);
        server.Requests.Count(path => path.EndsWith("0.ts", StringComparison.Ordinal)).ShouldBe(1, "it is not opened again");
    }

    [Fact]
    public void A_playlist_that_cannot_be_read_any_more_is_a_loss_and_not_an_end()
    {
        using var server = new PlaylistServer(_segments);
        server.Publish(2, isOver: false);
        _sources.Tell(new Attach(SourceUri.Parse($"http://127.0.0.1:{server.Port}/live.m3u8")), TestActor);
        ExpectMsg<SourceOpened>(TimeSpan.FromSeconds(10));
        server.Publish(0, isOver: false);

        object? message;
        while ((message = ReceiveOne(TimeSpan.FromSeconds(20))) is MediaArrived arrived)
            arrived.Done();

        message.ShouldBeOfType<SourceLost>();
    }

    private sealed class PlaylistServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stopped = new();
        private readonly IReadOnlyList<byte[]> _segments;
        private volatile string _playlist = "";

        public PlaylistServer(IReadOnlyList<byte[]> segments)
        {
            _segments = segments;
            _listener.Start();
            _ = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public ConcurrentQueue<string> Requests { get; } = new();

        /// <summary>Publishes a playlist of the first segments; removes it for a count of 0.</summary>
        public void Publish(int count, bool isOver)
        {
            var text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:0\n");
            for (var number = 0; number < count; number++)
                text.Append("#EXTINF:1.0,\n").Append(number).Append(".ts\n");

            _playlist = count == 0 ? "" : text.Append(isOver ? "#EXT-X-ENDLIST\n" : "").ToString();
        }

        public void Dispose()
        {
            _stopped.Cancel();
            _listener.Dispose();
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                    _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stopped.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
            }
        }

        private async Task ServeAsync(TcpClient client)
        {
            using (client)
            {
                try
                {
                    var stream = client.GetStream();
                    var buffer = new byte[8192];
                    var read = await stream.ReadAsync(buffer, _stopped.Token);
                    var path = Encoding.ASCII.GetString(buffer, 0, read).Split(' ')[1];
                    Requests.Enqueue(path);
                    var body = path.EndsWith(".m3u8", StringComparison.Ordinal)
                        ? Encoding.ASCII.GetBytes(_playlist)
                        : _segments[int.Parse(Path.GetFileNameWithoutExtension(path), null)];
                    var status = body.Length == 0 ? "404 Not Found" : "200 OK";
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(
                        $"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"), _stopped.Token);
                    await stream.WriteAsync(body, _stopped.Token);
                }
                catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
                {
                }
            }
        }
    }
}
