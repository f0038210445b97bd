namespace Recorder.FFmpeg.Tests;

/// <summary>The fragments that we write are FFmpeg's, byte for byte; FFmpeg writes those of codecs whose packets it must convert.</summary>
[Collection(nameof(FFmpegCollection))]
public sealed class FragmentWriterSpecs(MediaFixture media)
{
    [Theory]
    [InlineData("h264-aac.mp4", 0.1)]
    [InlineData("h264-aac.mp4", null)]
    [InlineData("h264-bframes-aac.mp4", 0.1)]
    [InlineData("h264-bframes-aac.mp4", 0.7)]
    [InlineData("h264-aac.flv", 1.0)]
    [InlineData("hevc.mp4", 1.0)]
    [InlineData("aac.aac", 0.5)]
    [InlineData("mp3.mp3", 1.0)]
    [InlineData("flac.flac", 0.3)]
    public void Fragments_are_those_of_FFmpeg(string source, double? slice)
    {
        var (ours, theirs) = (Copy(source, slice), Copy(source, slice, byFFmpeg: true));

        ours.Slices.ShouldBe(theirs.Slices);
        File.ReadAllBytes(ours.Path).ShouldBe(File.ReadAllBytes(theirs.Path));
    }

    [Theory]
    [InlineData("h264-bframes-aac.mp4", MediaKind.Video, 2.5)]
    [InlineData("h264-bframes-aac.mp4", MediaKind.Audio, 2.5)]
    [InlineData("h264-aac.mp4", MediaKind.Audio, 3600)]
    public void Fragments_of_a_track_that_begins_after_the_header_or_never_are_those_of_FFmpeg(string source, MediaKind late, double seconds)
    {
        TimeSpan StartsAt(StreamInfo stream) => stream.Parameters.Kind == late ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
        var (ours, theirs) = (Copy(source, 0.5, startsAt: StartsAt), Copy(source, 0.5, byFFmpeg: true, StartsAt));

        File.ReadAllBytes(ours.Path).ShouldBe(File.ReadAllBytes(theirs.Path));
    }

    [Theory]
    [InlineData("h264-aac.mp4", true)]
    [InlineData("hevc.mp4", true)]
    [InlineData("vp9-opus.webm", false)]
    [InlineData("hevc.ts", false)]
    [InlineData("av1.mp4", false)]
    public void Fragments_are_ours_where_packets_need_no_conversion(string source, bool ours)
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = media[source] });
        demuxer.Streams.All(stream => FragmentWriter.Takes(stream.Parameters)).ShouldBe(ours);
    }

    [Fact]
    public void A_packet_without_media_becomes_no_sample()
    {
        var path = Transcode.Run(media["beep-44k-stereo.wav"], media.New("mp4"), "mp4", null, new AudioEncoding { Codec = "flac", GlobalHeader = true });

        Probe.Of(path).Audio.Packets.ShouldAllBe(packet => packet.Size > 0);
        Tool.ShouldDecode(path);
    }

    private StreamCopy Copy(string source, double? slice, bool byFFmpeg = false, Func<StreamInfo, TimeSpan>? startsAt = null) =>
        StreamCopy.Run(
            media[source], media.New("mp4"), "mp4", slice is { } seconds ? TimeSpan.FromSeconds(seconds) : null, startsAt: startsAt, ffmpegFragments: byFFmpeg);
}
