using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Recorder.Cluster.Tests.Harness;
using Recorder.Integration.Tests.Harness;

namespace Recorder.Cluster.Tests;

/// <summary>The wall of any node has the recorders of all.</summary>
public class WallSpecs
{
    private const int Recorders = 6;

    [Fact]
    public async Task A_node_tells_of_the_recorders_of_all_nodes_and_of_what_becomes_of_them_when_one_dies()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(2);
        await cluster.DefineAsync(Recorders, rate: 10);
        await cluster.UntilAgreedAsync();
        await cluster.StartAllAsync(Recorders);
        using var answer = await cluster.Nodes[1].Http.GetAsync("/v1/wall", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var tiles = new Dictionary<string, JsonElement>();
        await UntilAsync(lines, tiles, () => tiles.Count == Recorders && tiles.Values.All(tile => Text(tile, "status") == "rec"));
        tiles.Values.Select(tile => Text(tile, "node")).Distinct().Order().ShouldBe(["n1", "n2"]);
        var there = tiles.Values.First(tile => Text(tile, "node") == "n2").GetProperty("id").GetString()!;

        using (var socket = new ClientWebSocket())
        {
            await socket.ConnectAsync(new UriBuilder(cluster.Nodes[1].Http.BaseAddress!) { Scheme = "ws", Path = "/v1/wall/live" }.Uri, CancellationToken.None);
            var wish = $$"""{"watch":[{"recorder":"{{there}}"}],"levels":["{{there}}"]}""";
            await socket.SendAsync(Encoding.UTF8.GetBytes(wish), WebSocketMessageType.Text, true, CancellationToken.None);
            var texts = new List<string>();
            while (!texts.Exists(text => text.Contains("rawvideo", StringComparison.Ordinal)) || !texts.Exists(text => text.Contains("\"levels\"", StringComparison.Ordinal)))
                texts.Add(await ReadAsync(socket));
        }

        await cluster.KillAsync(2);
        await UntilAsync(lines, tiles, () => Text(tiles[there], "status") == "away");
        await UntilAsync(lines, tiles, () => tiles.Values.All(tile => Text(tile, "status") == "rec" && Text(tile, "node") == "n1"));
    }

    private static string? Text(JsonElement tile, string member) => tile.GetProperty(member).GetString();

    private static async Task<string> ReadAsync(ClientWebSocket socket)
    {
        var buffer = new byte[1 << 16];
        var received = await socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(RecorderProcess.Patience);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    private static async Task UntilAsync(StreamReader lines, Dictionary<string, JsonElement> tiles, Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(RecorderProcess.Patience);
        while (!holds())
        {
            var line = await lines.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException("The stream ended.");
            if (!line.StartsWith("data: ", StringComparison.Ordinal))
                continue;

            using var told = JsonDocument.Parse(line["data: ".Length..]);
            foreach (var tile in told.RootElement.GetProperty("tiles").EnumerateArray())
                tiles[tile.GetProperty("id").GetString()!] = tile.Clone();
        }
    }
}
