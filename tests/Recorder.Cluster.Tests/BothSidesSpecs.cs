using System.Net.Http.Json;
using System.Text.Json;
using Recorder.Cluster.Tests.Harness;

namespace Recorder.Cluster.Tests;

/// <summary>What people want of the same recorder on both sides of a partition.</summary>
[Collection(NetworkLab.OneAtATime)]
public class BothSidesSpecs
{
    [NetworkFact]
    public async Task To_record_beats_to_stop_and_to_exist_beats_to_be_deleted()
    {
        using var network = new NetworkLab("n1", "n2");
        await using var cluster = await ClusterUnderTest.StartAsync(2, network);
        await cluster.DefineAsync(6);
        await cluster.StartAllAsync(2);
        foreach (var paused in new[] { "r0", "r1" })
            await cluster.Any.PostAsync($"/v1/recorders/{paused}:pause");

        await cluster.UntilAgreedAsync();
        network.Cut("n1", "n2");
        await cluster.UntilIndexedAsync(async () => (await cluster.OwnersAsync(1)).Values.All(owner => owner == "n1") && (await cluster.OwnersAsync(2)).Values.All(owner => owner == "n2"));

        // The same once in each direction.
        await cluster.Nodes[1].PostAsync("/v1/recorders/r0:resume");
        await cluster.Nodes[2].PostAsync("/v1/recorders/r0:stop");
        await cluster.Nodes[2].PostAsync("/v1/recorders/r1:resume");
        await cluster.Nodes[1].PostAsync("/v1/recorders/r1:stop");
        await ChangeAsync(cluster, 1, "r2");
        await DeleteAsync(cluster, 2, "r2");
        await ChangeAsync(cluster, 2, "r3");
        await DeleteAsync(cluster, 1, "r3");
        // Nobody wants anything else of these.
        await DeleteAsync(cluster, 2, "r4");
        await ChangeAsync(cluster, 1, "r5");
        network.Heal("n1", "n2");

        await cluster.UntilJoinedAsync();
        await cluster.UntilIndexedAsync(async () =>
        {
            var said = await Task.WhenAll(StatesAsync(cluster, 1), StatesAsync(cluster, 2));
            return said[0] == said[1] && said[0] == "r0 recording, r1 recording, r2 inactive changed, r3 inactive changed, r5 inactive changed";
        }, async () => $"n1: {await StatesAsync(cluster, 1)}\nn2: {await StatesAsync(cluster, 2)}");
        await cluster.StopAllAsync(2);
        // What one side ended and the other went on with is ended too, in the index of each node and in its own catalogue.
        await cluster.UntilIndexedAsync(async () => (await OpenAsync(cluster)).Length == 0, async () => await OpenAsync(cluster) + "\n" + await DescribeAsync(cluster));
        await cluster.VerifyAsync();
    }

    [NetworkFact]
    public async Task Two_subscribers_read_the_same_bytes_on_two_nodes_with_one_event_of_what_each_side_recorded_late()
    {
        const int Recorders = 4;
        using var network = new NetworkLab("n1", "n2");
        await using var cluster = await ClusterUnderTest.StartAsync(2, network);
        await using var here = new ClusterReader();
        await using var there = new ClusterReader();
        await here.ConnectAsync(cluster.Nodes[1]);
        await there.ConnectAsync(cluster.Nodes[2]);
        await cluster.DefineAsync(Recorders);
        await cluster.StartAllAsync(Recorders);
        await cluster.UntilAgreedAsync();
        await here.UntilAsync("all record", all => all.Where(e => e.Event.IsData).Select(e => e.Event.Recorder).Distinct().Count() == Recorders);
        var before = here.Position;

        network.Cut("n1", "n2");
        await cluster.UntilIndexedAsync(async () => (await cluster.OwnersAsync(1)).Values.All(owner => owner == "n1") && (await cluster.OwnersAsync(2)).Values.All(owner => owner == "n2"));
        await Task.Delay(TimeSpan.FromSeconds(3)); // The partition itself.
        network.Heal("n1", "n2");
        await cluster.UntilJoinedAsync();
        await cluster.UntilAgreedAsync();
        foreach (var reader in new[] { here, there })
            await reader.UntilAsync("late media is told of all", all => LateOf(all).Distinct().Count() == Recorders);

        await cluster.StopAndIndexAsync(Recorders);
        await cluster.UntilIndexedAsync(async () => (await ClusterReader.ReadHistoryAsync(cluster.Nodes[1], before)).Split("\nevent: stop\n").Length == Recorders + 1);
        await ClusterReader.UntilSameHistoryAsync(cluster, before);

        (await ClusterReader.ReadHistoryAsync(cluster.Nodes[2], before)).Split("\nevent: latemedia\n").Length.ShouldBe(Recorders + 1, "one each");

        // Those who were there all the time, on one side each, were told rising numbers, and the same from then on.
        foreach (var reader in new[] { here, there })
        {
            LateOf(reader.Events).Count().ShouldBe(Recorders, "one each");
            foreach (var recorder in reader.Events.GroupBy(e => e.Event.Recorder))
                recorder.Zip(recorder.Skip(1)).ShouldAllBe(pair => Order.NumberOf(pair.First).CompareTo(Order.NumberOf(pair.Second)) < 0, recorder.Key);
        }

        var late = here.Events.First(e => e.Event.Kind == "latemedia").Event.Json;
        late.GetProperty("extents").GetInt32().ShouldBeGreaterThan(0);
        late.GetProperty("superseded").GetProperty("node").GetString().ShouldNotBe(late.GetProperty("tenure").GetProperty("node").GetString());
        await cluster.VerifyAsync();
    }

