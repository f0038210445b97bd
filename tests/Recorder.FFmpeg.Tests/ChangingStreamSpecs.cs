namespace Recorder.FFmpeg.Tests;

/// <summary>Streams that change, or that begin later than others, while a source is read.</summary>
[Collection(nameof(FFmpegCollection))]
public sealed class ChangingStreamSpecs(MediaFixture media)
{
    [Theory]
    [InlineData("small.flv", "large.flv")]
    [InlineData("small.ts", "large.ts")]
    public void A_new_frame_size_is_noticed_in_a_codec_header_and_in_the_stream(string first, string second)
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = Joined(first, second) });
        var packets = ReadAll(demuxer);

        packets.Select(packet => packet.Parameters.Width).Distinct().ShouldBe([160, 240]);
        packets.FindIndex(packet => packet.Parameters.Width == 240).ShouldBe(50);
        packets[0].Parameters.Continues(packets[^1].Parameters).ShouldBeFalse();
    }

    [Theory]
    [InlineData("small.flv", "large.flv", "large.mp4")]
    [InlineData("small-hevc.mp4", "large-hevc.ts", "large-hevc.mp4")]
    public void A_codec_header_made_of_parameter_sets_equals_that_of_FFmpegs_muxer(string lengths, string sets, string expected)
    {
        var codec = Describe(expected).Codec;
        var format = ParameterSets.For(codec).ShouldNotBeNull();
        using var header = Describe(lengths).Borrow();
        using var other = Describe(sets).Borrow();
        using var wanted = Describe(expected).Borrow();

        format.LengthSize(header.ExtraData).ShouldBe(4);
        var made = format.ToHeader(format.OfHeader(other.ExtraData).ToArray(), 4).ShouldNotBeNull();
        format.OfHeader(made).ToArray().ShouldBe(format.OfHeader(wanted.ExtraData).ToArray());
        made[..13].ShouldBe(wanted.ExtraData[..13].ToArray());
        (codec != "h264" || made.AsSpan().SequenceEqual(wanted.ExtraData)).ShouldBeTrue();
        format.SizeOf(format.OfHeader(made)).ShouldBe((240, 180));
    }

    [Theory]
    [InlineData("small.flv", "h264", 23)]
    [InlineData("small-hevc.mp4", "hevc", 60)]
    public void All_units_of_a_configuration_record_are_returned_behind_their_lengths(string file, string codec, int least)
    {
        var record = Describe(file).CopyExtraData();

        var sets = InBandSets.Of(codec, record).ShouldNotBeNull();

        sets.LengthSize.ShouldBe(4);
        sets.Units.Length.ShouldBeGreaterThan(least);
        var format = ParameterSets.For(codec).ShouldNotBeNull();
        format.OfPacket(sets.Units, 4).ToArray().ShouldBe(format.OfHeader(record).ToArray());
        InBandSets.Of(codec, record.AsSpan(0, record.Length / 2)).ShouldBeNull("the record is cut");
        InBandSets.Of("vp9", record).ShouldBeNull();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void A_packet_that_is_no_chain_of_NAL_units_has_no_parameter_sets(int lengthSize) =>
        ParameterSets.For("h264")!.OfPacket([0xff, 0xff, 0xff, 0xff, 0x67], lengthSize).IsEmpty.ShouldBeTrue();

    [Theory]
    [InlineData("main.flv", "baseline.flv")]
    [InlineData("main.ts", "baseline.ts")]
    public void Other_parameter_sets_of_the_same_size_continue_under_one_header_and_each_key_frame_decodes(string first, string second)
    {
        var path = media.New("mp4");
        var times = Copy(Joined(first, second), path, carry: true);

        Tool.ShouldDecode(path);
        var frames = Frames("-i", path);
        foreach (var (_, index) in times.Select((packet, index) => (packet, index)).Where(entry => entry.packet.Key && entry.index >= times.Count / 2))
            Frames("-ss", Seconds(times[index].Time), "-i", path, "-frames:v", "1").ShouldBe([frames[index]]);
    }

    [Fact]
    public void Without_the_current_parameter_sets_a_key_frame_of_such_a_file_does_not_decode()
    {
        var path = media.New("mp4");
        Copy(Joined("main.flv", "baseline.flv"), path, carry: false);

        Tool.Try("ffmpeg", "-v", "error", "-xerror", "-nostdin", "-i", path, "-f", "null", "-").Error.ShouldNotBeEmpty();
    }

    [Fact]
    public void Audio_that_begins_later_is_described_with_its_first_packet()
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = Concatenated("small.ts", "small-aac.ts"), Options = Short });
        demuxer.Streams.ShouldNotContain(stream => stream.Parameters.SampleRate > 0);
        var packets = ReadAll(demuxer);

        var audio = packets.Where(packet => packet.Parameters.Kind == MediaKind.Audio).ToList();
        audio.Count.ShouldBe(Probe.Of(media["small-aac.ts"]).Audio.Packets.Count);
        (audio[0].Parameters.Codec, audio[0].Parameters.SampleRate, audio[0].Parameters.Channels).ShouldBe(("aac", 48000, 1));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(30, 2)]
    public void Opening_waits_for_announced_streams_as_long_as_asked_and_loses_no_packet(int wait, int expected)
    {
        var path = media.New("flv");
        FlvFile.DelayVideo(path, media["small-aac.flv"], 2000);
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = path, Options = Short, StreamWait = TimeSpan.FromSeconds(wait) });
        demuxer.Streams.Count.ShouldBe(expected);
        var packets = ReadAll(demuxer);

        packets.Count(packet => packet.Parameters.Kind == MediaKind.Video).ShouldBe(50);
        packets.Count(packet => packet.Parameters.Kind == MediaKind.Audio).ShouldBe(Probe.Of(media["small-aac.flv"]).Audio.Packets.Count);
    }

    // Probe as briefly as for a live source.
    private static Dictionary<string, string> Short => new() { ["analyzeduration"] = "200000", ["fpsprobesize"] = "0" };

    private string Joined(string first, string second)
    {
        if (!first.EndsWith(".flv", StringComparison.Ordinal))
            return Concatenated(first, second);
        var path = media.New("flv");
        FlvFile.Join(path, media[first], media[second]);
        return path;
    }

    private string Concatenated(string first, string second)
    {
        var path = media.New("ts");
        File.WriteAllBytes(path, [.. File.ReadAllBytes(media[first]), .. File.ReadAllBytes(media[second])]);
        return path;
    }

    private CodecParameters Describe(string file)
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = media[file] });
        return demuxer.Streams[0].Parameters;
    }

    private static List<(CodecParameters Parameters, PacketInfo Info)> ReadAll(Demuxer demuxer)
    {
        var packets = new List<(CodecParameters, PacketInfo)>();
        var batch = PacketBatch.Rent();
        while (demuxer.Read(batch) == ReadResult.Appended)
        {
            packets.Add((demuxer.Streams[batch[0].Track].Parameters, batch[0]));
            batch.Release();
            batch = PacketBatch.Rent();
        }
        batch.Release();
        return packets;
    }

    private static List<(TimeSpan Time, bool Key)> Copy(string source, string path, bool carry)
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = source });
        var stream = demuxer.Streams[0];
        using var muxer = new Muxer(new MuxerOptions { Format = "mp4", Tracks = [new MuxerTrack(stream.Parameters, stream.TimeBase)] });
        var times = new List<(TimeSpan, bool)>();
        var parameters = stream.Parameters;
        var batch = PacketBatch.Rent();
        for (var dts = 0L; demuxer.Read(batch) == ReadResult.Appended; dts += stream.TimeBase.FromTimeSpan(TimeSpan.FromMilliseconds(40)))
        {
            if (carry && demuxer.Streams[0].Parameters != parameters)
            {
                parameters.Continues(demuxer.Streams[0].Parameters).ShouldBeTrue();
                parameters = demuxer.Streams[0].Parameters;
                muxer.SetParameters(0, parameters);
            }
            muxer.Write(batch, 0, 0, dts, dts, 0);
            times.Add((stream.TimeBase.ToTimeSpan(dts), batch[0].Key));
            batch.Release();
            batch = PacketBatch.Rent();
        }
        batch.Release();
        muxer.Finish();
        using var bytes = muxer.Output.TakePending();
        File.WriteAllBytes(path, bytes.ToArray());
        return times;
    }

    private static List<string> Frames(params string[] arguments) =>
        [.. Tool.Run("ffmpeg", ["-v", "error", "-xerror", "-nostdin", .. arguments, "-f", "framemd5", "-"]).Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(',')[^1].Trim())];

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture);
}
