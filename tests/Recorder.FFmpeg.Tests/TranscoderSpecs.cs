namespace Recorder.FFmpeg.Tests;

[Collection(nameof(FFmpegCollection))]
public sealed class TranscoderSpecs(MediaFixture media)
{
    [Theory]
    [InlineData("h264", "mp4", "h264-bframes-aac.mp4")]
    [InlineData("vp8", "webm", "h264-bframes-aac.mp4")]
    [InlineData("vp9", "webm", "hevc.mp4")]
    [InlineData("av1", "mp4", "vp8-opus.webm")]
    [InlineData("h264", "matroska", "mjpeg.avi")]
    [InlineData("h264", "mp4", "av1.mp4")]
    [InlineData("h264", "mp4", "yuv422p10.mkv")]
    [InlineData("vp8", "webm", "rgb.mkv")]
    public void Video_is_encoded_frame_for_frame_without_reordering(string codec, string format, string source)
    {
        var before = Probe.Of(media[source]).Video;
        var path = Transcode.Run(media[source], media.New(format == "mp4" ? "mp4" : "mkv"), format,
            new VideoEncoding { Codec = codec, BitsPerSecond = 500_000, GlobalHeader = true, KeyFrameIntervalCount = 10 }, null);
        Tool.ShouldDecode(path);
        var after = Probe.Of(path).Video;
        after.Codec.ShouldBe(codec);
        after.Packets.Count.ShouldBe(before.Packets.Count);
        (after.Width, after.Height).ShouldBe((before.Width & ~1, before.Height & ~1));
        after.Start.ShouldBe(0, 0.001);
        after.End.ShouldBe(before.End - before.Start, 0.041);
        after.Packets.ShouldAllBe(p => p.Pts == p.Dts);
        for (var i = 0; i < after.Packets.Count; i++)
            after.Packets[i].Key.ShouldBe(i % 10 == 0, $"packet {i}");
    }

    [Theory]
    [InlineData("h264", "mp4", false)]
    [InlineData("h264", "mp4", true)]
    [InlineData("vp8", "webm", false)]
    [InlineData("vp8", "webm", true)]
    [InlineData("vp9", "webm", true)]
    [InlineData("av1", "mp4", false)]
    public void Encoded_video_looks_like_the_source_at_the_requested_bit_rate(string codec, string format, bool constant)
    {
        var path = Transcode.Run(media["h264-aac.mp4"], media.New(format == "mp4" ? "mp4" : "mkv"), format,
            new VideoEncoding { Codec = codec, BitsPerSecond = 600_000, ConstantBitrate = constant, GlobalHeader = true }, null);
        var report = Tool.Try("ffmpeg", "-nostdin", "-i", path, "-i", media["h264-aac.mp4"], "-lavfi", "[0:v][1:v]psnr", "-f", "null", "-").Error;
        var psnr = Match(report, @"PSNR.*average:([\d.]+)");
        psnr.ShouldBeGreaterThan(27);
        var video = Probe.Of(path).Video;
        var rate = video.Packets.Sum(p => (long)p.Size) * 8 / 6.0;
        rate.ShouldBeInRange(constant ? 400_000 : 150_000, 900_000);
    }

    [Fact]
    public void Key_frames_come_at_the_requested_interval_and_when_forced()
    {
        var forced = false;
        var path = Transcode.Run(media["h264-aac.mp4"], media.New("mp4"), "mp4",
            new VideoEncoding { Codec = "h264", BitsPerSecond = 500_000, GlobalHeader = true, KeyFrameIntervalDuration = TimeSpan.FromSeconds(1.5) },
            null,
            (video, _, time) =>
            {
                if (forced || time < TimeSpan.FromSeconds(0.8))
                    return;
                forced = true;
                video!.ForceKeyFrame();
            });
        var keys = Probe.Of(path).Video.Packets.Where(p => p.Key).Select(p => Math.Round(p.Pts, 2)).ToList();
        keys.ShouldBe([0, 0.8, 2.32, 3.84, 5.36], 0.05);
    }

    [Fact]
    public void Frames_that_change_their_size_are_scaled_to_the_first_size()
    {
        var path = Transcode.Run(media["size-changes.ts"], media.New("mp4"), "mp4",
            new VideoEncoding { Codec = "h264", BitsPerSecond = 500_000, GlobalHeader = true }, null);
        Tool.ShouldDecode(path);
        var video = Probe.Of(path).Video;
        video.Packets.Count.ShouldBe(100);
        (video.Width, video.Height).ShouldBe((320, 240));
    }

