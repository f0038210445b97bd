using Recorder.Cluster.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests;

/// <summary>Nodes whose process hangs for a while, as on a machine that swaps or a virtual one that is moved.</summary>
public class StoppedNodeSpecs(ITestOutputHelper log)
{
    private const int Recorders = 9;
    private const int Stop = 19;
    private const int Continue = 18;

    // In the long form every node in turn.
    private static readonly TimeSpan Pause = Length.Seconds("RECORDER_CLUSTER_PAUSE", 5);
    private static readonly int Nodes = Length.Of("RECORDER_CLUSTER_PAUSES", 1);

    [Fact]
    public async Task A_node_that_hangs_is_replaced_and_afterwards_each_recorder_has_one_owner_and_nothing_is_lost()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(3);
        await cluster.DefineAsync(Recorders, rate: 5);
        await cluster.StartAllAsync(Recorders);
        await cluster.UntilIndexedAsync(() => cluster.CountsAsync(Recorders, "SELECT COUNT(DISTINCT recorder) FROM extents"));
        var settled = DateTimeOffset.UtcNow;

        for (var time = 0; time < Nodes; time++)
        {
            var (stopped, other) = (1 + (time % 3), 1 + ((time + 1) % 3));
            var watch = System.Diagnostics.Stopwatch.StartNew();
            cluster.Nodes[stopped].Signal(Stop);
            try
            {
                await ListsAllAsync(cluster, other);
                await cluster.UntilIndexedAsync(async () => (await cluster.OwnersAsync(other)).Values.All(owner => owner != $"n{stopped}" && owner.Length > 0));
                log.WriteLine($"n{stopped} hangs: the others have all after {watch.Elapsed.TotalSeconds:0.0} s");
                await Task.Delay(Pause - watch.Elapsed > TimeSpan.Zero ? Pause - watch.Elapsed : TimeSpan.Zero);
            }
            finally
            {
                cluster.Nodes[stopped].Signal(Continue);
            }

            await cluster.UntilJoinedAsync();
            await cluster.UntilAgreedAsync();
            log.WriteLine($"all agree {(watch.Elapsed - Pause).TotalSeconds:0.0} s after it goes on");
            settled = DateTimeOffset.UtcNow;
            await Task.Delay(TimeSpan.FromSeconds(3)); // Recorded by one node each.
        }

        await cluster.StopAndIndexAsync(Recorders);
        var ledger = await Ledger.ReadAsync(cluster);
        log.WriteLine(ledger.Summarize());
        ledger.HasNoUntoldHole();
        ledger.HasOneOwnerEachFrom(settled);
        ledger.HasOneRecordingEach();
        ledger.HasNoUnmarkedOverlap();
        await cluster.VerifyAsync();
    }

    [Fact]
    public async Task A_recorder_that_is_defined_while_a_node_hangs_is_known_to_it_when_it_goes_on()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(2);
        cluster.Nodes[2].Signal(Stop);
        try
        {
            await cluster.UntilIndexedAsync(async () => (await cluster.Nodes[1].GetAsync("/v1/nodes")).GetProperty("nodes").EnumerateArray()
                .Any(node => node.GetProperty("id").GetString() == "n2" && node.GetProperty("state").GetString() != "up"));
            await cluster.Nodes[1].PostAsync("/v1/recorders", new { id = "late", source = "test:?size=64x48&audio=off" });
        }
        finally
        {
            cluster.Nodes[2].Signal(Continue);
        }

        await cluster.UntilIndexedAsync(async () => (await cluster.OwnersAsync(2)).ContainsKey("late"));
    }

    [Fact]
    [Trait("Length", "Long")]
    public async Task A_recorder_that_no_node_may_record_is_defined_and_waits_for_one()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(1, arguments: (number, _) => number == 2 ? "--label site:hall" : "");

        var defined = await cluster.Nodes[1].PostAsync(
            "/v1/recorders", new { id = "hall", source = "test:?size=64x48&audio=off", labels = new Dictionary<string, string> { ["on.site"] = "hall" } });
        defined.GetProperty("id").GetString().ShouldBe("hall");
        (await cluster.OwnersAsync(1))["hall"].ShouldBe("");

        await cluster.StartNodeAsync(2);
        await cluster.UntilIndexedAsync(async () => (await cluster.OwnersAsync(1))["hall"] == "n2");
    }

    // A list waits for a node that hangs, but not for long, and the next one does not wait again.
    private async Task ListsAllAsync(ClusterUnderTest cluster, int node)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (var list = 0; list < 3; list++)
        {
            var recorders = (await cluster.Nodes[node].GetAsync("/v1/recorders")).GetProperty("recorders").EnumerateArray().ToList();
            recorders.Count.ShouldBe(Recorders);
            recorders.Select(recorder => recorder.GetProperty("state").GetString()).ShouldAllBe(state => state == "recording");
            log.WriteLine($"list {list}: {watch.Elapsed.TotalSeconds:0.00} s; {recorders.Count(recorder => recorder.TryGetProperty("nodeAnswers", out _))} recorders of a node that does not answer");
        }

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(4));
    }
}
