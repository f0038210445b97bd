using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Recorder.Node.Configuration;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Media;

/// <summary>Sources are looked at before a recorder is defined.</summary>
public sealed class ProbeSpecs(RecordedMedia media) : IClassFixture<RecordedMedia>
{
    private const string Url = "/v1/sources:probe";

    [Theory]
    [InlineData("test:?size=640x360&rate=25")]
    [InlineData("file")]
    public async Task A_source_is_shown_with_its_tracks_and_a_picture(string source)
    {
        await using var node = await ServeAsync();

        var (status, answer) = await node.SendAsync(HttpMethod.Post, Url, BodyOf(source == "file" ? $"file:{media.Folder}/source.mp4" : source));

        status.ShouldBe(HttpStatusCode.OK, $"{answer}");
        var (video, audio) = (answer!["tracks"]![0]!, answer["tracks"]![1]!);
        video["kind"]!.GetValue<string>().ShouldBe("video");
        video["frameRate"]!.GetValue<double>().ShouldBe(25, 0.1);
        (audio["kind"]!.GetValue<string>(), audio["sampleRate"]!.GetValue<int>()).ShouldBe(("audio", 48000));
        answer["recordable"]!.AsArray().Select(type => type!["mimeType"]!.GetValue<string>()).ShouldContain(type => type.StartsWith("video/mp4"));
        var path = Path.Combine(media.Folder, $"{Guid.NewGuid():n}.jpg");
        await File.WriteAllBytesAsync(path, Convert.FromBase64String(answer["picture"]!.GetValue<string>()));
        (await RecordedMedia.RunAsync("ffprobe", $"-v error -show_entries stream=width -of csv=p=0 {path}")).Trim().ShouldBe(source == "file" ? "160" : "320");
    }

    [Fact]
    public async Task A_source_with_sound_alone_has_no_picture_and_needs_no_reason()
    {
        await RecordedMedia.RunAsync("ffmpeg", $"-v error -y -f lavfi -i sine -t 2 -c:a aac {media.Folder}/sound.mp4");
        await using var node = await ServeAsync();

        var (status, answer) = await node.SendAsync(HttpMethod.Post, Url, BodyOf($"file:{media.Folder}/sound.mp4"));

        status.ShouldBe(HttpStatusCode.OK, $"{answer}");
        answer!["tracks"]!.AsArray().Count.ShouldBe(1);
        (answer["picture"], answer["noPicture"]).ShouldBe((null, null));
    }

    [Theory]
    [InlineData("file:/etc/passwd", HttpStatusCode.Forbidden, "outside the folders")]
    [InlineData("rtsp://169.254.169.254/x", HttpStatusCode.Forbidden, "may not be opened")]
    [InlineData("gopher://camera/", HttpStatusCode.BadRequest, "gopher")]
    [InlineData("", HttpStatusCode.BadRequest, "source")]
    [InlineData("rtsp://admin:secret@127.0.0.1:1/x", HttpStatusCode.ServiceUnavailable, "127.0.0.1")]
    public async Task What_is_wrong_is_said_as_for_a_recorder(string source, HttpStatusCode expected, string words)
    {
        await using var node = await ServeAsync();

        var (status, problem) = await node.SendAsync(HttpMethod.Post, Url, BodyOf(source));

        status.ShouldBe(expected, $"{problem}");
        problem!["detail"]!.GetValue<string>().ShouldContain(words);
        problem.ToJsonString().ShouldNotContain("secret");
    }

    [Fact]
    public async Task Few_sources_are_probed_at_a_time()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var node = await ServeAsync();
        using var over = new CancellationTokenSource();
        var probes = Enumerable.Range(1, 5).Select(number => node.Client.PostAsJsonAsync(
            Url, new { source = $"rtsp://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/{number}" }, over.Token)).ToList();

        using var first = await await Task.WhenAny(probes);

        first.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await first.Content.ReadAsStringAsync()).ShouldContain("4 sources are being probed");
        await over.CancelAsync();
        await Eventually.HoldsAsync("cancelled probes give their places back", async () =>
            (await node.SendAsync(HttpMethod.Post, Url, BodyOf("test:?size=64x64"))).Status == HttpStatusCode.OK);
    }

    private static string BodyOf(string source) => $$"""{"source":"{{source}}"}""";

    private Task<ServedNode> ServeAsync() =>
        ServedNode.StartAsync(options => options with { Sources = options.Sources with { AllowsLoopback = true, Folders = [media.Folder] } });
}