    [Fact]
    public void Rotation_is_kept_when_encoding()
    {
        var path = Transcode.Run(media["rotated.mp4"], media.New("mp4"), "mp4",
            new VideoEncoding { Codec = "h264", BitsPerSecond = 500_000, GlobalHeader = true }, null);
        Probe.Of(path).Video.Rotation.ShouldBe(90);
    }

    [Fact]
    public void Blank_tracks_are_black_and_silent_and_keep_the_timing()
    {
        var path = Transcode.Run(media["h264-aac.mp4"], media.New("mp4"), "mp4",
            new VideoEncoding { Codec = "h264", BitsPerSecond = 500_000, GlobalHeader = true },
            new AudioEncoding { Codec = "aac", BitsPerSecond = 96_000, GlobalHeader = true },
            (video, audio, time) => video!.Blank = audio!.Blank = time >= TimeSpan.FromSeconds(2) && time < TimeSpan.FromSeconds(4));
        Probe.Of(path).Video.Packets.Count.ShouldBe(150);
        var report = Tool.Try("ffmpeg", "-nostdin", "-i", path, "-vf", "blackdetect=d=0.5", "-af", "silencedetect=noise=-40dB:d=0.5", "-f", "null", "-").Error;
        Match(report, @"black_start:([\d.]+)").ShouldBe(2, 0.05);
        Match(report, @"black_end:([\d.]+)").ShouldBe(4, 0.05);
        Match(report, @"silence_start: ([\d.]+)").ShouldBe(2, 0.05);
        Match(report, @"silence_end: ([\d.]+)").ShouldBe(4, 0.05);
    }

    [Theory]
    [InlineData("aac", "mp4", "h264-aac.mp4")]
    [InlineData("aac", "mp4", "pcm-8k-mono.wav")]
    [InlineData("opus", "webm", "h264-aac.mp4")]
    [InlineData("opus", "mp4", "mp3.mp3")]
    [InlineData("opus", "webm", "pcm-8k-mono.wav")]
    [InlineData("opus", "webm", "beep-44k-stereo.wav")]
    [InlineData("vorbis", "webm", "flac.flac")]
    [InlineData("aac", "mp4", "surround.wav")]
    [InlineData("opus", "webm", "surround.wav")]
    [InlineData("mp3", "matroska", "surround.wav")]
    [InlineData("flac", "matroska", "vorbis.ogg")]
    [InlineData("mp3", "mp4", "vp8-opus.webm")]
    [InlineData("pcm_s16le", "matroska", "aac.aac")]
    public void Audio_is_encoded_from_zero_to_its_end(string codec, string format, string source)
    {
        var packets = new List<PacketInfo>();
        var path = Transcode.Run(media[source], media.New(format == "mp4" ? "mp4" : "mkv"), format, null,
            new AudioEncoding { Codec = codec, BitsPerSecond = 64_000, GlobalHeader = true }, encoded: packets);
        Tool.ShouldDecode(path);
        packets[0].Pts.ShouldBe(0);
        var after = Probe.Of(path).Audio;
        after.Codec.ShouldBe(codec);
        after.Start.ShouldBe(0, 0.001);
        after.End.ShouldBe(6, 0.06);
        for (var i = 1; i < after.Packets.Count; i++)
            after.Packets[i].Pts.ShouldBeGreaterThan(after.Packets[i - 1].Pts);
    }

    [Theory]
    [InlineData("aac", "mp4")]
    [InlineData("opus", "webm")]
    [InlineData("opus", "mp4")]
    [InlineData("vorbis", "webm")]
    [InlineData("mp3", "mp4")]
    [InlineData("flac", "mp4")]
    public void Audio_keeps_its_position(string codec, string format)
    {
        var path = Transcode.Run(media["beep-44k-stereo.wav"], media.New(format == "mp4" ? "mp4" : "mkv"), format, null,
            new AudioEncoding { Codec = codec, BitsPerSecond = 96_000, GlobalHeader = true });
        var (from, to) = Sounding(path);
        from.ShouldBe(3, 0.012);
        to.ShouldBe(4, 0.02);
    }

    [Fact]
    public void A_gap_in_the_audio_becomes_silence_and_later_audio_keeps_its_position()
    {
        var path = Transcode.Run(media["beep-44k-stereo.wav"], media.New("mp4"), "mp4", null,
            new AudioEncoding { Codec = "aac", BitsPerSecond = 96_000, GlobalHeader = true },
            drop: (_, time) => time > TimeSpan.FromSeconds(1) && time < TimeSpan.FromSeconds(2.5));
        var audio = Probe.Of(path).Audio;
        audio.Packets.Count.ShouldBeInRange(257, 261);
        for (var i = 1; i < audio.Packets.Count; i++)
            (audio.Packets[i].Pts - audio.Packets[i - 1].Pts).ShouldBe(1024 / 44100.0, 0.001);
        Sounding(path).From.ShouldBe(3, 0.012);
    }

