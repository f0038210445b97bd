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
    public void Fragments_that_nobody_asked_for_keep_a_long_recording_without_slices_bounded()
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
        // What has not left the muxer is rewritten in place; what has, is patched.
        (copy.Patches.Count > 0).ShouldBe(slice is not null);
        Probe.Of(copy.Path).Duration.ShouldBe(Probe.Of(media[source]).Duration, 0.1);
    }

    private static int Occurrences(ReadOnlySpan<byte> data, ReadOnlySpan<byte> what) => data.Count(what);

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
