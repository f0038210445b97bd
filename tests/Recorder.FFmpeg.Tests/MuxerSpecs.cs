namespace Recorder.FFmpeg.Tests;

[Collection(nameof(FFmpegCollection))]
public sealed class MuxerSpecs(MediaFixture media)
{
    private const double Frame = 1 / 25.0;

    public static TheoryData<string, double?> Slices => new()
    {
        { "h264-aac.mp4", 0.1 }, { "h264-aac.mp4", 1 }, { "h264-aac.mp4", null },
        { "h264-bframes-aac.mp4", 0.1 }, { "h264-bframes-aac.mp4", 0.7 }, { "h264-bframes-aac.mp4", null },
        { "h264-bframes-aac.ts", 1 }, { "h264-aac.flv", 1 }, { "hevc.mp4", 1 }, { "hevc.ts", 0.5 }, { "av1.mp4", 1 },
        { "vp9-opus.webm", 1 }, { "aac.aac", 0.5 }, { "mp3.mp3", 1 }, { "flac.flac", 1 },
    };

    [Theory]
    [MemberData(nameof(Slices))]
    public void Mp4_slices_joined_are_a_file_that_starts_at_zero_and_decodes(string source, double? slice)
    {
        var copy = StreamCopy.Run(media[source], media.New("mp4"), "mp4", slice is null ? null : TimeSpan.FromSeconds(slice.Value));
        copy.Patches.ShouldBeEmpty();
        Tool.ShouldDecode(copy.Path);
        ShouldMatch(media[source], copy);
    }

    [Fact]
    public void A_recording_without_slices_is_still_written_in_fragments()
    {
        var sliced = StreamCopy.Run(media["h264-aac.mp4"], media.New("mp4"), "mp4", slice: null);
        var header = File.ReadAllBytes(sliced.Path);
        Occurrences(header, "moof"u8).ShouldBeGreaterThan(1);
    }

    [Theory]
    [InlineData("h264-bframes-aac.mp4", "matroska", 0.1)]
    [InlineData("h264-bframes-aac.mp4", "matroska", null)]
    [InlineData("hevc.ts", "matroska", 1.0)]
    [InlineData("h264-bframes-aac.ts", "matroska", 1.0)]
    [InlineData("av1.mp4", "matroska", 1.0)]
    [InlineData("pcm-8k-mono.wav", "matroska", 1.0)]
    [InlineData("flac.flac", "matroska", 1.0)]
    [InlineData("vp8-opus.webm", "webm", 0.1)]
    [InlineData("vp8-opus.webm", "webm", null)]
    [InlineData("vp9-opus.webm", "webm", 1.0)]
    [InlineData("av1.mp4", "webm", 1.0)]
    [InlineData("vorbis.ogg", "webm", 1.0)]
    public void Matroska_slices_joined_and_patched_are_a_file_that_starts_at_zero_and_decodes(string source, string format, double? slice)
    {
        var copy = StreamCopy.Run(media[source], media.New("mkv"), format, slice is null ? null : TimeSpan.FromSeconds(slice.Value));
        Tool.ShouldDecode(copy.Path);
        ShouldMatch(media[source], copy);
        // Bytes that were not taken yet are changed in place; bytes that were taken need patches.
        (copy.Patches.Count > 0).ShouldBe(slice is not null);
        Probe.Of(copy.Path).Duration.ShouldBe(Probe.Of(media[source]).Duration, 0.1);
    }

    [Theory]
    [InlineData(MediaKind.Audio, "video")]
    [InlineData(MediaKind.Video, "audio")]
    public void A_finished_MP4_has_no_track_without_packets(MediaKind silent, string left)
    {
        var copy = StreamCopy.Run(
            media["h264-aac.mp4"], media.New("mp4"), "mp4", TimeSpan.FromSeconds(1), startsAt: s => s.Parameters.Kind == silent ? TimeSpan.FromHours(1) : TimeSpan.Zero);

        copy.Patches.Count.ShouldBe(2);
        Tool.ShouldDecode(copy.Path);
        Probe.Of(copy.Path).Streams.ShouldHaveSingleItem().Kind.ShouldBe(left);
    }

