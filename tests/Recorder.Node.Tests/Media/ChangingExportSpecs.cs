using System.Net;
using Recorder.Contracts;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Media;

/// <summary>Exports of recordings that change, or hold what a container does not.</summary>
public sealed class ChangingExportSpecs(ChangingMedia changing) : IClassFixture<ChangingMedia>
{
    private RecordedMedia Media => changing.Media;

    [Theory]
    [InlineData("mp4")]
    [InlineData("mkv")]
    public async Task Pictures_of_another_size_and_sound_that_comes_and_goes_are_in_one_file(string extension)
    {
        var key = await Media.JoinAsync($"sizes-{extension}", TimeSpan.Zero, changing.Large, changing.Sounding, changing.Small);
        await using var node = await ServeAsync();

        var path = await ExportAsync(node, $"{key}/export.{extension}");

        (await RecordedMedia.PicturesAsync(path)).Select(picture => picture.Size).ShouldBe([.. Enumerable.Repeat("320,240", 100), .. Enumerable.Repeat("480,360", 50)]);
        var sound = await RecordedMedia.PacketsAsync(path, "a");
        sound[0].Dts.ShouldBe(2, 0.06);
        sound[^1].Dts.ShouldBe(4, 0.06);
    }

    [Fact]
    public async Task Pictures_of_another_codec_are_refused_unless_they_are_encoded_anew_to_one_size()
    {
        var key = await Media.JoinAsync("codecs", TimeSpan.Zero, changing.Sounding, changing.Hevc, changing.Small);
        await using var node = await ServeAsync();

        var (status, problem) = await node.SendAsync(HttpMethod.Get, $"/v1/recordings/{key}/export.mp4");
        var path = await ExportAsync(node, $"{key}/export.mp4?transcode=true");

        status.ShouldBe(HttpStatusCode.NotAcceptable);
        problem!["detail"]!.GetValue<string>().ShouldContain("transcode=true");
        (await RecordedMedia.PicturesAsync(path)).Select(picture => picture.Size).ShouldBe(Enumerable.Repeat("320,240", 150));
        (await RecordedMedia.RunAsync("ffprobe", $"-v error -show_entries stream=codec_name -of csv=p=0 {path}")).Trim().Split('\n').ShouldBe(["h264", "aac"]);
    }

    [Fact]
    public async Task A_recording_of_pictures_that_MP4_holds_and_sound_that_it_does_not_is_exported_with_its_sound_encoded()
    {
        var key = await Media.RecordAsync(
            "-f lavfi -i testsrc2=size=320x240:rate=25 -f lavfi -i sine=440:sample_rate=8000 -t 2 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25 -c:a pcm_alaw",
            "telephone", "mkv", new RecorderOptions { MimeType = "video/x-matroska" });
        Path.GetExtension(RecordedMedia.Rows(Media.FolderOf(key))[0].Path).ShouldBe(".mkv");
        await using var node = await ServeAsync();

        var path = await ExportAsync(node, $"{key}/export.mp4");

        (await RecordedMedia.RunAsync("ffprobe", $"-v error -show_entries stream=codec_name -of csv=p=0 {path}")).Trim().Split('\n').ShouldBe(["h264", "aac"]);
        (await RecordedMedia.PicturesAsync(path)).Count.ShouldBe(50);
        (await RecordedMedia.PacketsAsync(path, "a"))[^1].Dts.ShouldBe(2, 0.2);
    }

    [Fact]
    public async Task Matroska_extents_of_other_sizes_go_on_in_one_file()
    {
        var options = new RecorderOptions { MimeType = "video/x-matroska" };
        var one = await Media.RecordAsync("-f lavfi -i testsrc2=size=320x240:rate=25 -t 2 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25", "mkv-one", "mkv", options);
        var two = await Media.RecordAsync("-f lavfi -i testsrc2=size=96x64:rate=25 -t 2 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25", "mkv-two", "mkv", options);
        var key = await Media.JoinAsync("mkv-both", TimeSpan.Zero, one, two, one);
        await using var node = await ServeAsync();

        foreach (var extension in new[] { "mkv", "mp4" })
        {
            var path = await ExportAsync(node, $"{key}/export.{extension}");
            (await RecordedMedia.PicturesAsync(path)).Select(picture => picture.Size).ShouldBe(
                [.. Enumerable.Repeat("320,240", 50), .. Enumerable.Repeat("96,64", 50), .. Enumerable.Repeat("320,240", 50)]);
        }
    }

    private async Task<string> ExportAsync(ServedNode node, string what)
    {
        var answer = await node.Client.GetAsync($"/v1/recordings/{what}");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        answer.Headers.Contains("Media-Ends").ShouldBeFalse();
        var path = Path.Combine(Media.Folder, $"{Guid.NewGuid():n}");
        await File.WriteAllBytesAsync(path, await answer.Content.ReadAsByteArrayAsync());
        return path;
    }

    private Task<ServedNode> ServeAsync() => ServedNode.StartAsync(options => options with { DataFolder = Media.Folder });
}
