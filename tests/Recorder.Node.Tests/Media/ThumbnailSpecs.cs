using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media;
using Recorder.Media.Codecs;
using Recorder.Node.Configuration;
using Recorder.Node.Media;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Media;

/// <summary>Small pictures of key frames, for timelines.</summary>
public sealed class ThumbnailSpecs(RecordedMedia media) : IClassFixture<RecordedMedia>
{
    private string Url => $"/v1/recordings/{media.ClipKey}/thumbnail.jpg";

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1.9", 1)]
    [InlineData("3.41", 3)]
    [InlineData("5.97", 5)]
    [InlineData(null, 5)]
    public async Task The_picture_is_that_of_the_key_frame_at_or_before_the_moment(string? at, int second)
    {
        await using var node = await ServeAsync();

        var answer = await node.Client.GetAsync(at is null ? Url : $"{Url}?at={at}");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        TimeOf(answer).ShouldBeInRange(second - 0.001, second + 0.081);
        (await SizeAsync(answer)).ShouldBe("320,240");
        var exact = await node.Client.GetAsync($"/v1/recordings/{media.ClipKey}/snapshot.jpg?at={TimeOf(answer).ToString(CultureInfo.InvariantCulture)}&width=320");
        (await exact.Content.ReadAsByteArrayAsync()).ShouldBe(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task One_frame_is_decoded_once_for_all_moments_before_the_next_key_frame()
    {
        var (codecs, options) = (new CountingCodecs(), new ServeOptions { DataFolder = media.Folder });
        using var thumbnails = new Thumbnails(codecs, options);
        var library = new MediaLibrary(options);
        var recording = library.Open(media.ClipKey.ToString());

        for (var moment = TimeSpan.FromSeconds(3.2); moment < TimeSpan.FromSeconds(4); moment += TimeSpan.FromMilliseconds(80))
        {
            var plan = await PicturePlan.FindAsync(recording, moment, library, CancellationToken.None);
            (await thumbnails.TakeAsync(ThumbnailKey.Of(recording, plan!, 160), plan!, CancellationToken.None)).ShouldNotBeNull();
        }

        (thumbnails.Taken, codecs.Packets).ShouldBe((1, 1));
    }

    [Fact]
    public async Task A_browser_keeps_the_picture_of_a_moment_but_asks_again_for_the_latest()
    {
        await using var node = await ServeAsync();

        var first = await node.Client.GetAsync($"{Url}?at=2.5&width=80");
        var other = await node.Client.GetAsync($"{Url}?at=2.6&width=80");
        using var again = new HttpRequestMessage(HttpMethod.Get, $"{Url}?at=2.7&width=80");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        first.Headers.CacheControl!.ToString().ShouldBe("max-age=86400, private, immutable");
        (await SizeAsync(first)).ShouldBe("80,60");
        other.Headers.ETag.ShouldBe(first.Headers.ETag);
        (await node.Client.SendAsync(again)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await node.Client.GetAsync(Url)).Headers.CacheControl!.NoCache.ShouldBeTrue();
        (await node.Client.GetAsync($"{Url}?width=1281")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await node.Client.GetAsync($"{Url}?at=99")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task In_a_gap_there_is_no_picture_but_its_cause()
    {
        var key = await media.JoinAsync("gap-thumbnails", TimeSpan.FromSeconds(4), media.ClipKey, media.ClipKey);
        var gap = """{"gap":{"cause":"SourceLost","mediaTime":6000,"duration":4000,"from":"2026-01-01T00:00:00Z","to":"2026-01-01T00:00:04Z","packets":0,"detail":"The camera was away."}}""";
        var index = Path.Combine(media.FolderOf(key), "index.jsonl");
        await File.AppendAllTextAsync(index, gap + "\n");
        await using var node = await ServeAsync();

        var (status, problem) = await node.SendAsync(HttpMethod.Get, $"/v1/recordings/{key}/thumbnail.jpg?at=8");

        status.ShouldBe(HttpStatusCode.NotFound);
        problem!["detail"]!.GetValue<string>().ShouldContain("SourceLost");
        problem["detail"]!.GetValue<string>().ShouldContain("The camera was away.");
    }

    [Theory]
    [InlineData("video/webm;codecs=vp8")]
    [InlineData("video/mp4;codecs=av1")]
    [InlineData("video/x-matroska;codecs=avc1")]
    public async Task Key_frames_of_every_codec_and_container_are_shown(string type)
    {
        var key = await media.RecordAsync(
            "test:?size=64x64&rate=25&pace=fast&duration=3s&audio=off", "thumbnail-codec", new RecorderOptions
            {
                MimeType = type,
                VideoKeyFrameIntervalDuration = TimeSpan.FromSeconds(1),
            });
        await using var node = await ServeAsync();

        var answer = await node.Client.GetAsync($"/v1/recordings/{key}/thumbnail.jpg?at=1.7");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        TimeOf(answer).ShouldBeInRange(0.99, 1.05);
        (await SizeAsync(answer)).ShouldBe("320,320");
    }

    private static double TimeOf(HttpResponseMessage answer) =>
        double.Parse(answer.Headers.GetValues("Media-From").Single(), CultureInfo.InvariantCulture);

    private async Task<string> SizeAsync(HttpResponseMessage answer)
    {
        var path = Path.Combine(media.Folder, $"{Guid.NewGuid():n}.jpg");
        await File.WriteAllBytesAsync(path, await answer.Content.ReadAsByteArrayAsync());
        return (await RecordedMedia.RunAsync("ffprobe", $"-v error -show_entries stream=width,height -of csv=p=0 {path}")).Trim();
    }

    private Task<ServedNode> ServeAsync() => ServedNode.StartAsync(options => options with { DataFolder = media.Folder });

    /// <summary>The codecs of this process, and how many packets they were given.</summary>
    private sealed class CountingCodecs : IMediaCodecs
    {
        public int Packets { get; private set; }

        public ITranscoder OpenVideo(CodecParameters input, Rational timeBase, VideoEncoding encoding) => throw new NotSupportedException();

        public ITranscoder OpenAudio(CodecParameters input, Rational timeBase, AudioEncoding encoding) => throw new NotSupportedException();

        public IPictureTaker OpenPicture(CodecParameters input, Rational timeBase, long until) =>
            new CountingTaker(this, InProcessCodecs.Default.OpenPicture(input, timeBase, until));

        private sealed class CountingTaker(CountingCodecs codecs, IPictureTaker taker) : IPictureTaker
        {
            public bool IsDone => taker.IsDone;

            public long? Time => taker.Time;

            public void Add(PacketBatch batch, int index, long pts)
            {
                codecs.Packets++;
                taker.Add(batch, index, pts);
            }

            public byte[]? Take(int? width) => taker.Take(width);

            public void Dispose() => taker.Dispose();
        }
    }
}
