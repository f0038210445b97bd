using Recorder.Actors.Recording;


namespace Recorder.Actors.Tests.Conformance;

/// <summary>Behaviours 10 to 15: <c>MediaRecorder.isTypeSupported(type)</c>.</summary>
public sealed class IsTypeSupported_10_15_Specs
{
    [Fact]
    public void The_empty_type_is_supported_10()
    {
        MediaSupport.IsTypeSupported("").ShouldBeTrue();
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("video")]
    [InlineData("video/")]
    [InlineData("/webm")]
    [InlineData("video/webm;codecs")]
    [InlineData("video/webm;=vp8")]
    [InlineData("video/webm;codecs=\"vp8")]
    [InlineData("video/webm;codecs=vp8,")]
    [InlineData("video/nonsense")]
    [InlineData("audio/nonsense")]
    [InlineData("text/html")]
    [InlineData("image/gif")]
    public void A_malformed_type_or_an_unknown_container_is_not_supported_11(string type)
    {
        MediaSupport.IsTypeSupported(type).ShouldBeFalse();
    }

    [Theory]
    [InlineData("video/webm;codecs=vp8,vp9")]
    [InlineData("video/webm;codecs=vp8,vp8")]
    [InlineData("video/webm;codecs=opus,vorbis")]
    [InlineData("audio/webm;codecs=opus,opus")]
    [InlineData("video/mp4;codecs=avc1.42e01e,mp4a.40.2,opus")]
    [InlineData("video/x-matroska;codecs=avc1,opus,vp8")]
    public void Two_codecs_of_a_kind_are_not_supported_12(string type)
    {
        MediaSupport.IsTypeSupported(type).ShouldBeFalse();
    }

    [Theory]
    [InlineData("VIDEO/WEBM")]
    [InlineData("Video/WebM;CODECS=VP8,Opus")]
    [InlineData("video/mp4;codecs=AVC1.42E01E,MP4A.40.2")]
    [InlineData("video/mp4;codecs=avc1.64001f")]
    [InlineData("video/mp4;codecs=avc1")]
    [InlineData("video/webm;codecs=vp09.00.10.08")]
    [InlineData("video/mp4;codecs=av01.0.04M.08,opus")]
    [InlineData("audio/mp4;codecs=mp4a.40.2")]
    public void Case_does_not_count_nor_does_a_profile_13(string type)
    {
        MediaSupport.IsTypeSupported(type).ShouldBeTrue();
    }

    [Theory]
    [InlineData("video/webm;codecs=theora")]
    [InlineData("video/webm;codecs=vp8,nonsense")]
    [InlineData("video/mp4;codecs=nonsense.42e01e")]
    [InlineData("video/mp4;codecs=vp8")]
    [InlineData("video/webm;codecs=avc1")]
    [InlineData("audio/webm;codecs=vp8")]
    [InlineData("audio/webm;codecs=mp4a.40.2")]
    public void A_codec_that_is_unknown_or_has_no_place_in_the_container_is_not_supported_14(string type)
    {
        MediaSupport.IsTypeSupported(type).ShouldBeFalse();
    }

    [Theory]
    [InlineData("video/webm;codecs=\"vp8,opus\"")]
    [InlineData("video/webm; codecs=\"vp8, opus\"")]
    [InlineData("video/webm ; codecs = \" vp8 , opus \"")]
    [InlineData("video/webm; codecs=vp8, opus")]
    [InlineData("audio/webm; codecs=\"opus\"")]
    [InlineData("video/mp4; codecs=\"avc1.42E01E, mp4a.40.2\"")]
    [InlineData("video/x-matroska;codecs=\"avc1, opus\"")]
    public void Quoted_and_spaced_lists_of_codecs_parse_15(string type)
    {
        MediaSupport.IsTypeSupported(type).ShouldBeTrue();

        // The parameter is parsed: with one more codec the type is not supported.
        var quoted = type.EndsWith('"');
        MediaSupport.IsTypeSupported((quoted ? type[..^1] : type) + ", theora" + (quoted ? "\"" : "")).ShouldBeFalse();
    }
}
