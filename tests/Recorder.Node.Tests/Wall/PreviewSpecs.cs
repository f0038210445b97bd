using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Recorder.Actors;
using Recorder.Node.Api;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Wall;

/// <summary>A recorder's second source, which is treated as its first one is.</summary>
public sealed class PreviewSpecs
{
    private const string Masked = "rtsp://***@10.0.0.9/small";

    [Fact]
    public async Task Its_credentials_are_masked_and_encrypted_and_sending_it_back_keeps_them()
    {
        await using var node = await ServedNode.StartAsync();
        var (status, body) = await node.SendAsync(
            HttpMethod.Post, "/v1/recorders", """{"id":"gate","source":"test:","preview":"rtsp://guard:s3same@10.0.0.9/small"}""");
        (status, (string?)body!["preview"]).ShouldBe((HttpStatusCode.Created, Masked));
        File.ReadAllText(Path.Combine(node.DataFolder, "recordings", "gate", "recorder.json")).ShouldNotContain("s3same");

        (status, body) = await node.SendAsync(HttpMethod.Patch, "/v1/recorders/gate", $$$"""{"preview":"{{{Masked}}}","labels":{"floor":"1"}}""");
        (status, (string?)body!["preview"]).ShouldBe((HttpStatusCode.OK, Masked));
        var registry = new RegistryClient(node.Host.Services.GetRequiredService<NodeRuntime>());
        (await registry.FindAsync(new("gate")))!.Preview.ShouldBe("rtsp://guard:s3same@10.0.0.9/small");
        using (var wall = await WallReader.OpenAsync(node.Client))
            ((bool)wall.Tiles["gate"]["preview"]!).ShouldBeTrue();

        (status, body) = await node.SendAsync(HttpMethod.Patch, "/v1/recorders/gate", """{"preview":null}""");
        (status, body!["preview"]).ShouldBe((HttpStatusCode.OK, null));
    }

    [Theory]
    [InlineData("nonsense:", HttpStatusCode.BadRequest)]
    [InlineData("/etc/passwd", HttpStatusCode.Forbidden)]
    public async Task What_may_not_be_a_source_may_not_be_a_preview(string preview, HttpStatusCode expected)
    {
        await using var node = await ServedNode.StartAsync();
        var (status, problem) = await node.SendAsync(HttpMethod.Post, "/v1/recorders", $$$"""{"id":"gate","source":"test:","preview":"{{{preview}}}"}""");

        status.ShouldBe(expected, problem?.ToString());
        (await node.SendAsync(HttpMethod.Get, "/v1/recorders/gate")).Status.ShouldBe(HttpStatusCode.NotFound);
    }
}
