using System.Text.Json;
using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.Node.Cli.Recording;

namespace Recorder.Node.Tests.Cli;

public sealed class ProbeReportSpecs
{
    private static readonly SourceProbe Camera = new(
        SourceUri.Parse("rtsp://user:secret@camera/stream"),
        "rtsp",
        [
            new TrackDescription
            {
                Id = 0, Kind = TrackKind.Video, Codec = "h264", MimeCodec = "avc1.64001f", Width = 1280, Height = 720, FrameRate = 29.97, Language = "und", BitsPerSecond = 2_000_000,
                Rotation = 90,
            },
            new TrackDescription { Id = 1, Kind = TrackKind.Audio, Codec = "aac", MimeCodec = "mp4a.40.2", SampleRate = 8_000, Channels = 1, Language = "deu" },
        ],
        null,
        IsLive: true);

    [Fact]
    public void People_see_tracks_codecs_rates_and_what_the_source_can_be_recorded_to() =>
        string.Join('\n', ProbeReport.Of(Camera).ToLines()).ShouldBe(
            """
            rtsp://***@camera/stream  (rtsp, live)

            track  kind   codec  in a MIME type  what                                            bit rate
            0      video  h264   avc1.64001f     1280x720, 29.97 frames/s, turned by 90 degrees  2.00 Mbit/s
            1      audio  aac    mp4a.40.2       8000 Hz, mono, deu                              -

            Can be recorded as it is to:
              video/mp4;codecs=avc1.64001f,mp4a.40.2
              video/x-matroska;codecs=avc1.64001f,mp4a.40.2

            Can be encoded to:
              video/webm;codecs=vp8,opus
            """);

    [Fact]
    public void Programs_get_the_same_as_one_line_of_JSON()
    {
        var json = ProbeReport.Of(Camera with { Duration = TimeSpan.FromSeconds(2.5) }).ToJson();

        json.ShouldNotContain('\n');
        json.ShouldNotContain("secret");
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        root.EnumerateObject().Select(property => property.Name).ShouldBe(["source", "format", "live", "duration", "tracks", "recordable"]);
        root.GetProperty("duration").GetDouble().ShouldBe(2500);
        root.GetProperty("live").GetBoolean().ShouldBeTrue();
        root.GetProperty("tracks")[0].GetProperty("kind").GetString().ShouldBe("video");
        root.GetProperty("tracks")[0].GetProperty("frameRate").GetDouble().ShouldBe(29.97);
        root.GetProperty("recordable")[0].GetProperty("mimeType").GetString().ShouldBe("video/mp4;codecs=avc1.64001f,mp4a.40.2");
        root.GetProperty("recordable")[0].GetProperty("how").GetString().ShouldBe("copy");
    }

    [Fact]
    public void An_endless_source_that_is_not_live_says_so() =>
        ProbeReport.Of(Camera with { IsLive = false }).ToLines().First().ShouldEndWith("(rtsp, endless)");
}
