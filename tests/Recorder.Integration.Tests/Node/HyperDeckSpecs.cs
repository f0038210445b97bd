using System.Text.Json;
using Recorder.Integration.Tests.Harness;

namespace Recorder.Integration.Tests.Node;

/// <summary>Recorders of the program itself, controlled by the npm package <c>hyperdeck-connection</c> as HyperDecks.</summary>
[Trait("Length", "Long")] // Fetches the package from the registry of npm.
[Collection(NodeProcess.OneAtATime)]
public class HyperDeckSpecs
{
    private static readonly string[] Cameras = ["cam-1", "cam-2", "cam-3", "cam-4"];

    [Fact]
    public async Task Four_recorders_are_recorded_and_stopped_as_one_deck() => await RecordAsync(1);

    [Fact]
    public async Task Four_recorders_are_recorded_and_stopped_as_four_decks() => await RecordAsync(4);

    private static async Task RecordAsync(int decks)
    {
        using var folder = new TestFolder();
        var groups = Cameras.Chunk(Cameras.Length / decks).Select(cameras => (Port: FreePort.Take(), Cameras: cameras)).ToList();
        await using var node = await NodeProcess.StartAsync(
            folder.File("data"), string.Join(' ', groups.Select((group, i) => $"--hyperdeck deck-{i}={string.Join('+', group.Cameras)}@{group.Port}")));
        foreach (var id in Cameras)
            await node.PostAsync("/v1/recorders", new { id, source = "test:?size=160x90&rate=25&audio=off", timeslice = 500 });

        await using var remote = await HyperDeckRemote.RecordAsync("12A take 3", groups.Select(group => group.Port));
        foreach (var id in Cameras)
        {
            var recorder = await node.GetUntilAsync($"/v1/recorders/{id}", recorder => recorder.GetProperty("blobs").GetInt64() >= 2);
            recorder.GetProperty("state").GetString().ShouldBe("recording");
        }

        var heard = await remote.StopAsync();
        heard.Count.ShouldBe(decks);
        foreach (var deck in heard)
            WasTold(deck, node);

        foreach (var id in Cameras)
        {
            var recordings = await node.GetUntilAsync($"/v1/recordings?recorder={id}", list =>
                list.GetProperty("recordings").EnumerateArray().All(recording => recording.TryGetProperty("endedAt", out _)));
            var recording = recordings.GetProperty("recordings").EnumerateArray().ShouldHaveSingleItem();
            recording.GetProperty("stopReason").GetString().ShouldBe("requested");
            var timeline = await node.GetAsync($"/v1/recordings/{recording.GetProperty("key").GetString()}/timeline");
            timeline.GetProperty("marks").EnumerateArray().Select(mark => mark.GetProperty("label").GetString()).ShouldBe(["12A take 3"]);
        }

        (await node.EndAsync()).ShouldBe(0, node.Said);
    }

    private static void WasTold(JsonElement deck, NodeProcess node)
    {
        deck.GetProperty("errors").EnumerateArray().ShouldBeEmpty(deck.ToString() + node.Said);
        deck.GetProperty("connected").GetProperty("model").GetString()!.ShouldStartWith("Recorder deck-");
        deck.GetProperty("connected").GetProperty("protocolVersion").GetDouble().ShouldBe(1.11);
        deck.GetProperty("notify").GetProperty("transport").GetBoolean().ShouldBeTrue();
        deck.GetProperty("device").GetProperty("slots").GetInt32().ShouldBe(1);
        deck.GetProperty("slotInfo").GetProperty("recordingTime").GetInt64().ShouldBeGreaterThan(0);

        var changes = deck.GetProperty("transport").EnumerateArray().ToList();
        changes[0].GetProperty("status").GetString().ShouldBe("record");
        changes[0].GetProperty("clipId").GetInt32().ShouldBe(1);
        changes[^1].GetProperty("status").GetString().ShouldBe("stopped");

        // The second record of a deck that records, and a play.
        (deck.GetProperty("again").GetInt32(), deck.GetProperty("play").GetInt32()).ShouldBe((150, 103));
        var transport = deck.GetProperty("transportInfo");
        transport.GetProperty("status").GetString().ShouldBe("record");

        // The protocol has no name for a format as small as this.
        transport.GetProperty("videoFormat").ValueKind.ShouldBe(JsonValueKind.Null);
        transport.GetProperty("displayTimecode").GetString()!.ShouldMatch("^\\d\\d:\\d\\d:\\d\\d:\\d\\d$");
        transport.GetProperty("timecode").GetString()!.ShouldBeGreaterThan("00:00:00:00");

        deck.GetProperty("count").GetProperty("count").GetInt32().ShouldBe(1);
        var clip = deck.GetProperty("clips").GetProperty("clips").EnumerateArray().ShouldHaveSingleItem();
        (clip.GetProperty("clipId").GetInt32(), clip.GetProperty("name").GetString()).ShouldBe((1, "12A take 3"));
        clip.GetProperty("duration").GetString()!.ShouldMatch("^\\d\\d:\\d\\d:\\d\\d:\\d\\d$");
    }
}
