using System.Net;
using System.Net.Http.Headers;
using Recorder.Actors.Storage;
using Recorder.Actors.Storage.Reading;
using Recorder.Contracts;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Media;

/// <summary>What is recorded, over HTTP.</summary>
public sealed class MediaSpecs(RecordedMedia media) : IClassFixture<RecordedMedia>
{
    private string Url => $"/v1/recordings/{media.ClipKey}";

    [Fact]
    public async Task Media_has_a_length_and_a_tag_and_gives_any_range_of_itself()
    {
        await using var node = await ServeAsync();
        var whole = await node.Client.GetAsync($"{Url}/media.mp4");
        var bytes = await whole.Content.ReadAsByteArrayAsync();

        whole.StatusCode.ShouldBe(HttpStatusCode.OK);
        whole.Content.Headers.ContentType!.ToString().ShouldBe("video/mp4");
        whole.Content.Headers.ContentLength.ShouldBe(bytes.Length);
        whole.Headers.AcceptRanges.ShouldBe(["bytes"]);
        whole.Headers.ETag!.IsWeak.ShouldBeFalse();
        foreach (var (from, to) in new (long?, long?)[] { (0, 99), (1000, 70_000), (5000, null), (null, 500), (bytes.Length - 1, null) })
        {
            var part = await GetAsync(node, "media.mp4", request => request.Headers.Range = new RangeHeaderValue(from, to));

            part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
            var range = part.Content.Headers.ContentRange!;
            range.Length.ShouldBe(bytes.Length);
            (await part.Content.ReadAsByteArrayAsync()).ShouldBe(bytes[(int)range.From!..((int)range.To! + 1)]);
        }
    }

