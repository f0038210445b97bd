using System.Net;
using Recorder.Actors;
using Recorder.Node.Tests.Cli;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Media;

/// <summary>Who may send a stream.</summary>
public sealed class PushSpecs
{
    [Fact]
    public async Task One_sends_a_name_at_a_time_and_the_next_when_that_has_ended()
    {
        await using var node = await ServedNode.StartAsync();
        var streams = ((RecorderRuntime)node.Host.Services.GetService(typeof(RecorderRuntime))!).Streams;

        using (streams.TryBegin("studio"))
        {
            var (status, problem) = await node.SendAsync(HttpMethod.Put, "/v1/streams/studio", "x");
            status.ShouldBe(HttpStatusCode.Conflict);
            problem!["name"]!.GetValue<string>().ShouldBe("InvalidStateError");
            problem["detail"]!.GetValue<string>().ShouldContain("studio");
            (await node.SendAsync(HttpMethod.Put, "/v1/streams/other")).Status.ShouldBe(HttpStatusCode.NoContent);
        }

        (await node.SendAsync(HttpMethod.Put, "/v1/streams/studio")).Status.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_sender_whom_nobody_reads_waits_and_goes_on_when_somebody_records()
    {
        await using var node = await ServedNode.StartAsync();
        using var folder = new Folder();
        await RecordedMedia.RunAsync(
            "ffmpeg", "-v error -f lavfi -i testsrc2=size=640x480:rate=25,noise=alls=60:allf=t -t 4 -c:v libx264 -preset ultrafast -qp 15 -g 25 "
            + $"-pix_fmt yuv420p -movflags frag_keyframe+empty_moov+default_base_moof {folder["sent.mp4"]}");
        await using var file = File.OpenRead(folder["sent.mp4"]);
        file.Length.ShouldBeGreaterThan(8 << 20);
        using var content = new StreamContent(file, 1 << 16);

        var sending = node.Client.PutAsync("/v1/streams/studio", content);
        var sent = 0L;
        await Eventually.HoldsAsync("the sender waits", async () =>
        {
            var before = file.Position;
            await Task.Delay(200);
            sent = file.Position;
            return before > 0 && before == sent;
        });
        sending.IsCompleted.ShouldBeFalse();
        sent.ShouldBeLessThan(file.Length, "what nobody reads must not fill the node");
        await node.SendAsync(HttpMethod.Post, "/v1/recorders", """{"id":"a","source":"push:studio"}""");
        await node.SendAsync(HttpMethod.Post, "/v1/recorders/a:start");

        var received = await sending.WaitAsync(TimeSpan.FromSeconds(30));
        received.StatusCode.ShouldBe(HttpStatusCode.NoContent, await received.Content.ReadAsStringAsync());
        await node.SendAsync(HttpMethod.Post, "/v1/recorders/a:stop");
        var recorded = Directory.GetFiles(Path.Combine(node.DataFolder, "recordings", "a"), "0*.mp4", SearchOption.AllDirectories).ShouldHaveSingleItem();
        (await RecordedMedia.PacketsAsync(recorded, "v")).Select(packet => packet.Hash).ShouldBe(
            (await RecordedMedia.PacketsAsync(folder["sent.mp4"], "v")).Select(packet => packet.Hash));
    }

    [Fact]
    public async Task What_is_no_media_is_refused_and_the_next_sender_is_recorded()
    {
        await using var node = await ServedNode.StartAsync();
        using var folder = new Folder();
        await RecordedMedia.RunAsync(
            "ffmpeg", "-v error -f lavfi -i testsrc2=size=64x64:rate=25 -t 2 -c:v libx264 -g 25 -pix_fmt yuv420p "
            + $"-movflags frag_keyframe+empty_moov+default_base_moof {folder["sent.mp4"]}");
        await node.SendAsync(HttpMethod.Post, "/v1/recorders", """{"id":"a","source":"push:studio"}""");
        var starting = node.SendAsync(HttpMethod.Post, "/v1/recorders/a:start");

        using var garbage = new ByteArrayContent([.. Enumerable.Range(0, 3 << 20).Select(n => (byte)(n * 31))]);
        var refused = await node.Client.PutAsync("/v1/streams/studio", garbage).WaitAsync(TimeSpan.FromSeconds(30));
        using var media = new ByteArrayContent(await File.ReadAllBytesAsync(folder["sent.mp4"]));
        var taken = await node.Client.PutAsync("/v1/streams/studio", media).WaitAsync(TimeSpan.FromSeconds(30));

        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict, await refused.Content.ReadAsStringAsync());
        taken.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        ((int)(await starting).Status).ShouldBe(200);
        await Eventually.HoldsAsync("what was sent is recorded", async () =>
        {
            var (_, recorder) = await node.SendAsync(HttpMethod.Get, "/v1/recorders/a");
            return recorder!["duration"]!.GetValue<double>() > 1500;
        });
    }

    [Theory]
    [InlineData("a~b")]
    [InlineData("%20")]
    [InlineData("..%2fetc")]
    public async Task A_name_that_is_none_is_refused(string name)
    {
        await using var node = await ServedNode.StartAsync();

        (await node.SendAsync(HttpMethod.Put, $"/v1/streams/{name}")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }
}
