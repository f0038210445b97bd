using System.Net;
using System.Text.Json.Nodes;
using Recorder.Node.Tests.Cli;

namespace Recorder.Node.Tests.Api;

/// <summary>Takes over HTTP and by the command line, with recorders that encode a test pattern.</summary>
public sealed class TakeApiSpecs : IAsyncLifetime
{
    private CliNode _cli = null!;

    public async Task InitializeAsync()
    {
        _cli = await CliNode.StartAsync();
        foreach (var id in new[] { "left", "right" })
            await _cli.RunAsync("add", id, $"test:?size={(id == "left" ? 160 : 176)}x120&rate=10&audio=off", "--mime", "video/mp4;codecs=avc1", "--key-frame-count", "10");
    }

    public async Task DisposeAsync() => await _cli.DisposeAsync();

    [Fact]
    public async Task A_take_is_armed_started_marked_rated_and_stopped_by_the_command_line()
    {
        var armed = (await _cli.JsonAsync("take", "arm", "left", "right", "--scene", "12A", "--project", "Film")).ShouldHaveSingleItem();
        armed["slate"]!["take"]!.GetValue<int>().ShouldBe(1);
        armed["angles"]!.AsArray().Select(angle => angle!["name"]!.GetValue<string>()).ShouldBe(["12A1_left_1", "12A1_right_1"]);
        await UntilAsync(angle => angle["state"]!.GetValue<string>() == "ready");

        var started = (await _cli.JsonAsync("take", "start")).ShouldHaveSingleItem();
        started["state"]!.GetValue<string>().ShouldBe("recording");
        started["timeCode"]!.GetValue<string>().Length.ShouldBe(11);
        var recording = await UntilAsync(angle => angle["offset"] is not null);
        recording["angles"]!.AsArray().ShouldAllBe(angle => angle!["offset"]!.GetValue<double>() <= 0 && angle["times"]!["clock"]!.GetValue<string>() != "unknown");

        (await _cli.RunAsync("take", "show")).ShouldContain("Film, scene 12A, take 1: recording");
        (await _cli.RunAsync("take", "mark", "clap", "--colour", "red")).ShouldContain("recording");
        (await _cli.JsonAsync("take", "pause"))[0]["answers"]!.AsArray().ShouldAllBe(answer => answer!["state"]!.GetValue<string>() == "paused");
        (await _cli.RunAsync("take", "resume")).ShouldContain("recording");
        (await _cli.RunAsync("take", "stop")).ShouldContain("done");
        var rated = (await _cli.JsonAsync("take", "rate", "no-good")).ShouldHaveSingleItem();

        rated["slate"]!["rating"]!.GetValue<string>().ShouldBe("noGood");
        rated["marks"]!.AsArray().ShouldHaveSingleItem()!["name"]!.GetValue<string>().ShouldBe("clap");
        (await _cli.RunAsync("take", "ls")).ShouldContain("noGood");
        (await _cli.RunAsync("ls")).ShouldNotContain("recording");
    }

    [Fact]
    public async Task Wrong_requests_are_refused_with_sentences()
    {
        await Refused(HttpMethod.Post, "/v1/takes", """{"angles":[]}""", HttpStatusCode.BadRequest, "A take has 1 to 256 recorders");
        await Refused(HttpMethod.Post, "/v1/takes", """{"angles":[{"recorder":"left"},{"recorder":"left"}]}""", HttpStatusCode.BadRequest, "is given twice");
        await Refused(HttpMethod.Post, "/v1/takes", """{"angles":[{"recorder":"left"}],"scene":"12/A"}""", HttpStatusCode.BadRequest, "cannot contain /");
        await Refused(HttpMethod.Post, "/v1/takes", """{"angles":[{"recorder":"left"}],"rate":"25","dropFrame":true}""", HttpStatusCode.BadRequest, "only at 29.97 and 59.94");
        await Refused(HttpMethod.Post, "/v1/takes", """{"angles":[{"recorder":"left"}],"rate":"12.5"}""", HttpStatusCode.BadRequest, "no rate of time code");
        await Refused(HttpMethod.Post, "/v1/takes", """{"angles":[{"recorder":"left"}],"lens":50}""", HttpStatusCode.BadRequest, "'lens' is an unknown member");
        await Refused(HttpMethod.Post, "/v1/takes", """{"angles":[{"recorder":"left"}],"timeCodeRecorder":"right"}""", HttpStatusCode.BadRequest, "'right' has no part in the take");
        (await _cli.RunAsync(2, "take", "arm", "left", "--time-code", "ltc")).ShouldContain("expected clock, or ltc: and a recorder's id");
        await Refused(HttpMethod.Get, "/v1/takes/nothing", null, HttpStatusCode.NotFound, "There is no take 'nothing'");
        await Refused(HttpMethod.Post, "/v1/takes/nothing:start", null, HttpStatusCode.NotFound, "There is no take 'nothing'");

        var take = (await _cli.JsonAsync("take", "arm", "left"))[0]["id"]!.GetValue<string>();
        await Refused(HttpMethod.Post, "/v1/takes", """{"angles":[{"recorder":"left"}]}""", HttpStatusCode.Conflict, "belongs to take 1 of scene 1");
        await Refused(HttpMethod.Post, $"/v1/takes/{take}:mark", """{"label":"x"}""", HttpStatusCode.Conflict, "has not begun");
        await Refused(HttpMethod.Post, $"/v1/takes/{take}:start", """{"at":"2026-01-01T00:00:00Z","ago":5}""", HttpStatusCode.BadRequest, "cannot be combined");
        await Refused(HttpMethod.Post, $"/v1/takes/{take}:mark", """{"label":"x","colour":"beige"}""", HttpStatusCode.BadRequest, "'colour' must be one of blue");
        await UntilAsync(angle => angle["state"]!.GetValue<string>() == "ready");
        await Refused(HttpMethod.Post, $"/v1/takes/{take}:start", """{"ago":3600000}""", HttpStatusCode.Conflict, "kept nothing of");
        (await _cli.RunAsync(2, "take", "rate", "splendid")).ShouldContain("expected good, no-good, circled or none");
        (await _cli.RunAsync(2, "take", "start", "--at", "2026-12-01T10:00:00Z", "--ago", "8s")).ShouldContain("cannot be used together");
    }

    private async Task Refused(HttpMethod method, string path, string? body, HttpStatusCode status, string detail)
    {
        var answer = await _cli.Served.SendAsync(method, path, body);
        answer.Status.ShouldBe(status, answer.Body?.ToJsonString());
        answer.Body!["detail"]!.GetValue<string>().ShouldContain(detail);
    }

    private async Task<JsonNode> UntilAsync(Func<JsonNode, bool> holds)
    {
        JsonNode take = null!;
        await Eventually.HoldsAsync("each angle is as expected", async () =>
        {
            take = (await _cli.JsonAsync("take", "show"))[0];
            return take["angles"]!.AsArray().All(angle => holds(angle!));
        });
        return take;
    }
}
