using Recorder.Actors.Recording;
using Recorder.Contracts;

namespace Recorder.Actors.Tests.Recording;

public sealed class MediaSupportSpecs
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
        MediaSupport.IsTypeSupported(mimeType).ShouldBe(supported);

    [Theory]
    [InlineData("video/ogg", "video/mp4")]
    [InlineData("video/mp4;codecs=nonsense", "avc1")]
    [InlineData("video/webm;codecs=avc1", "video/mp4 or video/x-matroska")]
    [InlineData("audio/webm;codecs=vp8", "video/")]
    [InlineData("video/webm;codecs=vp8,vp9", "name one")]
    public void A_refusal_says_what_to_use_instead(string mimeType, string advice) => MediaSupport.Explain(mimeType).ShouldNotBeNull().ShouldContain(advice);

    [Fact]
    public void The_types_of_a_source_begin_with_those_that_copy_it()
    {
        var types = MediaSupport.RecordableTypes([H264, Opus]);

        types[0].ShouldBe("video/mp4;codecs=avc1.64001f,opus");
        MediaSupport.IsCopy(types[0], [H264, Opus]).ShouldBeTrue();
        types.ShouldContain("video/webm;codecs=vp8,opus");
        MediaSupport.IsCopy("video/webm;codecs=vp8,opus", [H264, Opus]).ShouldBeFalse();
        types.ShouldAllBe(type => MediaSupport.IsTypeSupported(type));
        MediaSupport.RecordableTypes([Track(TrackKind.Other, "srt")]).ShouldBeEmpty();
    }

    private static TrackDescription Track(TrackKind kind, string codec) => new() { Id = 0, Kind = kind, Codec = codec };
}