    [Theory]
    [InlineData("mp4", "h264-bframes-aac.mp4", MediaKind.Video)]
    [InlineData("mp4", "h264-bframes-aac.mp4", MediaKind.Audio)]
    [InlineData("mp4", "vp9-opus.webm", MediaKind.Audio)]
    [InlineData("matroska", "h264-bframes-aac.mp4", MediaKind.Video)]
    [InlineData("matroska", "h264-bframes-aac.mp4", MediaKind.Audio)]
    public void A_track_whose_first_packet_comes_after_the_header_keeps_its_times(string format, string source, MediaKind late)
    {
        var copy = StreamCopy.Run(media[source], media.New(format == "mp4" ? "mp4" : "mkv"), format, TimeSpan.FromSeconds(0.5),
            startsAt: s => s.Parameters.Kind == late ? TimeSpan.FromSeconds(2.5) : TimeSpan.Zero);
        Tool.ShouldDecode(copy.Path);
        var before = Probe.Of(media[source]);
        var after = Probe.Of(copy.Path);
        var origin = before.Streams.Min(s => s.Start);
        foreach (var now in after.Streams)
        {
            var was = before.Streams.First(s => s.Kind == now.Kind);
            var skipped = was.Packets.Count - now.Packets.Count;
            (skipped > 50).ShouldBe(now.Kind == (late == MediaKind.Video ? "video" : "audio"));
            for (var p = 0; p < now.Packets.Count; p++)
                now.Packets[p].Pts.ShouldBe(was.Packets[p + skipped].Pts - origin, 0.003, $"packet {p} of {now.Codec}");
        }
    }

