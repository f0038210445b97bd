namespace Recorder.Contracts.Tests;

/// <summary>Which MIME types are well formed. Whether they can be recorded is tested with the actors.</summary>
public sealed class MediaMimeTypeSpecs
{
    [Theory]
    [InlineData("video/mp4", TrackKind.Video, MediaContainer.Mp4)]
    [InlineData("audio/mp4", TrackKind.Audio, MediaContainer.Mp4)]
    [InlineData("video/webm", TrackKind.Video, MediaContainer.WebM)]
    [InlineData("audio/webm", TrackKind.Audio, MediaContainer.WebM)]
    [InlineData("video/x-matroska", TrackKind.Video, MediaContainer.Matroska)]
    [InlineData("audio/x-matroska", TrackKind.Audio, MediaContainer.Matroska)]
    [InlineData("video/matroska", TrackKind.Video, MediaContainer.Matroska)]
    [InlineData("audio/matroska", TrackKind.Audio, MediaContainer.Matroska)]
    public void A_known_container_without_codecs_is_a_type(string text, TrackKind kind, MediaContainer container)
    {
        MediaMimeType.TryParse(text, out var type).ShouldBeTrue();

        type.ShouldBe(new MediaMimeType(kind, container, []));
    }

    [Theory]
    [InlineData("video/webm;codecs=vp8")]
    [InlineData("video/webm; codecs=vp8")]
    [InlineData("video/webm ;  codecs=vp8")]
    [InlineData("  video/webm;codecs=vp8  ")]
    [InlineData("VIDEO/WEBM;CODECS=VP8")]
    [InlineData("video/WebM;Codecs=Vp8")]
    [InlineData("video/webm;codecs=\"vp8\"")]
    [InlineData("video/webm; codecs = \"vp8\"")]
    [InlineData("video/webm; codecs=\" vp8 \"")]
    [InlineData("video/webm;charset=utf-8;codecs=vp8")]
    [InlineData("video/webm;title=\"a;b\";codecs=vp8")]
    public void Case_quotes_spaces_and_other_parameters_are_ignored_15(string text)
    {
        MediaMimeType.TryParse(text, out var type).ShouldBeTrue();

        type.ShouldBe(new MediaMimeType(TrackKind.Video, MediaContainer.WebM, ["vp8"]));
    }

    [Theory]
    [InlineData("video/webm;codecs=vp8,opus")]
    [InlineData("video/webm;codecs=\"vp8,opus\"")]
    [InlineData("video/webm; codecs=\"vp8, opus\"")]
    [InlineData("video/webm;codecs=vp8, opus")]
    [InlineData("video/webm;codecs=\" vp8 , opus \"")]
    public void Several_codecs_keep_their_order_15(string text)
    {
        MediaMimeType.TryParse(text, out var type).ShouldBeTrue();

        type.Codecs.ShouldBe(["vp8", "opus"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("video")]
    [InlineData("video/")]
    [InlineData("/mp4")]
    [InlineData("video/ogg")]
    [InlineData("video/quicktime")]
    [InlineData("text/mp4")]
    [InlineData("application/mp4")]
    [InlineData("video/mp4/x")]
    [InlineData("video mp4")]
    [InlineData("video/mp4,video/webm")]
    [InlineData("video/webm codecs=vp8")]
    [InlineData("video/webm;codecs")]
    [InlineData("video/webm;codecs=")]
    [InlineData("video/webm;codecs=\"\"")]
    [InlineData("video/webm;codecs=,")]
    [InlineData("video/webm;codecs=vp8,")]
    [InlineData("video/webm;codecs=,vp8")]
    [InlineData("video/webm;codecs=vp8,,opus")]
    [InlineData("video/webm;codecs=\"vp8")]
    [InlineData("video/webm;codecs=vp8\"")]
    [InlineData("video/webm;codecs=\"vp8\"opus\"")]
    [InlineData("video/webm;=vp8")]
    [InlineData("video/webm;")]
    [InlineData("video/webm;;codecs=vp8")]
    [InlineData("xxx")]
    public void Malformed_and_unknown_types_are_not_parsed_11(string? text)
    {
        MediaMimeType.TryParse(text, out var type).ShouldBeFalse();
        type.ShouldBeNull();
    }

    [Theory]
    [InlineData("Video/MP4; codecs=\"AVC1.42C01F, mp4a.40.2\"", "video/mp4;codecs=avc1.42c01f,mp4a.40.2")]
    [InlineData("audio/matroska", "audio/x-matroska")]
    [InlineData("audio/webm;codecs=opus", "audio/webm;codecs=opus")]
    public void A_type_is_written_in_a_canonical_form_that_parses_back_equal(string text, string canonical)
    {
        MediaMimeType.TryParse(text, out var type).ShouldBeTrue();

        type.ToString().ShouldBe(canonical);
        MediaMimeType.TryParse(canonical, out var again).ShouldBeTrue();
        again.ShouldBe(type);
        again.GetHashCode().ShouldBe(type.GetHashCode());
    }

    [Fact]
    public void Types_differ_by_kind_container_codecs_and_order_of_codecs()
    {
        var type = new MediaMimeType(TrackKind.Video, MediaContainer.Mp4, ["a", "b"]);

        type.ShouldNotBe(type with { Kind = TrackKind.Audio });
        type.ShouldNotBe(type with { Container = MediaContainer.WebM });
        type.ShouldNotBe(type with { Codecs = ["b", "a"] });
        type.ShouldNotBe(type with { Codecs = ["a"] });
    }
}
