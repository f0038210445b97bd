using System.Net;
using System.Text.Json.Nodes;
using Recorder.Integration.Tests.Harness;
using Recorder.Node.Configuration;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.HyperDeck;

/// <summary>A node's recorders, controlled as a HyperDeck.</summary>
public sealed class HyperDeckNodeSpecs : IAsyncLifetime
{
    private readonly int _port = FreePort.Take();
    private ServedNode _node = null!;

    public async Task InitializeAsync()
    {
        _node = await ServedNode.StartAsync(options => options with { HyperDecks = [new HyperDeckGroup("studio", ["hall", "role:stage"], _port)] });
    }

    public Task DisposeAsync() => _node.DisposeAsync().AsTask();

    [Fact]
    public async Task A_group_is_recorded_spilled_and_stopped_as_one_and_others_are_left_alone()
    {
        await AddAsync("hall");
        await AddAsync("left", ("role", "stage"));
        await AddAsync("right", ("role", "stage"));
        await AddAsync("foyer", ("role", "entrance"));
        using var client = await ConnectAsync();
        (await client.AskAsync("notify: transport: true")).ShouldBe("200 ok");

        await client.SendAsync("record: name: Take 3\r\n");
        await HearAsync(client, "status: record");
        (await StatesAsync()).ShouldBe("foyer inactive, hall recording, left recording, right recording");
        var transport = await client.AskAsync("transport info");
        transport!.ShouldContain("status: record | speed: 0 | slot id: 1 | clip id: 1 |");
        (await client.AskAsync("record")).ShouldBe("150 invalid state");

        // The name is in each recording's timeline.
        await Eventually.HoldsAsync("all are marked", async () => (await MarksAsync("hall")).Contains("Take 3") && (await MarksAsync("right")).Contains("Take 3"));

        await client.SendAsync("record spill\r\n");
        await HearAsync(client, "clip id: 2");
        await client.SendAsync("stop\r\n");
        await HearAsync(client, "status: stopped");
        (await StatesAsync()).ShouldBe("foyer inactive, hall inactive, left inactive, right inactive");
        var clips = await client.AskAsync("clips get");
        clips!.ShouldMatch("^205 clips info: \\| clip count: 2 \\| 1: Take 3 \\S{11} \\S{11} \\| 2: studio_0002 \\S{11} \\S{11}$");
        (await client.AskAsync("stop")).ShouldBe("200 ok");
        (await client.AskAsync("record spill")).ShouldBe("150 invalid state");
    }

    [Fact]
    public async Task A_deck_records_takes_whose_numbers_rise_and_finds_the_one_that_others_began()
    {
        await AddAsync("hall");
        await AddAsync("left", ("role", "stage"));
        using var client = await ConnectAsync();
        for (var number = 1; number <= 2; number++)
        {
            (await client.AskAsync("record: name: 12A: the clap?")).ShouldBe("200 ok");
            (await TakesAsync())[0].ShouldBe($"12A- the clap- {number} recording: hall recording, left recording");
            (await client.AskAsync("record spill")).ShouldBe("200 ok");
            (await client.AskAsync("stop")).ShouldBe("200 ok");
            (await TakesAsync())[0].ShouldBe($"12A- the clap- {number} done: hall stopped, left stopped");
        }

        var (_, armed) = await _node.SendAsync(HttpMethod.Post, "/v1/takes", """{"scene":"7","angles":[{"recorder":"left"}]}""");
        // A recorder that belongs to another take is not taken from it.
        (await client.AskAsync("record")).ShouldBe("150 invalid state");
        var path = $"/v1/takes/{armed!["id"]}";
        await Eventually.HoldsAsync("it is ready", async () => (string)(await _node.SendAsync(HttpMethod.Get, path)).Body!["angles"]![0]!["state"]! == "ready");
        (await _node.SendAsync(HttpMethod.Post, path + ":start")).Status.ShouldBe(HttpStatusCode.OK);
        await Eventually.HoldsAsync("the deck records", async () => (await client.AskAsync("transport info"))!.Contains("status: record"));
        (await client.AskAsync("stop")).ShouldBe("200 ok");
        (await TakesAsync())[0].ShouldBe("7 1 done: left stopped");
    }

    [Fact]
    public async Task A_group_without_recorders_has_no_input()
    {
        using var client = await ConnectAsync();
        (await client.AskAsync("record")).ShouldBe("110 no input");
        (await client.AskAsync("transport info"))!.ShouldContain("status: stopped");
        await AddAsync("foyer");
        (await client.AskAsync("record")).ShouldBe("110 no input");
    }

