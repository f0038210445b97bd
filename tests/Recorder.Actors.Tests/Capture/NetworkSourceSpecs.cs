using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Capture;
using Recorder.Contracts;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Tests.Capture;

/// <summary>Sources on real sockets, in real time.</summary>
public sealed class NetworkSourceSpecs : TestKit, IClassFixture<MediaFiles>
{
    private readonly MediaFiles _files;
    private readonly IActorRef _sources;

    public NetworkSourceSpecs(MediaFiles files)
        : base(ConfigurationFactory.ParseString("akka.stdout-loglevel = OFF"))
    {
        _files = files;
        var options = new CaptureOptions { FirstRetry = TimeSpan.FromMilliseconds(100), LongestRetry = TimeSpan.FromMilliseconds(400) };
        _sources = Sys.ActorOf(SourcesActor.PropsFor(options, NullLoggerFactory.Instance, TimeProvider.System), "sources");
    }

    [Fact]
    public void A_server_that_stalls_is_lost_at_the_deadline()
    {
        using var server = new StreamServer(File.ReadAllBytes(_files.Stream)) { StallAfter = 60_000 };
        Attach($"tcp://127.0.0.1:{server.Port}#deadline=1s");
        ExpectMsg<SourceOpened>(TimeSpan.FromSeconds(10));
        var last = TimeProvider.System.GetTimestamp();
        object? message;
        while ((message = ReceiveOne(TimeSpan.FromSeconds(10))) is MediaArrived arrived)
        {
            arrived.Done();
            last = TimeProvider.System.GetTimestamp();
        }

        message.ShouldBeOfType<SourceLost>().Cause.ShouldContain("sent nothing for 1 s");
        // The default is five seconds.
        TimeProvider.System.GetElapsedTime(last).ShouldBeInRange(TimeSpan.FromSeconds(0.8), TimeSpan.FromSeconds(4));
    }

    [Fact]
    public void A_server_that_restarts_gives_one_stream_with_a_gap()
    {
        var media = File.ReadAllBytes(_files.Stream);
        var server = new StreamServer(media) { CloseAfter = media.Length / 2 };
        var port = server.Port;
        Attach($"tcp://127.0.0.1:{port}#deadline=2s");
        var tracks = ExpectMsg<SourceOpened>(TimeSpan.FromSeconds(10)).Tracks;
        var dts = new Dictionary<int, List<long>> { [0] = [], [1] = [] };
        Collect(dts).ShouldBeOfType<SourceLost>();
        server.Dispose();
        var before = dts[0].Count;
        before.ShouldBeGreaterThan(5);

        using var again = new StreamServer(media, port);
        ExpectMsg<SourceRestored>(TimeSpan.FromSeconds(10));
        var first = ReceiveOne(TimeSpan.FromSeconds(5)).ShouldBeOfType<MediaArrived>();
        var video = Enumerable.Range(0, first.Batch.Count).Select(i => first.Batch[i]).First(p => p.Track == 0);
        video.Key.ShouldBeTrue();
        Collect(dts, first).ShouldBeOfType<SourceLost>();

        foreach (var track in tracks)
        {
            var times = dts[track.Id];
            times.Zip(times.Skip(1), (a, b) => b - a).Min().ShouldBeGreaterThan(0);
        }

        // Sound and video of the second connection keep their distance in the file, where both begin together.
        var shift = tracks[0].TimeBase.ToTimeSpan(AfterGap(dts[0])) - tracks[1].TimeBase.ToTimeSpan(AfterGap(dts[1]));
        shift.Duration().ShouldBeLessThan(TimeSpan.FromSeconds(0.2));

        static long AfterGap(List<long> times) => times.Zip(times.Skip(1)).MaxBy(t => t.Second - t.First).Second;
    }

    [Fact]
    public void Two_recorders_of_one_camera_share_one_connection()
    {
        using var server = new StreamServer(File.ReadAllBytes(_files.Stream)) { StallAfter = 100_000 };
        var source = $"tcp://127.0.0.1:{server.Port}#deadline=5s";
        Attach(source);
        ExpectMsg<SourceOpened>(TimeSpan.FromSeconds(10));
        ExpectMsg<MediaArrived>(TimeSpan.FromSeconds(5)).Done();
        var second = CreateTestProbe();
        _sources.Tell(new Attach(SourceUri.Parse(source)), second);
        second.ExpectMsg<SourceOpened>(TimeSpan.FromSeconds(5));
        var first = second.ExpectMsg<MediaArrived>(TimeSpan.FromSeconds(5));
        first.Batch[0].Key.ShouldBeTrue();
        first.Done();
        server.Connections.ShouldBe(1);
    }

