using System.CommandLine;
using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Node.Cli.Arguments;
using Recorder.Node.Cli.Recording;
using Recorder.Node.Cli.Terminal;

namespace Recorder.Node.Tests.Cli;

/// <summary>What a good command line means.</summary>
public sealed class RecordRequestSpecs : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Nothing_said_means_the_defaults()
    {
        var request = Read("test:", "--out", _folder.Path);

        request.Options.ShouldBe(new RecorderOptions());
        request.Timeslice.ShouldBeNull();
        request.Duration.ShouldBeNull();
        request.Json.ShouldBeFalse();
        request.Verbosity.ShouldBe(Verbosity.Normal);
    }

    [Fact]
    public void Every_option_arrives()
    {
        var request = Read(
            "test:", "--out", _folder.Path, "--mime", "video/webm;codecs=vp8,opus", "--timeslice", "100ms", "--duration", "1h30m",
            "--video-bitrate", "2.5M", "--audio-bitrate", "96k", "--bitrate", "3000000", "--audio-bitrate-mode", "constant",
            "--key-frame-interval", "2s", "--open-timeout", "never", "--loss-timeout", "1.5m", "--signal-loss", "black",
            "--fragment", "500ms", "--extent", "10m", "--extent-bytes", "1G", "--max-tracks", "8", "--max-pixels", "2M", "--json", "--verbose");

        request.Options.ShouldBe(new RecorderOptions
        {
            MimeType = "video/webm;codecs=vp8,opus",
            VideoBitsPerSecond = 2_500_000,
            AudioBitsPerSecond = 96_000,
            BitsPerSecond = 3_000_000,
            AudioBitrateMode = BitrateMode.Constant,
            VideoKeyFrameIntervalDuration = TimeSpan.FromSeconds(2),
            OpenTimeout = null,
            LossTimeout = TimeSpan.FromSeconds(90),
            SignalLoss = SignalLossPolicy.BlackAndSilence,
            FragmentDuration = TimeSpan.FromMilliseconds(500),
            ExtentDuration = TimeSpan.FromMinutes(10),
            ExtentBytes = 1_000_000_000,
        });
        request.Capture.Limits.ShouldBe(new MediaLimits { Tracks = 8, Pixels = 2_000_000 });
        request.Timeslice.ShouldBe(TimeSpan.FromMilliseconds(100));
        request.Duration.ShouldBe(TimeSpan.FromMinutes(90));
        request.Json.ShouldBeTrue();
        request.Verbosity.ShouldBe(Verbosity.Verbose);
        Read("test:", "--out", _folder.Path, "--key-frame-count", "50").Options.VideoKeyFrameIntervalCount.ShouldBe(50);
    }

    [Theory]
    [InlineData("take.mp4", "video/mp4")]
    [InlineData("take.MP4", "video/mp4")]
    [InlineData("take.m4a", "audio/mp4")]
    [InlineData("take.webm", "video/webm")]
    [InlineData("take.mkv", "video/x-matroska")]
    [InlineData("take.mka", "audio/x-matroska")]
    public void The_extension_says_the_container_when_nothing_else_does(string name, string mime)
    {
        var request = Read("test:", "-o", _folder[name]);

        request.Options.MimeType.ShouldBe(mime);
        request.Recorders.Single().Target.ShouldBe(new RecordingTarget(null, _folder[name]));
    }

    [Theory]
    [InlineData("take.mp4", "audio/mp4")]
    [InlineData("take.webm", "audio/webm; codecs=\"opus\"")]
    [InlineData("take.mkv", "video/x-matroska;codecs=h264")]
    public void A_MIME_type_that_the_extension_allows_stays_as_it_was_written(string name, string mime) =>
        Read("test:", "-o", _folder[name], "--mime", mime).Options.MimeType.ShouldBe(mime);

    [Fact]
    public void Recorders_are_named_after_their_sources_and_numbered_when_taken()
    {
        var request = Read("test:", "clip.mp4", "test:", "other/clip.mp4", "rtsp://u:p@camera/stream", "test:", "--out", _folder.Path);

        request.Recorders.Select(recorder => recorder.Id.Value).ShouldBe(["test", "clip", "test-2", "clip-2", "camera-stream", "test-3"]);
        request.Recorders.Select(recorder => recorder.Text)
            .ShouldBe(["test:", "clip.mp4", "test:", "other/clip.mp4", "rtsp://u:p@camera/stream", "test:"]);
        request.Recorders.ShouldAllBe(recorder => recorder.Target == new RecordingTarget(_folder.Path, null, false));
    }

    [Fact]
    public void A_file_may_be_recorded_into_another_that_does_not_exist_yet() =>
        Read(_folder.Create("clip.mp4"), "-o", _folder["copy.mp4"]).Recorders.Single().Id.ShouldBe(RecorderId.Parse("clip"));

    [Fact]
    public void Force_allows_a_file_to_be_replaced()
    {
        var file = _folder.Create("take.mp4");

        Read("test:", "-o", file, "--force").Recorders.Single().Target.ShouldBe(new RecordingTarget(null, file, Overwrite: true));
    }

    [Fact]
    public void Checking_a_command_line_leaves_nothing_behind()
    {
        OutputPaths.ProblemWithVolume(Read("test:", "-o", _folder["take.mp4"]).Recorders[0].Target).ShouldBeNull();
        OutputPaths.ProblemWithVolume(Read("test:", "--out", _folder["takes/today"]).Recorders[0].Target).ShouldBeNull();

        Directory.GetFileSystemEntries(_folder.Path).ShouldBeEmpty();
    }

    private static RecordRequest Read(params string[] arguments)
    {
        var record = new RecordCommand();
        var root = new RootCommand { record.Create() };

        var request = record.Read(root.Parse(["record", .. arguments]), out var problem);

        problem.ShouldBe("");
        return request.ShouldNotBeNull();
    }
}