    [Fact]
    public async Task A_recorder_that_cannot_record_is_told_and_keeps_the_others_from_nothing()
    {
        await AddAsync("hall", more: ""","videoKeyFrameIntervalCount":10,"videoKeyFrameIntervalDuration":1000""");
        await AddAsync("left", ("role", "stage"));
        using var client = await ConnectAsync();
        (await client.AskAsync("record")).ShouldBe("110 no input");
        (await StatesAsync()).ShouldBe("hall inactive, left recording");
        (await client.AskAsync("transport info"))!.ShouldContain("status: record");
    }

    [Fact]
    public async Task What_others_start_and_stop_is_told_too()
    {
        await AddAsync("hall");
        using var client = await ConnectAsync();
        await client.AskAsync("notify: transport: true");
        await _node.SendAsync(HttpMethod.Post, "/v1/recorders/hall:start");
        await HearAsync(client, "status: record", isAsked: false);
        await _node.SendAsync(HttpMethod.Post, "/v1/recorders/hall:stop");
        await HearAsync(client, "status: stopped", isAsked: false);
    }

    [Fact]
    public async Task The_slot_is_the_nodes_volume()
    {
        await AddAsync("hall");
        using var client = await ConnectAsync();
        var slot = "";
        await Eventually.HoldsAsync("the volume is known", async () => (slot = (await client.AskAsync("slot info"))!).Contains("status: mounted"));
        slot.ShouldMatch("volume name: data \\| recording time: [1-9]\\d* \\|");
        slot.ShouldMatch("remaining size: [1-9]\\d* \\| total size: [1-9]\\d*$");
        (await client.AskAsync("device info"))!.ShouldMatch("model: Recorder studio \\| unique id: [0-9A-F]{16} \\| slot count: 1 \\| software version: \\d+\\.\\d+");
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_with_what_to_do()
    {
        var failed = await Should.ThrowAsync<ServeException>(
            () => ServedNode.StartAsync(options => options with { HyperDecks = [new HyperDeckGroup("b", ["x", "y"], _port)] }));
        failed.Message.ShouldMatch($"^Cannot listen on 127.0.0.1:{_port} for the HyperDeck group 'b' \\(.*\\); choose another port with --hyperdeck b=x\\+y@PORT\\.$");
        failed.IsUsage.ShouldBeFalse();
    }

    private async Task<DeckClient> ConnectAsync()
    {
        var client = await DeckClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _port));
        (await client.ReadAsync()).ShouldBe("500 connection info: | protocol version: 1.11 | model: Recorder studio");
        return client;
    }

    // The command's answer, and the notification that has the text: in either order.
    private static async Task HearAsync(DeckClient client, string text, bool isAsked = true)
    {
        var (isAnswered, isTold) = (!isAsked, false);
        while (!isAnswered || !isTold)
        {
            var message = (await client.ReadAsync()).ShouldNotBeNull();
            message.ShouldMatch("^(200 ok$|508 )");
            (isAnswered, isTold) = (isAnswered || message == "200 ok", isTold || message.Contains(text));
        }
    }

    private async Task AddAsync(string id, (string Name, string Value)? label = null, string more = "")
    {
        var labels = label is { } given ? $$""","labels":{"{{given.Name}}":"{{given.Value}}"}""" : "";
        var (status, body) = await _node.SendAsync(
            HttpMethod.Post, "/v1/recorders", $$"""{"id":"{{id}}","source":"test:?size=64x48&rate=25&audio=off"{{labels}}{{more}}}""");
        status.ShouldBe(HttpStatusCode.Created, body?.ToString());
    }

    private async Task<string> StatesAsync() => string.Join(
        ", ", (await _node.SendAsync(HttpMethod.Get, "/v1/recorders")).Body!["recorders"]!.AsArray().Select(recorder => $"{recorder!["id"]} {recorder["state"]}"));

    private async Task<IReadOnlyList<string>> TakesAsync() =>
    [
        .. (await _node.SendAsync(HttpMethod.Get, "/v1/takes")).Body!["takes"]!.AsArray().Select(take =>
            $"{take!["slate"]!["scene"]} {take["slate"]!["take"]} {take["state"]}: "
            + string.Join(", ", take["angles"]!.AsArray().Select(angle => $"{angle!["recorder"]} {angle["state"]}"))),
    ];

    private async Task<IReadOnlyList<string>> MarksAsync(string recorder)
    {
        var key = (await _node.SendAsync(HttpMethod.Get, $"/v1/recorders/{recorder}")).Body!["recording"]!.ToString();
        var (status, timeline) = await _node.SendAsync(HttpMethod.Get, $"/v1/recordings/{key}/timeline");
        return status == HttpStatusCode.OK ? [.. timeline!["marks"]!.AsArray().Select(mark => (string)mark!["label"]!)] : [];
    }
}
