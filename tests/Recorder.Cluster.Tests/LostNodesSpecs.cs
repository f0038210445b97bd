using System.Globalization;
using Recorder.Cluster.Tests.Harness;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests;

/// <summary>Nodes that are lost in ways that nobody is told of, or several at a time; and nodes that are restarted in order.</summary>
[Collection(NetworkLab.OneAtATime)]
public class LostNodesSpecs(ITestOutputHelper log)
{
    private const int Recorders = 12;

    private static readonly TimeSpan Goal = TimeSpan.FromSeconds(8);

    [NetworkTheory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task When_a_cable_is_pulled_the_others_record_within_eight_seconds(int nodes)
    {
        using var network = new NetworkLab([.. Enumerable.Range(1, nodes).Select(number => $"n{number}")]);
        await using var cluster = await StartAsync(nodes, network);
        var theirs = await cluster.OwnedByAsync("n2");
        var at = DateTimeOffset.UtcNow;
        foreach (var other in cluster.Nodes.Keys.Where(other => other != 2))
            network.Cut("n2", $"n{other}");

        await TakenOverAsync(cluster, 1, theirs, at, $"{nodes} nodes, a cable pulled", Goal);
    }

    [NetworkFact]
    [Trait("Length", "Long")]
    public async Task Of_three_nodes_of_which_two_are_cut_off_the_last_records_all()
    {
        using var network = new NetworkLab("n1", "n2", "n3");
        await using var cluster = await StartAsync(3, network);
        var theirs = (await cluster.OwnersAsync(1)).Where(owner => owner.Value != "n3").Select(owner => owner.Key).ToHashSet();
        var at = DateTimeOffset.UtcNow;
        network.Cut("n3", "n1");
        network.Cut("n3", "n2");

        await TakenOverAsync(cluster, 3, theirs, at, "three nodes, n3 cut off from both others");
    }

    [Fact]
    [Trait("Length", "Long")]
    public async Task Of_three_nodes_of_which_two_are_killed_the_last_records_all()
    {
        await using var cluster = await StartAsync(3);
        var theirs = (await cluster.OwnersAsync(1)).Where(owner => owner.Value != "n3").Select(owner => owner.Key).ToHashSet();
        var at = DateTimeOffset.UtcNow;
        await Task.WhenAll(cluster.Nodes[1].KillAsync(), cluster.Nodes[2].KillAsync());

        await TakenOverAsync(cluster, 3, theirs, at, "three nodes, two killed");
    }

    [Fact]
    [Trait("Length", "Long")]
    public async Task Of_two_nodes_and_one_that_died_long_ago_the_last_records_all()
    {
        await using var cluster = await StartAsync(3);
        await cluster.KillAsync(1);
        await cluster.UntilIndexedAsync(async () => (await cluster.OwnersAsync(3)).Values.All(owner => owner is "n2" or "n3"));
        await Task.Delay(Length.Seconds("RECORDER_CLUSTER_DEAD_FOR", 2));
        var theirs = await cluster.OwnedByAsync("n2");
        var at = DateTimeOffset.UtcNow;
        await cluster.KillAsync(2);

        await TakenOverAsync(cluster, 3, theirs, at, "two nodes, and one long dead; one killed");
    }

    [Fact]
    public async Task Nodes_that_are_restarted_in_order_one_after_the_other_lose_nothing()
    {
        await using var cluster = await StartAsync(3);
        for (var number = 1; number <= Length.Of("RECORDER_CLUSTER_RESTARTS", 1); number++)
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            await cluster.EndAsync(number);
            var ended = watch.Elapsed;
            await cluster.StartNodeAsync(number);
            await cluster.UntilJoinedAsync();
            log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"n{number}: ended after {ended.TotalSeconds:0.0} s, a member again after {watch.Elapsed.TotalSeconds:0.0} s"));
            await cluster.UntilAgreedAsync();
        }

        await Task.Delay(TimeSpan.FromSeconds(2)); // What the last one has taken over is recorded by somebody.
        await cluster.StopAndIndexAsync(Recorders);
        var ledger = await Ledger.ReadAsync(cluster);
        log.WriteLine(ledger.Summarize());
        ledger.HasNoHole();
        ledger.HasOneRecordingEach();
        // Where a tenure begins, the one before it has not ended on the recording's own clock either.
        foreach (var recorder in ledger.Stored.GroupBy(it => it.Recorder))
        {
            var until = TimeSpan.Zero;
            foreach (var file in recorder.OrderBy(it => it.MediaTime))
            {
                (file.MediaTime - until).ShouldBeLessThan(TimeSpan.FromMilliseconds(120), $"{recorder.Key} at {until}");
                until = file.MediaTime + file.Duration > until ? file.MediaTime + file.Duration : until;
            }
        }

        await cluster.VerifyAsync();
    }

    private static async Task<ClusterUnderTest> StartAsync(int nodes, NetworkLab? network = null)
    {
        var cluster = await ClusterUnderTest.StartAsync(nodes, network);
        await cluster.DefineAsync(Recorders, rate: 10);
        await cluster.StartAllAsync(Recorders);
        await cluster.UntilIndexedAsync(() => cluster.CountsAsync(Recorders, "SELECT COUNT(DISTINCT recorder) FROM extents"));
        return cluster;
    }

    private async Task TakenOverAsync(ClusterUnderTest cluster, int survivor, HashSet<string> theirs, DateTimeOffset at, string what, TimeSpan? goal = null)
    {
        theirs.ShouldNotBeEmpty();
        var sql = $"SELECT recorder, MIN(captured_at) FROM extents WHERE captured_at > {at.UtcTicks} GROUP BY recorder";
        IReadOnlyList<object?[]> rows = [];
        await cluster.UntilIndexedAsync(
            async () =>
            {
                rows = [.. (await cluster.QueryAsync(sql, survivor)).Where(row => theirs.Contains((string)row[0]!))];
                return rows.Count == theirs.Count;
            },
            async () => $"Not recorded by n{survivor}: {string.Join(", ", theirs.Except(rows.Select(row => (string)row[0]!)))}; of "
                + string.Join(", ", (await cluster.Nodes[survivor].GetAsync("/v1/recorders")).GetProperty("recorders")));
        var outages = rows.Select(row => TimeSpan.FromTicks((long)row[1]! - at.UtcTicks)).Order().ToList();
        log.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {outages.Count} recorders, first frame after {outages[outages.Count / 2].TotalSeconds:0.00} s (median), {outages[(int)(outages.Count * 0.95)].TotalSeconds:0.00} s (95 %), {outages[^1].TotalSeconds:0.00} s (most)"));
        outages[(int)(outages.Count * 0.95)].ShouldBeLessThan(goal ?? RecorderProcess.Patience);
    }
}