    [Fact]
    public void A_header_before_any_packet_does_not_move_tracks()
    {
        using var parameters = Parameters("h264-bframes-aac.mp4", MediaKind.Video);
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = media["h264-bframes-aac.mp4"] });
        using var muxer = new Muxer(new MuxerOptions { Format = "mp4", Tracks = [new MuxerTrack(parameters, demuxer.Streams[0].TimeBase)] });
        muxer.Flush();
        var batch = PacketBatch.Rent();
        while (demuxer.Read(batch) == ReadResult.Appended)
        {
        }
        var second = demuxer.Streams[0].TimeBase.FromTimeSpan(TimeSpan.FromSeconds(1));
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch[i].Track == 0)
                muxer.Write(batch, i, 0, batch[i].Pts + second, batch[i].Dts + second, batch[i].Duration);
        }
        batch.Release();
        muxer.Finish();
        var path = media.New("mp4");
        using (var bytes = muxer.Output.TakePending())
            File.WriteAllBytes(path, bytes.ToArray());
        Probe.Of(path).Video.Start.ShouldBe(1, 0.001);
        Probe.Of(path).Video.Packets.Count.ShouldBe(150);
    }

    [Fact]
    public void An_encoders_delay_before_zero_is_cut_by_the_edit_list()
    {
        // FFmpeg's AAC encoder puts its first packet before zero, and the first frame of video is at zero.
        var path = media.New("mp4");
        using (var demuxer = Demuxer.Open(new DemuxerOptions { Url = media["h264-bframes-aac.mp4"] }))
        {
            var streams = demuxer.Streams;
            using var muxer = new Muxer(new MuxerOptions { Format = "mp4", Tracks = [.. streams.Select(s => new MuxerTrack(s.Parameters, s.TimeBase))] });
            var batch = PacketBatch.Rent();
            while (demuxer.Read(batch) == ReadResult.Appended)
            {
            }
            for (var i = 0; i < batch.Count; i++)
                muxer.Write(batch, i, batch[i].Track, batch[i].Pts, batch[i].Dts, batch[i].Duration);
            batch.Release();
            muxer.Finish();
            using var bytes = muxer.Output.TakePending();
            File.WriteAllBytes(path, bytes.ToArray());
        }
        var probe = Probe.Of(path);
        probe.Video.Start.ShouldBe(0, 0.001);
        probe.Audio.Start.ShouldBe(-1024 / 48000.0, 0.001);
        // The media times of the edit lists are the video's reorder delay and the audio's priming.
        EditLists(File.ReadAllBytes(path)).ShouldBe([(0, 1024), (1, 1024)], ignoreOrder: true);
    }

    [Fact]
    public void Wrong_durations_do_not_move_what_follows_a_flush()
    {
        // Like RTSP with a variable frame rate: every duration is stated as 40 ms, but frames come at other times.
        using var parameters = Parameters("h264-aac.mp4", MediaKind.Video);
        using var muxer = new Muxer(new MuxerOptions { Format = "mp4", Tracks = [new MuxerTrack(parameters, new Rational(1, 90000))] });
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = media["h264-aac.mp4"] });
        var batch = PacketBatch.Rent();
        var times = new List<double>();
        long time = 0;
        while (demuxer.Read(batch) == ReadResult.Appended && times.Count < 60)
        {
            var last = batch.Count - 1;
            if (batch[last].Track != 0)
                continue;
            muxer.Write(batch, last, 0, time, time, 3600);
            times.Add(time / 90000.0);
            time += 3600 + times.Count % 7 * 500;
            if (times.Count % 5 == 0)
                muxer.Flush();
        }
        batch.Release();
        muxer.Finish();
        var path = media.New("mp4");
        using (var bytes = muxer.Output.TakePending())
            File.WriteAllBytes(path, bytes.ToArray());
        var packets = Probe.Of(path).Video.Packets;
        packets.Count.ShouldBe(times.Count);
        for (var i = 0; i < packets.Count; i++)
            packets[i].Pts.ShouldBe(times[i], 0.001, $"packet {i}");
    }

    [Fact]
    public void Rotation_is_kept()
    {
        var copy = StreamCopy.Run(media["rotated.mp4"], media.New("mp4"), "mp4", TimeSpan.FromSeconds(1));
        Probe.Of(copy.Path).Video.Rotation.ShouldBe(90);
        Probe.Of(media["rotated.mp4"]).Video.Rotation.ShouldBe(90);
    }

    [Theory]
    [InlineData("mp4", "h264-bframes-aac.mp4")]
    [InlineData("matroska", "h264-bframes-aac.mp4")]
    [InlineData("webm", "vp8-opus.webm")]
    public void Flushed_bytes_play_without_the_end_of_the_file(string format, string source)
    {
        var copy = StreamCopy.Run(media[source], media.New(format == "mp4" ? "mp4" : "mkv"), format, TimeSpan.FromSeconds(1), finish: false);
        Tool.ShouldDecode(copy.Path);
        Probe.Of(copy.Path).Streams.Max(s => s.Packets.Max(p => p.Pts)).ShouldBeInRange(4.9, 6);
    }

    [Theory]
    [InlineData("webm", "h264-aac.mp4", "WebM", "h264")]
    [InlineData("mp4", "yuv422p10.mkv", "MP4", "ffv1")]
    [InlineData("mp4", "vp8-opus.webm", "MP4", "vp8")]
    [InlineData("mp4", "pcm-8k-mono.wav", "MP4", "pcm_s16le")]
    [InlineData("webm", "pcm-8k-mono.wav", "WebM", "pcm_s16le")]
    public void A_codec_that_the_container_cannot_hold_is_refused_by_name(string format, string source, string container, string codec)
    {
        using var parameters = Parameters(source, MediaKind.Unknown);
        var error = Should.Throw<FFmpegException>(() =>
            new Muxer(new MuxerOptions { Format = format, Tracks = [new MuxerTrack(parameters, new Rational(1, 1000))] }));
        error.Message.ShouldStartWith($"{container} cannot hold {codec}");
    }

    [Fact]
    public void HEVC_in_MP4_has_the_tag_that_every_player_accepts()
    {
        var copy = StreamCopy.Run(media["hevc.ts"], media.New("mp4"), "mp4", null);
        Probe.Of(copy.Path).Video.Tag.ShouldBe("hvc1");
    }

    [Fact]
    public void The_header_is_written_as_soon_as_every_track_has_a_packet()
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = media["h264-aac.mp4"] });
        using var muxer = new Muxer(new MuxerOptions
        {
            Format = "mp4",
            Tracks = [.. demuxer.Streams.Select(s => new MuxerTrack(s.Parameters, s.TimeBase, "fra"))],
            Metadata = new Dictionary<string, string> { ["title"] = "A take" },
        });
        var batch = PacketBatch.Rent();
        while (demuxer.Read(batch) == ReadResult.Appended && batch[batch.Count - 1].Track == 0)
        {
        }
        for (var i = 0; i < batch.Count; i++)
            muxer.Write(batch, i, batch[i].Track, Math.Max(0, batch[i].Pts), Math.Max(0, batch[i].Dts), batch[i].Duration);
        muxer.Output.Position.ShouldBe(0);
        muxer.HeaderWritten.ShouldBeFalse();
        muxer.WriteHeaderNow();
        muxer.HeaderWritten.ShouldBeTrue();
        using (var header = muxer.Output.TakePending())
        {
            var bytes = header.ToArray();
            Occurrences(bytes, "moov"u8).ShouldBe(1);
            Occurrences(bytes, "moof"u8).ShouldBe(0);
            Occurrences(bytes, "A take"u8).ShouldBe(1);
        }
        muxer.WriteHeaderNow();
        muxer.Output.TakePending().Length.ShouldBe(0);
        muxer.Flush();
        using (var fragment = muxer.Output.TakePending())
            Occurrences(fragment.ToArray(), "moof"u8).ShouldBe(1);
        muxer.Flush();
        muxer.Output.TakePending().Length.ShouldBe(0);
        batch.Release();
        muxer.TrackTimeBase(1).ShouldBe(new Rational(1, 48000));
    }

    [Fact]
    public void Ten_thousand_tiny_packets_without_a_flush_make_a_valid_file()
    {
        // Opus frames of 2.5 ms. A fragment's header grows with each packet, and must not become larger than FFmpeg's buffer.
        using var parameters = Parameters("vp8-opus.webm", MediaKind.Audio);
        using var source = Demuxer.Open(new DemuxerOptions { Url = media["vp8-opus.webm"] });
        using var muxer = new Muxer(new MuxerOptions { Format = "mp4", Tracks = [new MuxerTrack(parameters, new Rational(1, 48000))] });
        var one = PacketBatch.Rent();
        while (one.Count == 0 || one[one.Count - 1].Track != 1)
            source.Read(one);
        for (var i = 0; i < 10_000; i++)
            muxer.Write(one, one.Count - 1, 0, i * 120, i * 120, i % 2 == 0 ? 120 : 119);
        one.Release();
        muxer.Finish();
        var path = media.New("mp4");
        using (var bytes = muxer.Output.TakePending())
            File.WriteAllBytes(path, bytes.ToArray());
        Probe.Of(path).Audio.Packets.Count.ShouldBe(10_000);
    }

    [Fact]
    public void Decoding_times_that_do_not_rise_are_moved_up()
    {
        using var parameters = Parameters("flac.flac", MediaKind.Audio);
        using var muxer = new Muxer(new MuxerOptions { Format = "matroska", Tracks = [new MuxerTrack(parameters, new Rational(1, 1000))] });
        var batch = PacketBatch.Rent();
        batch.Add([1, 2, 3], 0, 5, 5, 1, true);
        muxer.Write(batch, 0, 0, 5, 5, 1);
        muxer.Write(batch, 0, 0, 5, 5, 1);
        muxer.Write(batch, 0, 0, 3, PacketInfo.NoTimestamp, 1);
        Should.Throw<FFmpegException>(() => muxer.Write(batch, 0, 0, PacketInfo.NoTimestamp, PacketInfo.NoTimestamp, 1)).Message.ShouldContain("no time");
        batch.Release();
        muxer.Finish();
        Should.Throw<InvalidOperationException>(muxer.Flush);
    }

    private CodecParameters Parameters(string source, MediaKind kind)
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = media[source] });
        return demuxer.Streams.First(s => kind == MediaKind.Unknown || s.Parameters.Kind == kind).Parameters.Clone();
    }

    /// <summary>Returns track number and media time of every edit in the header.</summary>
    private static List<(int Track, int MediaTime)> EditLists(ReadOnlySpan<byte> file)
    {
        var result = new List<(int, int)>();
        for (var at = 0; file[at..].IndexOf("elst"u8) is >= 0 and var next; at += next + 4)
            result.Add((result.Count, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(file[(at + next + 16)..])));
        return result;
    }

    private static int Occurrences(ReadOnlySpan<byte> data, ReadOnlySpan<byte> text) => data.Count(text);

    private static void ShouldMatch(string source, StreamCopy copy)
    {
        var before = Probe.Of(source);
        var after = Probe.Of(copy.Path);
        after.Streams.Count.ShouldBe(before.Streams.Count);
        after.Streams.Min(s => s.Start).ShouldBe(0, 0.001);
        for (var i = 0; i < after.Streams.Count; i++)
        {
            var (was, now) = (before.Streams[i], after.Streams[i]);
            now.Codec.ShouldBe(was.Codec);
            now.Packets.Count.ShouldBe(copy.PacketsWritten[i]);
            now.Packets.Count.ShouldBe(was.Packets.Count);
            var origin = before.Streams.Min(s => s.Start);
            now.Start.ShouldBe(was.Start - origin, 0.003);
            now.End.ShouldBe(was.End - origin, Frame);
            for (var p = 0; p < now.Packets.Count; p++)
            {
                now.Packets[p].Pts.ShouldBe(was.Packets[p].Pts - origin, 0.003, $"packet {p} of {now.Codec}");
                now.Packets[p].Key.ShouldBe(was.Packets[p].Key);
            }
        }
    }
}