    [Fact]
    public void A_refused_connection_is_reported_and_tried_again()
    {
        Attach("rtsp://user:geheim@127.0.0.1:1/stream");
        ExpectMsg<SourceConnecting>(TimeSpan.FromSeconds(10)).Cause.ShouldStartWith("rtsp://***@127.0.0.1:1/stream cannot be reached: ");
        ExpectMsg<SourceConnecting>(TimeSpan.FromSeconds(10)).Attempt.ShouldBe(2);
    }

    [Theory]
    [InlineData("401 Unauthorized", ErrorName.SecurityError, "refuses the user name or password")]
    [InlineData("403 Forbidden", ErrorName.SecurityError, "forbids access")]
    public void A_server_that_refuses_fails_for_good(string status, ErrorName name, string part)
    {
        using var server = new StreamServer([]) { Answer = $"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" };
        Attach($"http://127.0.0.1:{server.Port}/live.ts");
        var error = ExpectMsg<SourceFailed>(TimeSpan.FromSeconds(10)).Error;
        error.Name.ShouldBe(name);
        error.Message.ShouldContain(part);
    }

    [Fact]
    public void A_missing_stream_is_tried_again()
    {
        using var server = new StreamServer([]) { Answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" };
        Attach($"http://127.0.0.1:{server.Port}/live.ts");
        ExpectMsg<SourceConnecting>(TimeSpan.FromSeconds(10)).Cause.ShouldContain("has no such stream (404)");
        ExpectMsg<SourceConnecting>(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void A_recording_on_a_web_server_plays_at_its_own_pace_to_its_end()
    {
        var media = File.ReadAllBytes(_files.Matroska);
        using var server = new StreamServer(media)
        {
            Answer = $"HTTP/1.1 200 OK\r\nContent-Length: {media.Length}\r\nContent-Type: video/x-matroska\r\nConnection: close\r\n\r\n",
        };
        // Starts before attaching, because this thread may learn late that the source is open.
        var started = TimeProvider.System.GetTimestamp();
        Attach($"http://127.0.0.1:{server.Port}/clip.mkv");
        ExpectMsg<SourceOpened>(TimeSpan.FromSeconds(10));
        var dts = new Dictionary<int, List<long>> { [0] = [], [1] = [] };
        Collect(dts).ShouldBeOfType<SourceEnded>();
        TimeProvider.System.GetElapsedTime(started).ShouldBeGreaterThan(TimeSpan.FromSeconds(2.5));
        dts[0].Count.ShouldBe(75);
    }

    private void Attach(string source) => _sources.Tell(new Attach(SourceUri.Parse(source)), TestActor);

    private object? Collect(Dictionary<int, List<long>> dts, MediaArrived? first = null)
    {
        object? message = first;
        while ((message ??= ReceiveOne(TimeSpan.FromSeconds(10))) is MediaArrived arrived)
        {
            for (var i = 0; i < arrived.Batch.Count; i++)
                dts[arrived.Batch[i].Track].Add(arrived.Batch[i].Dts);

            arrived.Done();
            message = null;
        }

        return message;
    }

    /// <summary>Sends media to each client, about four times as fast as it plays.</summary>
    private sealed class StreamServer : IDisposable
    {
        private readonly TcpListener _listener;
        private readonly CancellationTokenSource _stopped = new();
        private readonly byte[] _media;
        private int _connections;

        public StreamServer(byte[] media, int port = 0)
        {
            _media = media;
            _listener = new TcpListener(IPAddress.Loopback, port);
            _listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            _listener.Start();
            _ = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public int Connections => _connections;

        public int StallAfter { get; init; } = int.MaxValue;

        public int CloseAfter { get; init; } = int.MaxValue;

        public string? Answer { get; init; }

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
            Interlocked.Increment(ref _connections);
            using (client)
            {
                try
                {
                    var stream = client.GetStream();
                    if (Answer is not null)
                    {
                        await stream.ReadAtLeastAsync(new byte[4096], 1, cancellationToken: _stopped.Token);
                        await stream.WriteAsync(Encoding.ASCII.GetBytes(Answer), _stopped.Token);
                    }

                    var end = Math.Min(_media.Length, Math.Min(StallAfter, CloseAfter));
                    for (var at = 0; at < end; at += 4 * 188)
                    {
                        await stream.WriteAsync(_media.AsMemory(at, Math.Min(4 * 188, end - at)), _stopped.Token);
                        await Task.Delay(2, _stopped.Token);
                    }

                    if (StallAfter != int.MaxValue)
                        await Task.Delay(Timeout.Infinite, _stopped.Token);
                }
                catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
                {
                }
            }
        }
    }
}