    private static IEnumerable<string> LateOf(IEnumerable<ReadEvent> events) =>
        events.Where(e => e.Event.Kind == "latemedia").Select(e => e.Event.Recorder);

    [NetworkFact]
    [Trait("Length", "Long")]
    public async Task A_source_that_one_side_changed_is_used_by_the_other_when_its_recording_ends_and_is_shown_as_waiting_until_then()
    {
        using var network = new NetworkLab("n1", "n2");
        await using var cluster = await ClusterUnderTest.StartAsync(2, network);
        await cluster.DefineAsync(2);
        await cluster.StartAllAsync(2);
        await cluster.UntilIndexedAsync(() => cluster.CountsAsync(2, "SELECT COUNT(DISTINCT recorder) FROM extents"));
        await cluster.UntilAgreedAsync();
        var (recorder, owner) = (await cluster.OwnersAsync(1)).First();
        var (holder, other) = owner == "n1" ? (1, 2) : (2, 1);
        network.Cut("n1", "n2");
        await cluster.UntilIndexedAsync(async () => (await cluster.OwnersAsync(other)).Values.All(node => node == $"n{other}")
            && await cluster.CountsAsync(1, $"SELECT COUNT(DISTINCT recorder) FROM extents WHERE recorder = '{recorder}' AND node = 'n{other}'", other));

        // The side that took over has the higher tenure, and goes on afterwards.
        await cluster.Nodes[holder].PostAsync($"/v1/recorders/{recorder}:stop");
        using (var changed = await cluster.Nodes[holder].Http.PatchAsJsonAsync($"/v1/recorders/{recorder}", new { source = "test:?size=32x32&rate=5&audio=off" }))
            changed.IsSuccessStatusCode.ShouldBeTrue(await changed.Content.ReadAsStringAsync());

        await cluster.Nodes[holder].PostAsync($"/v1/recorders/{recorder}:start");
        network.Heal("n1", "n2");

        await cluster.UntilJoinedAsync();
        await cluster.UntilAgreedAsync();
        foreach (var node in cluster.Nodes.Values)
            await node.GetUntilAsync($"/v1/recorders/{recorder}", it => IsNew(it) && it.TryGetProperty("changePending", out var pending) && pending.GetBoolean());

        await cluster.Any.PostAsync($"/v1/recorders/{recorder}:stop");
        await cluster.Any.PostAsync($"/v1/recorders/{recorder}:start");
        foreach (var node in cluster.Nodes.Values)
            await node.GetUntilAsync($"/v1/recorders/{recorder}", it => IsNew(it) && !it.TryGetProperty("changePending", out _) && it.GetProperty("state").GetString() == "recording");

        await cluster.StopAllAsync(2);
        await cluster.UntilIndexedAsync(async () => (await OpenAsync(cluster)).Length == 0, async () => await OpenAsync(cluster) + "\n" + await DescribeAsync(cluster));
        await cluster.VerifyAsync();

        static bool IsNew(JsonElement recorder) => recorder.GetProperty("source").GetString()!.Contains("32x32", StringComparison.Ordinal);
    }

    private static async Task<string> OpenAsync(ClusterUnderTest cluster)
    {
        var open = new List<string>();
        foreach (var (node, file) in cluster.Nodes.Keys.SelectMany(node => new[] { (node, "cluster.db"), (node, "catalogue.db") }))
        {
            open.AddRange((await cluster.QueryAsync("SELECT recorder, recording FROM recordings WHERE ended_at IS NULL", node, file))
                .Select(row => $"n{node} {file}: {row[0]} {row[1]}"));
        }

        return string.Join('\n', open);
    }

    private static async Task<string> DescribeAsync(ClusterUnderTest cluster) => string.Join('\n', (await cluster.QueryAsync(
        """
        SELECT r.recorder, r.recording, r.sequence, r.ended_at IS NULL, r.stop_reason, e.node, e.epoch, e.number, e.is_late, e.captured_at / 10000 % 10000000, e.duration / 10000
        FROM recordings r LEFT JOIN extents e USING (recorder, recording) ORDER BY 1, 2, 7, 8
        """)).Select(row => string.Join(' ', row)));

    private static async Task ChangeAsync(ClusterUnderTest cluster, int node, string recorder)
    {
        using var answer = await cluster.Nodes[node].Http.PatchAsJsonAsync($"/v1/recorders/{recorder}", new { labels = new { changed = "yes" } });
        answer.IsSuccessStatusCode.ShouldBeTrue($"{recorder} on n{node}: {await answer.Content.ReadAsStringAsync()}");
    }

    private static async Task DeleteAsync(ClusterUnderTest cluster, int node, string recorder)
    {
        using var answer = await cluster.Nodes[node].Http.DeleteAsync($"/v1/recorders/{recorder}");
        answer.IsSuccessStatusCode.ShouldBeTrue($"{recorder} on n{node}: {await answer.Content.ReadAsStringAsync()}");
    }

    private static async Task<string> StatesAsync(ClusterUnderTest cluster, int node) => string.Join(
        ", ", (await cluster.Nodes[node].GetAsync("/v1/recorders")).GetProperty("recorders").EnumerateArray().OrderBy(recorder => recorder.GetProperty("id").GetString())
            .Select(recorder => $"{recorder.GetProperty("id").GetString()} {recorder.GetProperty("state").GetString()}{(IsChanged(recorder) ? " changed" : "")}"));

    private static bool IsChanged(JsonElement recorder) => recorder.ToString().Contains("changed", StringComparison.Ordinal);
}
