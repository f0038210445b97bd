using System.Globalization;
using System.Net;
using Recorder.Contracts;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Media;

/// <summary>Pictures of a recording, compared with those of the source.</summary>
public sealed class SnapshotSpecs(RecordedMedia media) : IClassFixture<RecordedMedia>
{
    private string Url => $"/v1/recordings/{media.ClipKey}/snapshot.jpg";

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1.5", 37)]
    [InlineData("3.41", 85)]
    [InlineData("5.97", 149)]
    [InlineData(null, 149)]
    public async Task The_picture_is_that_of_the_moment(string? at, int frame)
    {
        await using var node = await ServeAsync();

        var answer = await node.Client.GetAsync(at is null ? Url : $"{Url}?at={at}");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("image/jpeg");
        // The source's packets may begin a little late on the recording's timeline: the nearest picture tells.
        var path = await SaveAsync(answer);
        var best = (Frame: 0, Error: double.MaxValue);
        for (var i = Math.Max(0, frame - 2); i <= Math.Min(149, frame + 2); i++)
        {
            var error = await DifferenceAsync(path, i);
            best = error < best.Error ? (i, error) : best;
        }

        best.Frame.ShouldBeInRange(frame - 1, frame);
        best.Error.ShouldBeLessThan(40);
    }

    [Fact]
    public async Task A_width_is_kept_and_the_tag_is_the_pictures()
    {
        await using var node = await ServeAsync();

        var small = await node.Client.GetAsync($"{Url}?at=2&width=80");
        var size = await RecordedMedia.RunAsync(
            "ffprobe", $"-v error -show_entries stream=width,height -of csv=p=0 {await SaveAsync(small)}");
        using var again = new HttpRequestMessage(HttpMethod.Get, $"{Url}?at=2&width=80");
        again.Headers.IfNoneMatch.Add(small.Headers.ETag!);

        size.Trim().ShouldBe("80,60");
        (await node.Client.SendAsync(again)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await node.Client.GetAsync($"{Url}?width=0")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await node.Client.GetAsync($"{Url}?at=99")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await node.Client.GetAsync($"{Url}?at=2020-01-01T00:00:00Z")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await node.Client.GetAsync($"{Url}?at=now")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("video/webm;codecs=vp8")]
    [InlineData("video/webm;codecs=vp9")]
    [InlineData("video/mp4;codecs=av1")]
    [InlineData("video/x-matroska;codecs=avc1")]
    public async Task Pictures_of_every_codec_are_taken(string type)
    {
        var key = await media.RecordAsync(
            "test:?size=64x64&rate=25&pace=fast&duration=3s&audio=off", "codec", new RecorderOptions
            {
                MimeType = type,
                VideoKeyFrameIntervalDuration = TimeSpan.FromSeconds(1),
            });
        await using var node = await ServeAsync();

        foreach (var (query, least, most) in new[] { ("?at=1.7", 1.65, 1.701), ("", 2.9, 3.0) })
        {
            var answer = await node.Client.GetAsync($"/v1/recordings/{key}/snapshot.jpg{query}");

            answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
            double.Parse(answer.Headers.GetValues("Media-From").Single(), CultureInfo.InvariantCulture).ShouldBeInRange(least, most);
            await RecordedMedia.RunAsync("ffmpeg", $"-v error -xerror -i {await SaveAsync(answer)} -f null -");
        }
    }

    private async Task<string> SaveAsync(HttpResponseMessage answer)
    {
        var path = Path.Combine(media.Folder, $"{Guid.NewGuid():n}.jpg");
        await File.WriteAllBytesAsync(path, await answer.Content.ReadAsByteArrayAsync());
        return path;
    }

    private async Task<double> DifferenceAsync(string picture, int frame)
    {
        var one = await PixelsAsync($"-i {picture}");
        var other = await PixelsAsync($"-i {media.Folder}/source.mp4 -vf select=eq(n\\,{frame}),format=gray -fps_mode passthrough");
        return one.Zip(other, (a, b) => (double)(a - b) * (a - b)).Average();
    }

    private async Task<byte[]> PixelsAsync(string input)
    {
        var path = Path.Combine(media.Folder, $"{Guid.NewGuid():n}.gray");
        await RecordedMedia.RunAsync("ffmpeg", $"-v error {input} -frames:v 1 -f rawvideo -pix_fmt gray {path}");
        return await File.ReadAllBytesAsync(path);
    }

    private Task<ServedNode> ServeAsync() => ServedNode.StartAsync(options => options with { DataFolder = media.Folder });
}
