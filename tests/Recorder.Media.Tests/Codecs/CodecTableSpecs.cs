using Recorder.Contracts;
using Recorder.Media.Codecs;

namespace Recorder.Media.Tests.Codecs;

public sealed class CodecTableSpecs
{
    private static readonly TrackDescription H264 = Track(TrackKind.Video, "h264") with { MimeCodec = "avc1.64001f" };
    private static readonly TrackDescription Opus = Track(TrackKind.Audio, "opus");

    [Theory]
    [InlineData("", true)]
    [InlineData("video/mp4", true)]
    [InlineData("VIDEO/WEBM; codecs=\"vp8, opus\"", true)]
    [InlineData("video/mp4;codecs=avc1.64001f,mp4a.40.2", true)]
    [InlineData("video/webm;codecs=avc1", false)]
    [InlineData("video/mp4;codecs=vp8", false)]
    [InlineData("video/webm;codecs=vp8,vp9", false)]
    [InlineData("video/webm;codecs=opus,vorbis", false)]
    [InlineData("audio/webm;codecs=vp8", false)]
    [InlineData("video/mp4;codecs=nonsense", false)]
    [InlineData("video/ogg", false)]
    [InlineData("mp4", false)]
    [InlineData("video/mp4;codecs", false)]
    public void A_type_is_supported_when_its_container_holds_its_codecs_one_of_a_kind(string mimeType, bool supported) =>
        CodecTable.IsTypeSupported(mimeType).ShouldBe(supported);

    [Theory]
    [InlineData("video/ogg", "video/mp4")]
    [InlineData("video/mp4;codecs=nonsense", "avc1")]
    [InlineData("video/webm;codecs=avc1", "video/mp4 or video/x-matroska")]
    [InlineData("audio/webm;codecs=vp8", "video/")]
    [InlineData("video/webm;codecs=vp8,vp9", "name one")]
    public void A_refusal_says_what_to_use_instead(string mimeType, string advice) => CodecTable.Explain(mimeType).ShouldNotBeNull().ShouldContain(advice);

    [Fact]
    public void The_types_of_a_source_begin_with_those_that_copy_it()
    {
        var types = CodecTable.RecordableTypes([H264, Opus]);

        types[0].ShouldBe("video/mp4;codecs=avc1.64001f,opus");
        CodecTable.IsCopy(types[0], [H264, Opus]).ShouldBeTrue();
        types.ShouldContain("video/webm;codecs=vp8,opus");
        CodecTable.IsCopy("video/webm;codecs=vp8,opus", [H264, Opus]).ShouldBeFalse();
        types.ShouldAllBe(type => CodecTable.IsTypeSupported(type));
        CodecTable.RecordableTypes([Track(TrackKind.Other, "srt")]).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("video/mp4;codecs=avc1.64001f", "video/mp4;codecs=avc1.42c01f,mp4a.40.2", true)]
    [InlineData("video/mp4;codecs=avc1.64001f", "video/mp4;codecs=hvc1", false)]
    [InlineData("video/mp4", "video/webm", false)]
    public void A_recording_continues_in_the_same_container_with_the_same_codecs(string before, string after, bool continues) =>
        CodecTable.Continues(before, after).ShouldBe(continues);

    [Theory]
    [InlineData(MediaContainer.Mp4, "h264", "aac")]
    [InlineData(MediaContainer.Mp4, "h264", "pcm_mulaw")]
    [InlineData(MediaContainer.WebM, "vp8", "opus")]
    [InlineData(MediaContainer.Matroska, "h264", "vorbis")]
    [InlineData(MediaContainer.Mp4, "rawvideo")]
    public void The_container_of_a_source_holds_what_is_copied_of_it(MediaContainer container, params string[] codecs) =>
        CodecTable.ContainerFor(codecs).ShouldBe(container);

    private static TrackDescription Track(TrackKind kind, string codec) => new() { Id = 0, Kind = kind, Codec = codec };
}