    [Fact]
    public async Task Head_says_what_get_would_without_a_body()
    {
        await using var node = await ServeAsync();
        var get = await GetAsync(node, "media.mp4");
        var head = await GetAsync(node, "media.mp4", request => request.Method = HttpMethod.Head);

        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        head.Content.Headers.ContentLength.ShouldBe(get.Content.Headers.ContentLength);
        head.Headers.ETag.ShouldBe(get.Headers.ETag);
        (await head.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Conditions_on_the_tag_are_kept()
    {
        await using var node = await ServeAsync();
        var tag = (await GetAsync(node, "media.mp4")).Headers.ETag!;
        var other = new EntityTagHeaderValue("\"other\"");

        (await GetAsync(node, "media.mp4", request => request.Headers.IfNoneMatch.Add(tag))).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await GetAsync(node, "media.mp4", request => request.Headers.IfNoneMatch.Add(other))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await RangeIfAsync(node, tag)).StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await RangeIfAsync(node, other)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_range_behind_the_end_is_refused_and_several_are_answered_with_the_whole()
    {
        await using var node = await ServeAsync();
        var length = (await GetAsync(node, "media.mp4")).Content.Headers.ContentLength!.Value;

        var behind = await GetAsync(node, "media.mp4", request => request.Headers.Range = new RangeHeaderValue(length, null));
        var several = await GetAsync(node, "media.mp4", request =>
            request.Headers.TryAddWithoutValidation("Range", "bytes=0-9,20-29").ShouldBeTrue());

        behind.StatusCode.ShouldBe(HttpStatusCode.RequestedRangeNotSatisfiable);
        behind.Content.Headers.ContentRange!.ToString().ShouldBe($"bytes */{length}");
        several.StatusCode.ShouldBe(HttpStatusCode.OK);
        several.Content.Headers.ContentLength.ShouldBe(length);
    }

    [Theory]
    [InlineData("nothing", "media.mp4", HttpStatusCode.BadRequest)]
    [InlineData("no~one", "media.mp4", HttpStatusCode.NotFound)]
    [InlineData("..~..", "media.mp4", HttpStatusCode.BadRequest)]
    [InlineData(null, "media.mp4?from=later", HttpStatusCode.BadRequest)]
    [InlineData(null, "media.mp4?from=3&to=2", HttpStatusCode.BadRequest)]
    [InlineData(null, "media.mp4?form=3", HttpStatusCode.BadRequest)]
    [InlineData(null, "blobs/0", HttpStatusCode.BadRequest)]
    [InlineData(null, "blobs/9999", HttpStatusCode.NotFound)]
    [InlineData(null, "extents/99999999999", HttpStatusCode.NotFound)]
    public async Task What_is_not_there_or_malformed_is_refused_as_a_problem(string? key, string path, HttpStatusCode status)
    {
        await using var node = await ServeAsync();

        var (answered, problem) = await node.SendAsync(HttpMethod.Get, $"/v1/recordings/{key ?? media.ClipKey.ToString()}/{path}");

        answered.ShouldBe(status);
        problem!["detail"]!.GetValue<string>().Length.ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task An_interval_of_the_wall_clock_is_found()
    {
        await using var node = await ServeAsync();
        var captured = RecordingReader.Open(media.Clip).Read().Blobs[5].CapturedAt;

        var answer = await GetAsync(node, $"media.mp4?from={Uri.EscapeDataString(captured.ToString("O"))}");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        double.Parse(answer.Headers.GetValues("Media-From").Single(), System.Globalization.CultureInfo.InvariantCulture)
            .ShouldBeGreaterThan(0.9);
    }

    [Fact]
    public async Task A_blob_is_its_bytes_and_its_tag_their_checksum()
    {
        await using var node = await ServeAsync();
        foreach (var blob in RecordingReader.Open(media.Clip).Read().Blobs.Take(7))
        {
            var answer = await GetAsync(node, $"blobs/{blob.Number}");
            var bytes = await answer.Content.ReadAsByteArrayAsync();

            answer.Headers.ETag!.Tag.ShouldBe($"\"{IndexLine.Hex(blob.Crc32C)}\"");
            Crc32C.Append(Crc32C.Empty, bytes).ShouldBe(blob.Crc32C);
            answer.Content.Headers.ContentType!.ToString().ShouldStartWith("video/mp4");
        }
    }

    [Fact]
    public async Task What_retention_removed_is_gone_and_the_rest_plays_from_zero()
    {
        var key = await media.RecordAsync($"file:{media.Folder}/source.mp4?pace=fast", "kept", new RecorderOptions
        {
            ExtentDuration = TimeSpan.FromSeconds(2),
        });
        File.Delete(Path.Combine(media.FolderOf(key), "000001.mp4"));
        await using var node = await ServeAsync();

        (await node.Client.GetAsync($"/v1/recordings/{key}/blobs/1")).StatusCode.ShouldBe(HttpStatusCode.Gone);
        (await node.Client.GetAsync($"/v1/recordings/{key}/extents/1")).StatusCode.ShouldBe(HttpStatusCode.Gone);
        var answer = await node.Client.GetAsync($"/v1/recordings/{key}/media.mp4");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.GetValues("Media-From").Single().ShouldStartWith("2.");
    }

    [Fact]
    public async Task A_playlist_plays_every_picture_of_the_recording()
    {
        await using var node = await ServeAsync();
        var text = await node.Client.GetStringAsync($"{Url}/index.m3u8");

        text.Split("#EXT-X-MAP").Length.ShouldBe(4);
        text.Split("#EXT-X-DISCONTINUITY\n").Length.ShouldBe(3);
        text.ShouldEndWith("#EXT-X-ENDLIST\n");
        var packets = await RecordedMedia.PacketsAsync(new Uri(node.Host.Address, $"{Url}/index.m3u8").ToString(), "v");
        packets.Count.ShouldBe(150);
    }

    [Fact]
    public async Task A_recording_of_another_container_points_to_its_export()
    {
        var key = await media.RecordAsync("test:?size=64x64&pace=fast&duration=1s&audio=off", "webm", new RecorderOptions { MimeType = "video/webm;codecs=vp8" });
        await using var node = await ServeAsync();

        var (status, problem) = await node.SendAsync(HttpMethod.Get, $"/v1/recordings/{key}/media.mp4");

        status.ShouldBe(HttpStatusCode.NotAcceptable);
        problem!["detail"]!.GetValue<string>().ShouldContain("/export.webm");
    }

    private Task<ServedNode> ServeAsync() => ServedNode.StartAsync(options => options with { DataFolder = media.Folder });

    private Task<HttpResponseMessage> RangeIfAsync(ServedNode node, EntityTagHeaderValue tag) => GetAsync(node, "media.mp4", request =>
    {
        request.Headers.Range = new RangeHeaderValue(10, 19);
        request.Headers.IfRange = new RangeConditionHeaderValue(tag);
    });

    private async Task<HttpResponseMessage> GetAsync(ServedNode node, string path, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Url}/{path}");
        change?.Invoke(request);
        return await node.Client.SendAsync(request);
    }
}
