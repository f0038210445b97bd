using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Recorder.Integration.Tests.Harness;
using Recorder.Node.Configuration;
using Recorder.Node.Security;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Wall;

/// <summary>The wall of a served node.</summary>
public sealed class WallSpecs
{
    [Fact]
    public async Task A_viewer_sees_a_recorder_from_its_definition_to_its_end()
    {
        await using var node = await ServedNode.StartAsync();
        using var wall = await WallReader.OpenAsync(node.Client);
        wall.Tiles.ShouldBeEmpty();

        await PostAsync(node, "/v1/recorders", """{"id":"hall","source":"test:?size=64x64&rate=10","mimeType":"video/webm","labels":{"name":"Hall 1"}}""");
        var tile = await wall.TileAsync("hall", "idle");
        ((string?)tile["name"], (string?)tile["state"], (string?)tile["node"], (bool)tile["preview"]!).ShouldBe(("Hall 1", "inactive", "spec", false));

        await PostAsync(node, "/v1/recorders/hall:start", "{}");
        tile = await wall.TileAsync("hall", it => (string?)it["status"] == "rec" && (long)it["bitRate"]! > 0);
        ((int)tile["video"]!["width"]!, (int)tile["audio"]!["channels"]!).ShouldBe((64, 2));
        ((string?)tile["recording"]).ShouldStartWith("hall~");
        ((long)tile["secondsLeft"]!).ShouldBeGreaterThan(0);
        ((long)tile["dropsLastMinute"]!).ShouldBe(0);

        await PostAsync(node, "/v1/recorders/hall:pause", "{}");
        await wall.TileAsync("hall", "paused");
        await PostAsync(node, "/v1/recorders/hall:stop", "{}");
        (await wall.TileAsync("hall", "idle"))["recording"].ShouldBeNull();
        (await node.SendAsync(HttpMethod.Delete, "/v1/recorders/hall")).Status.ShouldBe(HttpStatusCode.NoContent);
        await wall.UntilAsync(() => wall.Tiles.Count == 0);
    }

    [Fact]
    public async Task A_camera_that_is_not_there_is_waited_for_and_one_that_dies_is_lost_until_it_returns()
    {
        await using var camera = await RtspSimulator.StartAsync("--no-audio");
        await camera.KillAsync();
        await using var node = await ServedNode.StartAsync();
        await PostAsync(node, "/v1/recorders", $$"""{"id":"gate","source":"{{camera.Uri}}?deadline=2s"}""");
        await PostAsync(node, "/v1/recorders/gate:start", "{}");
        using var wall = await WallReader.OpenAsync(node.Client);
        var waiting = await wall.TileAsync("gate", it => (string?)it["status"] == "waiting" && ((string?)it["detail"])?.Contains("rtsp://", StringComparison.Ordinal) == true);
        ((string?)waiting["state"]).ShouldBe("recording");

        await camera.StartAgainAsync();
        await wall.TileAsync("gate", "rec");
        await camera.KillAsync();
        var lost = await wall.TileAsync("gate", "lost");
        ((string?)lost["detail"]).ShouldNotBeNullOrEmpty();

        await camera.StartAgainAsync();
        await wall.TileAsync("gate", "rec");
    }

    [Fact]
    public async Task A_viewer_sees_what_its_key_covers_and_what_it_asked_for()
    {
        await using var node = await ServedNode.StartAsync();
        await PostAsync(node, "/v1/recorders", """{"id":"hall-1","source":"test:","labels":{"floor":"1"}}""");
        await PostAsync(node, "/v1/recorders", """{"id":"hall-2","source":"test:","labels":{"floor":"2"}}""");
        await PostAsync(node, "/v1/recorders", """{"id":"vault","source":"test:","labels":{"floor":"2","name":"The Hall below"}}""");
        using (var second = await WallReader.OpenAsync(node.Client, "?label=floor:2"))
            second.Tiles.Keys.Order().ShouldBe(["hall-2", "vault"]);

        using (var named = await WallReader.OpenAsync(node.Client, "?name=HALL&label=floor:2"))
            named.Tiles.Count.ShouldBe(2);

        using (var recording = await WallReader.OpenAsync(node.Client, "?state=recording"))
        {
            recording.Tiles.ShouldBeEmpty();
            await PostAsync(node, "/v1/recorders/hall-1:start", "{}");
            await recording.TileAsync("hall-1", tile => true);
            await PostAsync(node, "/v1/recorders/hall-1:stop", "{}");
            await recording.UntilAsync(() => recording.Tiles.Count == 0);
        }

        var keys = node.Host.Services.GetRequiredService<ApiKeyRing>();
        var (admin, guard) = (keys.Add(Role.Admin, null, [], null), keys.Add(Role.Viewer, null, ["hall-*"], null));
        node.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", guard);
        using var seen = await WallReader.OpenAsync(node.Client);
        seen.Tiles.Keys.Order().ShouldBe(["hall-1", "hall-2"]);

        node.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", admin);
        await PostAsync(node, "/v1/recorders/vault:start", "{}");
        await PostAsync(node, "/v1/recorders/hall-2:start", "{}");
        await seen.TileAsync("hall-2", tile => (string?)tile["state"] == "recording");
        seen.Tiles.Keys.ShouldNotContain("vault");
    }

    [Fact]
    public async Task A_viewer_too_many_is_refused()
    {
        await using var node = await ServedNode.StartAsync(options => options with { SubscriberLimit = 1 });
        using var wall = await WallReader.OpenAsync(node.Client);
        var (status, problem) = await node.SendAsync(HttpMethod.Get, "/v1/wall");

        (status, (string?)problem!["name"]).ShouldBe((HttpStatusCode.ServiceUnavailable, "QuotaExceededError"));
    }

    private static async Task<JsonNode?> PostAsync(ServedNode node, string path, string json)
    {
        var (status, body) = await node.SendAsync(HttpMethod.Post, path, json);
        ((int)status).ShouldBeInRange(200, 201, body?.ToString());
        return body;
    }
}
