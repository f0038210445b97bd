using System.Net.Http.Json;
using System.Text.Json;
using Recorder.Cluster.Tests.Harness;

namespace Recorder.Cluster.Tests;

/// <summary>What people want of the same recorder on both sides of a partition.</summary>
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
        await cluster.UntilIndexedAsync(async () => (await OpenAsync(cluster)).Length == 0, () => OpenAsync(cluster));
        await cluster.VerifyAsync();
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
