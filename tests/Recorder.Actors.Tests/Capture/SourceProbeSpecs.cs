using System.Net;
using System.Net.Sockets;
using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Capture;

public sealed class SourceProbeSpecs(MediaFiles files) : IClassFixture<MediaFiles>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_file_is_described()
    {
        var probe = await SourceProbe.RunAsync(SourceUri.Parse(files.Clip), Soon);
        probe.Format.ShouldContain("mp4");
        probe.IsLive.ShouldBeFalse();
        probe.Duration!.Value.TotalSeconds.ShouldBe(3, 0.1);
        var video = probe.Tracks[0];
        (video.Kind, video.Codec, video.Width, video.Height, video.FrameRate).ShouldBe((TrackKind.Video, "h264", 320, 180, 25));
        var audio = probe.Tracks[1];
        (audio.Kind, audio.Codec, audio.SampleRate, audio.Channels).ShouldBe((TrackKind.Audio, "aac", 48000, 1));
    }

    [Fact]
    public async Task The_test_pattern_is_described()
    {
        var probe = await SourceProbe.RunAsync(SourceUri.Parse("test:?size=640x360&rate=50"), Soon);
        (probe.Format, probe.IsLive, probe.Duration).ShouldBe(("test", true, null));
        probe.Tracks.Select(t => t.Codec).ShouldBe(["rawvideo", "pcm_s16le"]);
        (probe.Tracks[0].Width, probe.Tracks[0].FrameRate).ShouldBe((640, 50));
    }

    [Fact]
    public async Task A_file_that_is_not_media_is_refused_with_a_sentence()
    {
        var failure = await Should.ThrowAsync<CaptureException>(SourceProbe.RunAsync(SourceUri.Parse(files.Text), Soon));
        failure.Error.Name.ShouldBe(ErrorName.NotSupportedError);
        failure.Message.ShouldContain("is not media that can be read");
    }

    [Theory]
    [InlineData(1, 1_000_000, "has more than 1 track")]
    [InlineData(2, 50_000, "has pictures of 320×180, more than 50,000 pixels")]
    public async Task A_source_that_exceeds_the_limits_is_refused_for_good(int tracks, long pixels, string what)
    {
        var source = SourceUri.Parse(files.Clip);
        var options = new CaptureOptions { Limits = new MediaLimits { Tracks = tracks, Pixels = pixels } };
        var failure = await Should.ThrowAsync<CaptureException>(SourceProbe.RunAsync(source, Soon, options, default));
        failure.Error.ShouldBe(new MediaError(
            ErrorName.NotSupportedError, $"file:{files.Clip} {what}: name another source, or raise the limit (--max-tracks, --max-pixels)."));
        var error = new FFmpegException(-22, "too large") { ExceedsLimit = true };
        SourceErrors.Translate(source, error, wasOpen: false).IsPermanent.ShouldBeTrue();
    }

    [Fact]
    public async Task Probing_a_server_that_does_not_answer_fails_at_the_deadline()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var source = SourceUri.Parse($"rtsp://user:geheim@127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/stream");
        var started = TimeProvider.System.GetTimestamp();
        var failure = await Should.ThrowAsync<CaptureException>(SourceProbe.RunAsync(source, TimeSpan.FromSeconds(0.5)));
        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(3));
        failure.Message.ShouldEndWith("did not answer in 0.5 s: check that it is on and reachable.");
        failure.Message.ShouldNotContain("geheim");
    }
}
