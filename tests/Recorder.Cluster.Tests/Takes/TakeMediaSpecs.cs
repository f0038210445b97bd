using System.Globalization;
using System.Text.Json;
using Recorder.Cluster.Tests.Harness;
using Recorder.Integration.Tests.Harness;

namespace Recorder.Cluster.Tests.Takes;

/// <summary>A take's recordings are on several nodes; each node shows and exports all of them.</summary>
public class TakeMediaSpecs
{
    private const int Recorders = 3;

    [Fact]
    public async Task Any_node_shows_and_exports_the_angles_of_all_nodes_with_every_frame_and_says_whose_node_is_away()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(3);
        await cluster.DefineAsync(Recorders, source: "test:?size=64x48&rate=25");
        await cluster.UntilAgreedAsync();
        (await cluster.OwnersAsync(1)).Values.Distinct().Count().ShouldBe(3, "each node has one of them");
        var take = await RecordAsync(cluster);

        // Nobody waits for the index of the other nodes.
        var timeline = await cluster.Nodes[2].GetAsync($"{take}/timeline");
        var angles = timeline.GetProperty("angles").EnumerateArray().ToDictionary(angle => angle.GetProperty("recorder").GetString()!);
        angles.Count.ShouldBe(Recorders);
        foreach (var angle in angles.Values)
        {
            var recording = angle.GetProperty("recordings").EnumerateArray().ShouldHaveSingleItem();
            recording.TryGetProperty("problem", out var problem).ShouldBeFalse(problem.ToString());
            recording.GetProperty("frames").GetInt64().ShouldBeGreaterThan(75);
            recording.GetProperty("isRunning").GetBoolean().ShouldBeFalse();
        }

        var middle = timeline.GetProperty("at").GetDateTimeOffset().AddSeconds(1);
        var moment = (await cluster.Nodes[2].GetAsync($"{take}/timeline?at={Uri.EscapeDataString(middle.ToString("O", CultureInfo.InvariantCulture))}")).GetProperty("moment");
        foreach (var shown in moment.GetProperty("angles").EnumerateArray())
            (shown.GetProperty("frameAt").GetDateTimeOffset() - middle).Duration().ShouldBeLessThan(TimeSpan.FromMilliseconds(45), shown.ToString());

        var heard = await cluster.Nodes[2].GetAsync($"{take}/sound");
        heard.GetProperty("reference").GetString().ShouldNotBeNull();
        foreach (var angle in heard.GetProperty("angles").EnumerateArray())
            angle.GetProperty("detail").GetString()!.ShouldNotContain("cannot be read");

        var (path, export) = await ExportAsync(cluster.Nodes[2], take);
        foreach (var file in Media(export))
        {
            Text(file, "state").ShouldBe("done", file.ToString());
            var recorder = Text(file, "file")!.Split('_')[1].Split('.')[0];
            var key = Text(angles[recorder].GetProperty("recordings")[0], "key");
            var original = await FetchAsync(cluster, 1, $"/v1/recordings/{key}/media.mp4", ".mp4");
            var exported = await FetchAsync(cluster, 3, $"{path}/files/{Text(file, "file")}", ".mov");
            (await exported.PayloadsAsync(exported.Video!)).ShouldBe(await original.PayloadsAsync(original.Video!));
            exported.PacketsOf(exported.Video!).Count.ShouldBe(angles[recorder].GetProperty("recordings")[0].GetProperty("frames").GetInt32());
        }

        // The take is shown and exported by another node than the one that is gone.
        var holder = Text((await cluster.Nodes[2].GetAsync(take)).GetProperty("tenure"), "node");
        var away = (await cluster.OwnersAsync(1)).First(owner => owner.Value != holder);
        var asked = int.Parse(holder![1..], CultureInfo.InvariantCulture);
        await cluster.KillAsync(int.Parse(away.Value[1..], CultureInfo.InvariantCulture));
        await cluster.Nodes[asked].GetUntilAsync("/v1/nodes", nodes => nodes.GetProperty("nodes").EnumerateArray().Any(node => Text(node, "state") == "dead"));
        var without = await cluster.Nodes[asked].GetAsync($"{take}/timeline");
        var missing = without.GetProperty("angles").EnumerateArray().Single(angle => Text(angle, "recorder") == away.Key);
        Text(missing.GetProperty("recordings")[0], "problem").ShouldBe($"Node {away.Value} does not answer.");
        var (_, partial) = await ExportAsync(cluster.Nodes[asked], take);
        Media(partial).Count(file => Text(file, "state") == "done").ShouldBe(Recorders - 1);
        Text(Media(partial).Single(file => Text(file, "state") == "failed"), "problem").ShouldBe($"Node {away.Value} does not answer.");
    }

    private static async Task<string> RecordAsync(ClusterUnderTest cluster)
    {
        var armed = await cluster.Nodes[1].PostAsync(
            "/v1/takes", new { scene = "12A", template = "{scene}_{camera}", angles = Enumerable.Range(0, Recorders).Select(n => new { recorder = $"r{n}", camera = $"r{n}" }) });
        var path = $"/v1/takes/{Text(armed, "id")}";
        await cluster.Nodes[1].GetUntilAsync(path, take => take.GetProperty("angles").EnumerateArray().All(angle => Text(angle, "state") == "ready"));
        await cluster.Nodes[1].PostAsync(path + ":start");
        await cluster.Nodes[2].GetUntilAsync(
            path, take => take.GetProperty("angles").EnumerateArray().All(angle => Text(angle, "state") == "recording")
                && take.GetProperty("at").GetDateTimeOffset().AddSeconds(4) < DateTimeOffset.UtcNow);
        Text(await cluster.Nodes[2].PostAsync(path + ":stop"), "state").ShouldBe("done");
        return path;
    }

    private static async Task<(string Path, JsonElement Export)> ExportAsync(NodeProcess node, string take)
    {
        var begun = await node.PostAsync($"{take}:export", new { container = "mov", holes = "held" });
        var path = $"{take}/exports/{Text(begun, "id")}";
        var export = await node.GetUntilAsync(path, it => Text(it, "state") != "making");
        Text(export, "state").ShouldBe("done", export.ToString());
        return (path, export);
    }

    private static async Task<MediaProbe> FetchAsync(ClusterUnderTest cluster, int node, string path, string extension)
    {
        var file = Path.Combine(cluster.DataOf(node), $"{Guid.NewGuid():n}{extension}");
        await File.WriteAllBytesAsync(file, await cluster.Nodes[node].Http.GetByteArrayAsync(path));
        return await MediaProbe.OfAsync(file);
    }

    private static List<JsonElement> Media(JsonElement export) =>
        [.. export.GetProperty("files").EnumerateArray().Where(file => Text(file, "file")!.EndsWith(".mov", StringComparison.Ordinal) || !Text(file, "file")!.Contains('.', StringComparison.Ordinal))];

    private static string? Text(JsonElement it, string name) => it.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
