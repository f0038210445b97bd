using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Recorder.Integration.Tests.Harness;

namespace Recorder.FFmpeg.Tests;

[Collection(nameof(FFmpegCollection))]
public sealed class DemuxerSpecs(MediaFixture media)
{
    [Theory]
    [InlineData("h264-aac.mp4", "h264,aac", "avc1.42c00d,mp4a.40.2")]
    [InlineData("h264-bframes-aac.ts", "h264,aac", "avc1.4d400d,mp4a.40.2")]
    [InlineData("h264-aac.flv", "h264,aac", "avc1.42c00d,mp4a.40.2")]
    [InlineData("hevc.mp4", "hevc", "hvc1.1.6.L60.90")]
    [InlineData("hevc.ts", "hevc", "hvc1.1.6.L60.90")]
    [InlineData("vp8-opus.webm", "vp8,opus", "vp8,opus")]
    [InlineData("vp9-opus.webm", "vp9,opus", "vp09.00.20.08,opus")]
    [InlineData("av1.mp4", "av1", "av01.0.00M.08")]
    [InlineData("vorbis.ogg", "vorbis", "vorbis")]
    [InlineData("aac.aac", "aac", "mp4a.40.2")]
    [InlineData("mp3.mp3", "mp3", "mp4a.6b")]
    [InlineData("flac.flac", "flac", "flac")]
    [InlineData("pcm-8k-mono.wav", "pcm_s16le", "pcm")]
    [InlineData("mjpeg.avi", "mjpeg", "mjpeg")]
    public void Every_codec_is_named_and_every_packet_read(string file, string codecs, string mimeCodecs)
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = media[file] });
        string.Join(',', demuxer.Streams.Select(s => s.Parameters.Codec)).ShouldBe(codecs);
        string.Join(',', demuxer.Streams.Select(s => s.Parameters.MimeCodec)).ShouldBe(mimeCodecs);
        var counts = new int[demuxer.Streams.Count];
        var sizes = new long[demuxer.Streams.Count];
        var result = ReadResult.Appended;
        while (result == ReadResult.Appended)
        {
            var batch = PacketBatch.Rent();
            while (batch.Count < 20 && (result = demuxer.Read(batch)) == ReadResult.Appended)
            {
            }
            for (var i = 0; i < batch.Count; i++)
            {
                counts[batch[i].Track]++;
                sizes[batch[i].Track] += batch.Data(i).Length;
                batch[i].Corrupt.ShouldBeFalse();
            }
            batch.Release();
        }
        result.ShouldBe(ReadResult.EndOfStream);
        var probe = Probe.Of(media[file]);
        counts.ShouldBe(probe.Streams.Select(s => s.Packets.Count));
        sizes.ShouldBe(probe.Streams.Select(s => s.Packets.Sum(p => (long)p.Size)));
    }

    [Theory]
    [InlineData("h264-bframes-aac.mp4", "h264")]
    [InlineData("h264-aac.mp4", "h264")]
    [InlineData("hevc.mp4", "hevc")]
    public void A_raw_stream_without_times_is_shown_in_the_order_that_its_frames_state(string file, string format)
    {
        var raw = media.New(format);
        Tool.FFmpeg("-i", media[file], "-map", "0:v", "-c", "copy", "-f", format, raw);
        var stated = Probe.Of(media[file]).Video.Packets;
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = raw });
        var batch = PacketBatch.Rent();
        while (demuxer.Read(batch) == ReadResult.Appended)
        {
        }
        var unit = demuxer.Streams[0].TimeBase;
        Shown(stated.Select(p => p.Pts)).ShouldBe(Shown(Enumerable.Range(0, batch.Count).Select(i => batch[i].Pts * unit.Value)));
        Enumerable.Range(0, batch.Count).ShouldAllBe(i => batch[i].Dts <= batch[i].Pts);
        Enumerable.Range(1, batch.Count - 1).ShouldAllBe(i => batch[i].Dts - batch[i - 1].Dts == batch[i].Duration);
        batch.Release();

        static List<int> Shown(IEnumerable<double> times) => [.. times.Select(time => (int)Math.Round((time - times.Min()) * 25))];
    }

    [Fact]
    public void A_stream_states_what_a_recorder_needs()
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = media["rotated.mp4"] });
        var video = demuxer.Streams[0];
        video.Parameters.Kind.ShouldBe(MediaKind.Video);
        video.Parameters.Width.ShouldBe(320);
        video.Parameters.Height.ShouldBe(240);
        video.Parameters.FrameRate.ShouldBe(new Rational(25, 1));
        video.Parameters.HasExtraData.ShouldBeTrue();
        video.Parameters.Rotation.ShouldBe(270);
        video.StartTime.ShouldBe(TimeSpan.Zero);
        var audio = demuxer.Streams[1];
        audio.Parameters.Kind.ShouldBe(MediaKind.Audio);
        audio.Parameters.SampleRate.ShouldBe(48000);
        audio.Parameters.Channels.ShouldBe(1);
        audio.Parameters.BitRate.ShouldBeInRange(40_000, 80_000);
        demuxer.FormatName.ShouldContain("mp4");
        demuxer.Duration!.Value.TotalSeconds.ShouldBe(6, 0.05);
        demuxer.IsSeekable.ShouldBeTrue();
    }

    [Fact]
    public void After_going_back_to_the_start_the_same_packets_are_read_again()
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = media["h264-bframes-aac.mp4"] });
        var first = Read();
        demuxer.SeekToStart();
        Read().ShouldBe(first);

        List<PacketInfo> Read()
        {
            var batch = PacketBatch.Rent();
            for (var i = 0; i < 50; i++)
                demuxer.Read(batch);
            var infos = Enumerable.Range(0, batch.Count).Select(i => batch[i]).Where(p => p.Track == 0).Take(10).ToList();
            batch.Release();
            return infos;
        }
    }

    [Fact]
    public void A_new_frame_size_of_a_camera_is_noticed()
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = media["size-changes.ts"] });
        demuxer.Streams[0].Parameters.Width.ShouldBe(320);
        var before = demuxer.Streams[0].Parameters;
        demuxer.StreamsVersion.ShouldBe(1);
        var batch = PacketBatch.Rent();
        while (demuxer.Read(batch) == ReadResult.Appended)
        {
        }
        batch.Release();
        demuxer.StreamsVersion.ShouldBe(2);
        var after = demuxer.Streams[0].Parameters;
        (after.Width, after.Height).ShouldBe((640, 480));
        after.Equivalent(before).ShouldBeFalse();
        after.Equivalent(after.Clone()).ShouldBeTrue();
        after.MimeCodec.ShouldNotBe(before.MimeCodec);
    }

    [Fact]
    public void A_codec_header_that_comes_only_with_the_first_key_frame_is_found()
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = media["h264-bframes-aac.ts"], FindStreamInfo = false });
        demuxer.Streams.ShouldAllBe(s => !s.Parameters.HasExtraData);
        var batch = PacketBatch.Rent();
        while (batch.Count < 50 && demuxer.Read(batch) == ReadResult.Appended)
        {
        }
        batch.Release();
        var video = demuxer.Streams.Single(s => s.Parameters.Kind == MediaKind.Video).Parameters;
        video.HasExtraData.ShouldBeTrue();
        (video.Width, video.Height).ShouldBe((320, 240));
        video.MimeCodec.ShouldStartWith("avc1.");
        demuxer.StreamsVersion.ShouldBeGreaterThan(1);
    }

    [Fact]
    public void A_device_is_opened_with_the_library_that_is_loaded_for_it()
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Format = "lavfi", Url = "testsrc2=s=64x48:d=1" });
        demuxer.Streams[0].Parameters.Codec.ShouldBe("rawvideo");
        var batch = PacketBatch.Rent();
        demuxer.Read(batch).ShouldBe(ReadResult.Appended);
        batch.Release();
        Should.Throw<FFmpegException>(() => Demuxer.Open(new DemuxerOptions { Format = "no-such-device", Url = "x" }))
            .Message.ShouldContain("no demuxer no-such-device");
    }

    [Fact]
    public async Task Packets_from_RTSP_have_the_wall_clock_time_of_their_capture()
    {
        var port = FreePort.Take();
        var opening = Task.Run(() => Demuxer.Open(new DemuxerOptions
        {
            Url = $"rtsp://127.0.0.1:{port}/live",
            Options = new Dictionary<string, string> { ["rtsp_flags"] = "listen", ["rtsp_transport"] = "tcp" },
            LiveLowLatencyProbe = true,
        }));
        var pushing = Task.Run(() =>
        {
            // The demuxer may not listen yet, so the sender tries again.
            while (!opening.IsCompleted)
            {
                var (code, _, _) = Tool.Try("ffmpeg", "-v", "error", "-nostdin", "-re", "-t", "2", "-i", media["h264-aac.mp4"], "-c", "copy",
                    "-f", "rtsp", "-rtsp_transport", "tcp", $"rtsp://127.0.0.1:{port}/live");
                if (code == 0)
                    return;
            }
        });
        using var demuxer = await opening;
        demuxer.Streams.Select(s => s.Parameters.Codec).ShouldBe(["h264", "aac"]);
        var batch = PacketBatch.Rent();
        while (demuxer.Read(batch) == ReadResult.Appended && batch.Count < 60)
        {
        }
        var now = TimeProvider.System.GetUtcNow();
        var stamped = Enumerable.Range(0, batch.Count).Select(i => batch[i]).Where(p => p.CaptureTimeUs != 0 && p.Track == 0).ToList();
        stamped.Count.ShouldBeGreaterThan(10);
        var last = DateTimeOffset.UnixEpoch.AddMicroseconds(stamped[^1].CaptureTimeUs);
        (now - last).Duration().ShouldBeLessThan(TimeSpan.FromSeconds(2));
        for (var i = 1; i < stamped.Count; i++)
            (stamped[i].CaptureTimeUs - stamped[i - 1].CaptureTimeUs).ShouldBeInRange(39_000, 41_000);
        batch.Release();
        demuxer.Dispose();
        await pushing;
    }

    [Theory]
    [InlineData("not-media.bin", "Invalid data")]
    [InlineData("no-such-file.mp4", "No such file")]
    public void A_source_that_cannot_be_opened_fails_with_the_reason(string file, string reason)
    {
        var path = file == "not-media.bin" ? media[file] : "/nowhere/" + file;
        var error = Should.Throw<FFmpegException>(() => Demuxer.Open(new DemuxerOptions { Url = path }));
        error.Message.ShouldContain(reason);
        error.Message.ShouldContain(path);
        error.Code.ShouldBeLessThan(0);
    }

    [Fact]
    public void A_refused_connection_is_reported_without_the_password()
    {
        using var reserved = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)reserved.LocalEndPoint!).Port;
        var error = Should.Throw<FFmpegException>(() =>
            Demuxer.Open(new DemuxerOptions { Url = $"rtsp://admin:hunter2@127.0.0.1:{port}/stream" }));
        error.Message.ShouldContain("Connection refused");
        error.Message.ShouldContain($"rtsp://***@127.0.0.1:{port}/stream");
        error.Message.ShouldNotContain("hunter2");
    }

    [Theory]
    [InlineData("rtsp://admin:pa/ss@cam/stream", "rtsp://***@cam/stream")]
    [InlineData("http://cam.local:8080/a@b", "http://cam.local:8080/a@b")]
    [InlineData("rtsp://admin:12/34@cam/stream", "rtsp://***@cam/stream")]
    [InlineData("[tcp @ 0x5555] Opening 'http://h/s?access_token=abc' for reading", "[tcp @ 0x5555] Opening 'http://h/s?access_token=***' for reading")]
    [InlineData("DESCRIBE rtsp://h/user=a_password=b_channel=1 RTSP/1.0", "DESCRIBE rtsp://h/user=***_password=***_channel=1 RTSP/1.0")]
    [InlineData("Proxy-authorization: Digest username=\"admin\"", "Proxy-authorization: ***")]
    [InlineData("srt://host:9000?passphrase=abc&mode=caller", "srt://host:9000?passphrase=***&mode=caller")]
    [InlineData("Authorization: Basic YWRtaW4=", "Authorization: ***")]
    [InlineData("opened rtsp://u:p@h/1 and rtsp://u@h/2", "opened rtsp://***@h/1 and rtsp://***@h/2")]
    public void Secrets_are_masked_and_nothing_else(string text, string masked) => Credentials.Mask(text).ShouldBe(masked);

    [Fact]
    public void A_server_that_never_answers_fails_within_the_deadline()
    {
        using var server = new SilentServer();
        var watch = Stopwatch.StartNew();
        var error = Should.Throw<FFmpegException>(() => Demuxer.Open(new DemuxerOptions
        {
            Url = $"http://user:secret@127.0.0.1:{server.Port}/live",
            OpenDeadline = TimeSpan.FromMilliseconds(600),
        }));
        // Not earlier, and well before the default of ten seconds; a busy machine may wake the thread late.
        watch.Elapsed.ShouldBeInRange(TimeSpan.FromMilliseconds(600), TimeSpan.FromSeconds(5));
        error.IsTimeout.ShouldBeTrue();
        error.Message.ShouldContain("longer than 0.6 s");
    }

    [Fact]
    public void A_source_that_stalls_fails_within_the_read_deadline_and_calls_back_while_waiting()
    {
        using var server = new SilentServer(File.ReadAllBytes(media["h264-bframes-aac.ts"]).AsMemory(0, 188 * 400));
        using var demuxer = Demuxer.Open(new DemuxerOptions
        {
            Url = $"tcp://127.0.0.1:{server.Port}",
            Format = "mpegts",
            ReadDeadline = TimeSpan.FromMilliseconds(500),
            Options = new Dictionary<string, string> { ["analyzeduration"] = "200000", ["probesize"] = "50000" },
        });
        var waits = 0;
        demuxer.OnWaiting = () => waits++;
        var batch = PacketBatch.Rent();
        var watch = Stopwatch.StartNew();
        var error = Should.Throw<FFmpegException>(() =>
        {
            while (true)
                demuxer.Read(batch);
        });
        // Well before the default of five seconds.
        watch.Elapsed.ShouldBeInRange(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(4));
        error.IsTimeout.ShouldBeTrue();
        waits.ShouldBeGreaterThanOrEqualTo(4);
        batch.Count.ShouldBeGreaterThan(10);
        batch.Release();
    }

    [Fact]
    public async Task Cancelling_ends_a_blocked_read_at_once()
    {
        using var server = new SilentServer(File.ReadAllBytes(media["h264-bframes-aac.ts"]).AsMemory(0, 188 * 400));
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = $"tcp://127.0.0.1:{server.Port}", Format = "mpegts", FindStreamInfo = false });
        var blocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        demuxer.OnWaiting = () => blocked.TrySetResult();
        var reading = Task.Run(() =>
        {
            var batch = PacketBatch.Rent();
            try
            {
                while (true)
                    demuxer.Read(batch);
            }
            finally
            {
                batch.Release();
            }
        });
        await blocked.Task;
        var watch = Stopwatch.StartNew();
        demuxer.Cancel();
        (await Should.ThrowAsync<FFmpegException>(() => reading)).IsCancelled.ShouldBeTrue();
        // Well before the read's own deadline of five seconds.
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void A_cancelled_token_ends_opening()
    {
        using var server = new SilentServer();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var error = Should.Throw<FFmpegException>(() =>
            Demuxer.Open(new DemuxerOptions { Url = $"http://127.0.0.1:{server.Port}/" }, cancel.Token));
        error.IsCancelled.ShouldBeTrue();
    }

    [Fact]
    public void A_protocol_that_is_not_allowed_is_not_used()
    {
        var error = Should.Throw<FFmpegException>(() =>
            Demuxer.Open(new DemuxerOptions { Url = media["h264-aac.mp4"], ProtocolWhitelist = "tcp,rtp" }));
        error.Message.ShouldContain("h264-aac.mp4");
    }

    [Fact]
    public void A_truncated_file_is_read_to_its_end()
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = media["truncated.mkv"] });
        var batch = PacketBatch.Rent();
        while (demuxer.Read(batch) == ReadResult.Appended)
        {
        }
        batch.Count.ShouldBeGreaterThan(200);
        batch.Release();
    }

    /// <summary>Accepts one connection, sends a greeting, and then nothing more.</summary>
    private sealed class SilentServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly List<TcpClient> _clients = [];

        public SilentServer(ReadOnlyMemory<byte> greeting = default)
        {
            _listener.Start();
            _ = Serve(greeting);
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public void Dispose()
        {
            _listener.Stop();
            foreach (var client in _clients)
                client.Dispose();
        }

        private async Task Serve(ReadOnlyMemory<byte> greeting)
        {
            var client = await _listener.AcceptTcpClientAsync();
            _clients.Add(client);
            await client.GetStream().WriteAsync(greeting);
        }
    }
}
