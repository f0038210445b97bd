using System.Net;
using System.Net.WebSockets;
using System.Text;
using Recorder.Cluster.Tests.Harness;
using Recorder.Integration.Tests.Harness;

namespace Recorder.Cluster.Tests;

/// <summary>Bodies of requests that another node carries out.</summary>
public sealed class ForwardedBodySpecs
{
    [Theory]
    [InlineData("PUT")]
    [InlineData("WebSocket")]
    public async Task Media_that_is_pushed_through_another_node_is_recorded_however_long_it_is_and_commands_are_not(string by)
    {
        using var folder = new TestFolder();
        // More than a command may have.
        await Command.FFmpegAsync(
            "-f", "lavfi", "-i", "testsrc2=size=640x480:rate=25", "-t", "4", "-c:v", "libx264", "-b:v", "6M", "-minrate", "6M", "-maxrate", "6M", "-bufsize", "1M", "-g", "25",
            "-movflags", "frag_keyframe+empty_moov+default_base_moof", folder.File("pushed.mp4"));
        var media = await File.ReadAllBytesAsync(folder.File("pushed.mp4"));
        media.Length.ShouldBeGreaterThan(3 << 19);
        await using var cluster = await ClusterUnderTest.StartAsync(2);
        await cluster.DefineAsync(1, source: "push:door");
        await cluster.UntilAgreedAsync();
        await cluster.Any.PostAsync("/v1/recorders/r0:start");
        var owner = (await cluster.OwnersAsync(1))["r0"];
        var other = cluster.Nodes.Single(node => $"n{node.Key}" != owner).Value;

        if (by == "PUT")
        {
            using var pushed = await other.Http.PutAsync("/v1/streams/door", new ByteArrayContent(media));
            pushed.StatusCode.ShouldBe(HttpStatusCode.NoContent, await pushed.Content.ReadAsStringAsync());
        }
        else
        {
            using var socket = new ClientWebSocket();
            await socket.ConnectAsync(new UriBuilder(other.Http.BaseAddress!) { Scheme = "ws", Path = "/v1/streams/door" }.Uri, CancellationToken.None);
            foreach (var block in media.Chunk(64 * 1024))
                await socket.SendAsync(block, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
            socket.CloseStatus.ShouldBe(WebSocketCloseStatus.NormalClosure, socket.CloseStatusDescription);
        }

        await cluster.UntilIndexedAsync(async () => (await cluster.QueryAsync("SELECT SUM(duration) FROM extents WHERE recorder = 'r0'"))[0][0] is > 35_000_000L);

        var tooLong = $"{{\"label\":\"{new string('x', 2 << 20)}\"}}";
        foreach (var content in new HttpContent[] { new StringContent(tooLong, Encoding.UTF8, "application/json"), new Chunked(tooLong) })
        {
            using var refused = await other.Http.PostAsync("/v1/recorders/r0:mark", content);
            refused.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        }

        foreach (var content in new HttpContent[] { new StringContent("{\"label\":\"a\"}", Encoding.UTF8, "application/json"), new Chunked("{\"label\":\"b\"}") })
        {
            using var marked = await other.Http.PostAsync("/v1/recorders/r0:mark", content);
            marked.StatusCode.ShouldBe(HttpStatusCode.OK, await marked.Content.ReadAsStringAsync());
        }
    }

    // A body that does not say how long it is.
    private sealed class Chunked : HttpContent
    {
        private readonly byte[] _bytes;

        public Chunked(string text)
        {
            _bytes = Encoding.UTF8.GetBytes(text);
            Headers.TryAddWithoutValidation("Content-Type", "application/json");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(_bytes).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