    [Theory]
    [InlineData(1.001)]
    [InlineData(0.999)]
    [InlineData(1.01)]
    public void Audio_whose_clock_drifts_is_kept_in_step(double speed)
    {
        // Packets of 20 ms, but the distance of their times is a little more or less.
        using var input = CodecParameters.Pcm(48000, 1, "s16le");
        var timeBase = new Rational(1, 1_000_000);
        using var transcoder = new AudioTranscoder(input, timeBase, new AudioEncoding { Codec = "flac" });
        var output = PacketBatch.Rent();
        const int Packets = 1000;
        for (var i = 0; i < Packets; i++)
        {
            var pts = (long)(i * 20_000 * speed);
            var batch = PacketBatch.Rent();
            batch.Add(new byte[960 * 2], 0, pts, pts, 20_000, key: true);
            transcoder.Write(batch, 0, pts, output, 0);
            batch.Release();
        }
        transcoder.Finish(output, 0);
        var last = output[output.Count - 1];
        var end = transcoder.OutputTimeBase.ToTimeSpan(last.Pts + last.Duration).TotalSeconds;
        end.ShouldBe(Packets * 0.02 * speed, 0.1);
        output.Release();
    }

    [Fact]
    public void A_raw_frame_filled_in_place_is_encoded_with_its_capture_time()
    {
        using var input = CodecParameters.RawVideo(64, 48, "yuv420p", new Rational(10, 1));
        input.Codec.ShouldBe("rawvideo");
        var timeBase = new Rational(1, 10);
        using var transcoder = new VideoTranscoder(input, timeBase, new VideoEncoding { Codec = "h264", BitsPerSecond = 100_000, GlobalHeader = true });
        var output = PacketBatch.Rent();
        var began = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var i = 0; i < 10; i++)
        {
            var batch = PacketBatch.Rent();
            batch.AddUninitialized(64 * 48 * 3 / 2, 0, i, i, 1, key: true, began.AddMilliseconds(i * 100)).Fill((byte)(i * 10));
            transcoder.Write(batch, 0, i, output, 3);
            batch.Release();
        }
        transcoder.Finish(output, 3);
        output.Count.ShouldBe(10);
        for (var i = 0; i < 10; i++)
        {
            output[i].Track.ShouldBe(3);
            output[i].Pts.ShouldBe(i * 9000);
            output[i].Duration.ShouldBe(9000);
            output[i].CaptureTimeUs.ShouldBe(began.AddMilliseconds(i * 100).ToUnixTimeMilliseconds() * 1000);
        }
        transcoder.Output.MimeCodec.ShouldStartWith("avc1.");
        output.Release();
    }

    [Fact]
    public void Damaged_packets_are_skipped_and_counted()
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = media["h264-aac.mp4"] });
        var stream = demuxer.Streams[1];
        using var transcoder = new AudioTranscoder(stream.Parameters, stream.TimeBase, new AudioEncoding { Codec = "opus", GlobalHeader = true });
        var batch = PacketBatch.Rent();
        var output = PacketBatch.Rent();
        batch.Add([0xff, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xff, 0xff], 1, 0, 0, 1024, key: true);
        transcoder.Write(batch, 0, 0, output, 0);
        transcoder.DecodeErrors.ShouldBe(1);
        batch.Release();
        output.Release();
    }

    [Fact]
    public void A_missing_encoder_is_named_in_the_message()
    {
        using var input = CodecParameters.RawVideo(64, 48, "yuv420p", new Rational(10, 1));
        Should.Throw<FFmpegException>(() => new VideoTranscoder(input, new Rational(1, 10), new VideoEncoding { Codec = "nonsense", BitsPerSecond = 1000 }))
            .Message.ShouldBe("FFmpeg has no encoder for nonsense.");
    }

    private static double Match(string text, string pattern) =>
        double.Parse(
            System.Text.RegularExpressions.Regex.Match(text, pattern) is { Success: true } match ? match.Groups[1].Value : throw new InvalidOperationException(text),
            System.Globalization.CultureInfo.InvariantCulture);

    private static (double From, double To) Sounding(string path)
    {
        var report = Tool.Try("ffmpeg", "-nostdin", "-i", path, "-af", "aresample=async=1:first_pts=0,silencedetect=noise=-30dB:d=0.5", "-f", "null", "-").Error;
        return (Match(report, @"silence_end: ([\d.]+)"), Match(report[report.IndexOf("silence_end", StringComparison.Ordinal)..], @"silence_start: ([\d.]+)"));
    }
}
