using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Recorder.Contracts;
using Recorder.Node.Http;
using Recorder.Node.Media;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Media;

/// <summary>One finished file of a recording, as FFmpeg's own tools read it.</summary>
public sealed class ExportSpecs(RecordedMedia media) : IClassFixture<RecordedMedia>
{
    [Theory]
    [InlineData("mp4")]
    [InlineData("mkv")]
    public async Task Three_extents_become_one_file_with_every_picture_a_duration_and_an_index(string extension)
    {
        await using var node = await ServeAsync();

        var (path, answer) = await ExportAsync(node, $"{media.ClipKey}/export.{extension}");

        answer.Content.Headers.ContentLength.ShouldBe(new FileInfo(path).Length);
        answer.Content.Headers.ContentDisposition!.ToString().ShouldBe($"attachment; filename=\"{media.ClipKey}.{extension}\"");
        (await HashesAsync(path)).ShouldBe(await HashesAsync($"{media.Folder}/source.mp4"));
        (await DurationAsync(path)).ShouldBe(6, 0.04);
        (await HashesAsync(path, "-ss 4.52 ", " -frames:v 1")).ShouldBe(await HashesAsync($"{media.Folder}/source.mp4", "-ss 4.52 ", " -frames:v 1"));
        await RecordedMedia.RunAsync("ffmpeg", $"-v error -xerror -i {path} -f null -");
        var bytes = (await File.ReadAllBytesAsync(path)).AsSpan();
        if (extension == "mp4")
        {
            bytes.IndexOf("moov"u8).ShouldBeInRange(0, bytes.IndexOf("mdat"u8));
            bytes.IndexOf("moof"u8).ShouldBe(-1);
        }
        else
        {
            bytes.IndexOf(new byte[] { 0x1c, 0x53, 0xbb, 0x6b }).ShouldBeGreaterThan(0);
        }

        Directory.GetFiles(Path.Combine(media.Folder, "exports")).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_interval_begins_with_the_key_frame_before_it_and_ends_with_the_frame_before_its_end()
    {
        await using var node = await ServeAsync();

        var (path, answer) = await ExportAsync(node, $"{media.ClipKey}/export.mp4?from=3.4&to=5");

        double.Parse(answer.Headers.GetValues("Media-From").Single(), CultureInfo.InvariantCulture).ShouldBe(3, 0.1);
        var hashes = await HashesAsync(path);
        hashes.ShouldBe((await HashesAsync($"{media.Folder}/source.mp4")).Skip(75).Take(hashes.Count));
        hashes.Count.ShouldBeInRange(50, 52);
        (await DurationAsync(path)).ShouldBe(2, 0.1);
    }

    [Fact]
    public async Task WebM_extents_become_one_webm_and_an_mp4_is_refused_with_what_works()
    {
        var key = await media.RecordAsync("test:?size=64x64&rate=25&pace=fast&duration=5s", "webm", new RecorderOptions
        {
            MimeType = "video/webm;codecs=vp8,opus",
            ExtentDuration = TimeSpan.FromSeconds(2),
            VideoKeyFrameIntervalDuration = TimeSpan.FromSeconds(1),
        });
        RecordedMedia.Rows(media.FolderOf(key)).Count.ShouldBeGreaterThan(1);
        await using var node = await ServeAsync();

        var (path, _) = await ExportAsync(node, $"{key}/export.webm");
        var (part, answer) = await ExportAsync(node, $"{key}/export.mkv?from=3.5&to=4.5");
        var (status, problem) = await node.SendAsync(HttpMethod.Get, $"/v1/recordings/{key}/export.mp4");

        var whole = new List<string>();
        foreach (var row in RecordedMedia.Rows(media.FolderOf(key)))
            whole.AddRange(await HashesAsync(row.Path));

        var hashes = await HashesAsync(path);
        hashes.ShouldBe(whole);
        (await DurationAsync(path)).ShouldBe(5, 0.05);
        var from = double.Parse(answer.Headers.GetValues("Media-From").Single(), CultureInfo.InvariantCulture);
        from.ShouldBeInRange(2.4, 3.5);
        var first = (int)Math.Round(from * 25);
        (await HashesAsync(part)).ShouldBe(hashes.Skip(first).Take((int)Math.Ceiling(4.5 * 25) - first));
        status.ShouldBe(HttpStatusCode.NotAcceptable);
        problem!["detail"]!.GetValue<string>().ShouldContain("export.webm or export.mkv");
    }

    [Fact]
    public async Task A_recording_under_way_is_exported_up_to_now()
    {
        var key = await media.RecordAsync($"file:{media.Folder}/source.mp4?pace=fast", "now", new RecorderOptions());
        using var writer = await RecordedMedia.ReopenAsync(media.FolderOf(key));
        await using var node = await ServeAsync();

        var (path, _) = await ExportAsync(node, $"{key}/export.mp4");

        (await HashesAsync(path)).Count.ShouldBe(150);
    }

    [Fact]
    public async Task The_command_takes_container_and_interval_in_its_body()
    {
        await using var node = await ServeAsync();
        var url = $"/v1/recordings/{media.ClipKey}:export";

        var answer = await node.Client.PostAsJsonAsync(url, new { container = "matroska", from = "2.5", to = "3" });
        var (wrong, problem) = await node.SendAsync(HttpMethod.Post, url, """{"container":"avi"}""");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("video/x-matroska");
        answer.Headers.GetValues("Media-From").Single().ShouldStartWith("2.");
        wrong.ShouldBe(HttpStatusCode.BadRequest);
        problem!["detail"]!.GetValue<string>().ShouldContain("matroska");
        (await node.SendAsync(HttpMethod.Post, url, """{"container":"mp4","from":"3","to":"2"}""")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await node.SendAsync(HttpMethod.Post, url, "{}")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task As_many_are_made_as_are_allowed_and_what_a_crash_left_goes_at_the_start()
    {
        var left = Path.Combine(Directory.CreateDirectory(Path.Combine(media.Folder, "exports")).FullName, "left");
        await File.WriteAllTextAsync(left, "half an export");
        await using var node = await ServeAsync();
        File.Exists(left).ShouldBeFalse();
        var exports = (Exports)node.Host.Services.GetService(typeof(Exports))!;
        var plan = Recorder.Media.Export.ExportPlan.Of(
            [.. RecordedMedia.Rows(media.Clip).Select(row => new Recorder.Media.Fragments.WantedExtent(row, new Recorder.Media.LocalMedia(row.Path)))], null, null)!;

        using (exports.Begin(plan))
        using (exports.Begin(plan))
        {
            var refused = await node.Client.GetAsync($"/v1/recordings/{media.ClipKey}/export.mp4");
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            refused.Headers.RetryAfter.ShouldNotBeNull();
        }

        Should.Throw<ProblemException>(() => exports.Begin(plan with { Bytes = long.MaxValue / 4 })).Problem.Status.ShouldBe(507);
        (await node.Client.GetAsync($"/v1/recordings/{media.ClipKey}/export.mp4")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<(string Path, HttpResponseMessage Answer)> ExportAsync(ServedNode node, string what)
    {
        var answer = await node.Client.GetAsync($"/v1/recordings/{what}");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        var path = Path.Combine(media.Folder, $"{Guid.NewGuid():n}");
        await File.WriteAllBytesAsync(path, await answer.Content.ReadAsByteArrayAsync());
        return (path, answer);
    }

    private static async Task<IReadOnlyList<string>> HashesAsync(string path, string before = "", string behind = "") =>
        [.. (await RecordedMedia.RunAsync("ffmpeg", $"-v error {before}-i {path} -map v -fps_mode passthrough{behind} -f framemd5 -")).Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(',')[^1].Trim())];

    private static async Task<double> DurationAsync(string path) => double.Parse(
        await RecordedMedia.RunAsync("ffprobe", $"-v error -show_entries format=duration -of csv=p=0 {path}"), CultureInfo.InvariantCulture);

    private Task<ServedNode> ServeAsync() => ServedNode.StartAsync(options => options with { DataFolder = media.Folder });
}
