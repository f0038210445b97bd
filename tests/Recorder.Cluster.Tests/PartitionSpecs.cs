using System.Globalization;
using Recorder.Cluster.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests;

/// <summary>Nodes on hosts of their own, between which the network breaks: each side records all it can reach, and afterwards one node records.</summary>
public sealed class PartitionSpecs(ITestOutputHelper log)
{
    private const int Recorders = 9;

    private static readonly TimeSpan Outage =
        TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable("RECORDER_CLUSTER_OUTAGE") ?? "5", CultureInfo.InvariantCulture));

    [NetworkTheory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Each_side_of_a_partition_records_all_and_one_node_each_afterwards(int nodes)
    {
        using var network = new NetworkLab([.. Enumerable.Range(1, nodes).Select(number => $"n{number}")]);
        await using var cluster = await ClusterUnderTest.StartAsync(nodes, network);
        await cluster.DefineAsync(Recorders, rate: 5);
        await cluster.StartAllAsync(Recorders);
        await cluster.UntilIndexedAsync(() => cluster.CountsAsync(Recorders, "SELECT COUNT(DISTINCT recorder) FROM extents"));
        var theirs = await cluster.OwnedByAsync("n1");
        theirs.Count.ShouldBeInRange(1, Recorders - 1);
        var others = Enumerable.Range(2, nodes - 1).Select(number => $"n{number}").ToList();

        others.ForEach(other => network.Cut("n1", other));
        var took = await UntilAllAsync(cluster, 2, owners => owners.All(owner => others.Contains(owner)));
        var alone = await UntilAllAsync(cluster, 1, owners => owners.All(owner => owner == "n1"));
        log.WriteLine($"{nodes} nodes: the others had all after {took.TotalSeconds:0.0} s, n1 had all {alone.TotalSeconds:0.0} s later");
        await Task.Delay(Outage);
        others.ForEach(other => network.Heal("n1", other));

        await UntilSameAsync(cluster);
        var moved = await OwnersAsync(cluster, 1);
        await Task.Delay(Outage);
        (await OwnersAsync(cluster, 1)).ShouldBe(moved, "nothing moves any more");
        await cluster.StopAllAsync(Recorders);
        foreach (var node in cluster.Nodes.Keys)
            await cluster.UntilIndexedAsync(() => cluster.CountsAsync(Recorders, "SELECT COUNT(*) FROM recordings WHERE ended_at IS NOT NULL", node));

        // Two nodes recorded the same minutes: all of it is there, and marked.
        (await cluster.QueryAsync("SELECT COUNT(DISTINCT recorder) FROM extents WHERE is_late"))[0][0].ShouldBeOfType<long>().ShouldBeGreaterThanOrEqualTo(theirs.Count);
        (await cluster.QueryAsync("SELECT recorder FROM recordings GROUP BY recorder HAVING COUNT(*) > 1")).ShouldBeEmpty("one recording each");
        await cluster.VerifyAsync();
    }

    private static async Task<TimeSpan> UntilAllAsync(ClusterUnderTest cluster, int node, Func<ICollection<string>, bool> holds)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        await cluster.Nodes[node].GetUntilAsync(
            "/v1/recorders", list => holds([.. list.GetProperty("recorders").EnumerateArray().Select(recorder => recorder.GetProperty("node").GetString()!)]));
        return waited.Elapsed;
    }

    private static async Task<string> OwnersAsync(ClusterUnderTest cluster, int node) => string.Join(
        ' ', (await cluster.Nodes[node].GetAsync("/v1/recorders")).GetProperty("recorders").EnumerateArray()
            .Select(recorder => $"{recorder.GetProperty("id").GetString()}:{recorder.GetProperty("node").GetString()}").Order(StringComparer.Ordinal));

    private static Task UntilSameAsync(ClusterUnderTest cluster) => cluster.UntilIndexedAsync(async () =>
        (await Task.WhenAll(cluster.Nodes.Keys.Select(node => OwnersAsync(cluster, node)))).Distinct().Count() == 1);
}
