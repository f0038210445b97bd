using System.Buffers.Binary;
using System.Diagnostics;
using Recorder.Node.Configuration;
using Recorder.Node.Tests.Cli;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Media;

/// <summary>What a source sends, as it comes.</summary>
public sealed class LiveSpecs : IAsyncLifetime
{
    private readonly Folder _folder = new();
    private ServedNode _node = null!;

    public async Task InitializeAsync()
    {
        // Noise of about 8 MB a second, a key frame every half second.
        await RecordedMedia.RunAsync(
            "ffmpeg", "-v error -f lavfi -i color=gray:size=640x480:rate=25,noise=alls=100:allf=t+u -t 4 -c:v libx264 -preset ultrafast -qp 8 -g 12 "
            + $"-pix_fmt yuv420p {_folder["noise.mp4"]}");
        _node = await ServedNode.StartAsync(options => options with { Sources = new SourcePolicyOptions { Folders = [_folder.Path] } });
        var (status, body) = await _node.SendAsync(
            HttpMethod.Post, "/v1/recorders", $$"""{"id":"cam","source":"file:{{_folder["noise.mp4"]}}?loop"}""");
        ((int)status).ShouldBe(201, body?.ToString());
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_viewer_that_takes_too_little_misses_whole_groups_of_pictures_and_plays_on_without_a_gap()
    {
        using var answer = await _node.Client.GetAsync("/v1/recorders/cam/live", HttpCompletionOption.ResponseHeadersRead);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("video/mp4");
        await using var live = await answer.Content.ReadAsStreamAsync();
        using var seen = new MemoryStream();
        await CopyAsync(live, seen, atLeast: 1 << 20);
        var behind = TimeSpan.FromSeconds(6);
        await Task.Delay(behind); // The viewer's own slowness.

        var (before, again) = (seen.Length, Stopwatch.StartNew());
        await CopyAsync(live, seen, atLeast: 40 << 20);

        // What waited for it is bounded: the rest came as fast as the source sends, which is slower than a loopback is.
        again.Elapsed.ShouldBeGreaterThan(TimeSpan.FromSeconds(1));
        await using (var file = File.Create(_folder["seen.mp4"]))
        {
            await file.WriteAsync(Whole(seen.ToArray()));
        }

        var packets = await RecordedMedia.PacketsAsync(_folder["seen.mp4"], "v");
        packets[0].Key.ShouldBeTrue();
        packets.Zip(packets.Skip(1), (one, next) => next.Dts - one.Dts).ShouldAllBe(step => step > 0.039 && step < 0.041);
        await RecordedMedia.RunAsync("ffmpeg", $"-v error -xerror -i {_folder["seen.mp4"]} -f null -");
        before.ShouldBeLessThan(seen.Length);
    }

    private static async Task CopyAsync(Stream from, MemoryStream to, int atLeast)
    {
        var (buffer, until) = (new byte[1 << 16], to.Length + atLeast);
        while (to.Length < until)
        {
            var read = await from.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
            read.ShouldBeGreaterThan(0, "the stream goes on");
            to.Write(buffer, 0, read);
        }
    }

    // Reading ended somewhere within a fragment, which is left out.
    private static ReadOnlyMemory<byte> Whole(byte[] bytes)
    {
        var (at, end) = (0, 0);
        while (at + 8 <= bytes.Length)
        {
            var size = (int)BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
            var isMedia = bytes.AsSpan(at + 4, 4).SequenceEqual("mdat"u8);
            at += size;
            end = isMedia && at <= bytes.Length ? at : end;
        }

        return bytes.AsMemory(0, end);
    }
}
