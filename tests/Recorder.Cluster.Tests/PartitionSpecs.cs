using Recorder.Cluster.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests;

/// <summary>Nodes on hosts of their own, between which the network breaks: each side records all it can reach, and afterwards one node records.</summary>
[Collection(NetworkLab.OneAtATime)]
public sealed class PartitionSpecs(ITestOutputHelper log)
{
    private const int Recorders = 9;

    // Milliseconds: pictures at five a second, on two nodes that do not take them at the same moment.
    private const double Rounding = 450;

    private static readonly TimeSpan Outage = Length.Seconds("RECORDER_CLUSTER_OUTAGE", 3);

    // A minute after the merge the recorders are evened out.
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(40);

    private DateTimeOffset _settled;
    private string _beginning = "";

    [NetworkTheory]
    [Trait("Length", "Long")]
    [InlineData("n1|n2")]
    [InlineData("n1 n2|n3 n4")]
    public Task Each_half_of_a_partition_records_all_and_one_node_each_afterwards(string sides) => RecordsThroughAsync(sides);

    [NetworkTheory]
    [InlineData("n1|n2 n3")]
    public Task Each_side_of_a_partition_records_all_and_one_node_each_afterwards(string sides) => RecordsThroughAsync(sides);

    [NetworkFact]
    [Trait("Length", "Long")]
    public async Task A_link_that_comes_and_goes_costs_no_picture()
    {
        using var network = new NetworkLab("n1", "n2", "n3");
        await using var cluster = await StartAsync(network, 3);

        for (var seconds = 0; seconds < 2 * Outage.TotalSeconds; seconds += 4)
        {
            Each(["n1"], ["n2", "n3"], network.Cut);
            await Task.Delay(TimeSpan.FromSeconds(2)); // The trouble itself, as below.
            Each(["n1"], ["n2", "n3"], network.Heal);
            await Task.Delay(TimeSpan.FromSeconds(2));
        }

        await IsOneAgainAsync(cluster);
        (await EndAsync(cluster)).HasNoUntoldHole();
    }

    [NetworkFact]
    [Trait("Length", "Long")]
    public async Task Two_nodes_that_do_not_see_each_other_while_a_third_sees_both_cost_no_picture()
    {
        using var network = new NetworkLab("n1", "n2", "n3");
        await using var cluster = await StartAsync(network, 3);

        network.Cut("n1", "n2");
        await Task.Delay(2 * Outage); // The trouble itself.
        network.Heal("n1", "n2");

        await IsOneAgainAsync(cluster);
        (await EndAsync(cluster)).HasNoUntoldHole();
    }

    private async Task RecordsThroughAsync(string sides)
    {
        string[] here = sides.Split('|')[0].Split(' ');
        string[] there = sides.Split('|')[1].Split(' ');
        using var network = new NetworkLab([.. here, .. there]);
        await using var cluster = await StartAsync(network, here.Length + there.Length);
        var theirs = (await cluster.OwnersAsync(1)).Count(owner => here.Contains(owner.Value));
        theirs.ShouldBeInRange(1, Recorders - 1);

        Each(here, there, network.Cut);
        var took = await UntilAllAsync(cluster, NumberOf(there[0]), there);
        var alone = await UntilAllAsync(cluster, 1, here);
        log.WriteLine($"{sides}: {there[0]} saw all on its side after {took.TotalSeconds:0.0} s, n1 {alone.TotalSeconds:0.0} s later");
        await Task.Delay(Outage);
        Each(here, there, network.Heal);

        await IsOneAgainAsync(cluster);
        var ledger = await EndAsync(cluster);
        ledger.HasNoUntoldHole();
        // Two nodes recorded the same minutes: all of it is there, and marked.
        ledger.Stored.Where(it => it.IsLate).Select(it => it.Recorder).Distinct().Count().ShouldBeGreaterThanOrEqualTo(theirs);
        ledger.HasNoUnmarkedOverlap();
        await TellsWhatIsThereAsync(cluster, ledger);
    }

    // Whoever took over told a gap, of a time that the other side recorded.
    private static async Task TellsWhatIsThereAsync(ClusterUnderTest cluster, Ledger ledger)
    {
        var holes = ledger.FindHoles();
        foreach (var recording in (await cluster.Any.GetAsync("/v1/recordings")).GetProperty("recordings").EnumerateArray())
        {
            var (key, recorder) = (recording.GetProperty("key").GetString()!, recording.GetProperty("recorder").GetString()!);
            var timeline = await cluster.Any.GetAsync($"/v1/recordings/{key}/timeline");
            var missing = Sum(timeline, "gaps");
            var hole = holes.Where(it => it.Recorder == recorder).Sum(it => (it.To - it.From).TotalMilliseconds);
            missing.ShouldBeInRange(0, hole + Rounding, $"{hole:0} ms are missing: {timeline}");
            (Sum(timeline, "intervals") + missing).ShouldBeInRange(
                recording.GetProperty("duration").GetDouble() - Rounding, recording.GetProperty("duration").GetDouble() + Rounding, timeline.ToString());
        }
    }

    private static double Sum(System.Text.Json.JsonElement timeline, string what) =>
        timeline.GetProperty(what).EnumerateArray().Sum(part => part.GetProperty("duration").GetDouble());

    private async Task<ClusterUnderTest> StartAsync(NetworkLab network, int nodes)
    {
        var cluster = await ClusterUnderTest.StartAsync(nodes, network);
        _beginning = await ClusterReader.FindPositionAsync(cluster.Nodes[1]);
        await cluster.DefineAsync(Recorders, rate: 5);
        await cluster.StartAllAsync(Recorders);
        await cluster.UntilIndexedAsync(() => cluster.CountsAsync(Recorders, "SELECT COUNT(DISTINCT recorder) FROM extents"));
        return cluster;
    }

    private async Task IsOneAgainAsync(ClusterUnderTest cluster)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        await cluster.UntilJoinedAsync(Length.LongestMerge);
        await cluster.UntilAgreedAsync();
        log.WriteLine($"one again {waited.Elapsed.TotalSeconds:0.0} s after healing");
        _settled = DateTimeOffset.UtcNow;
        await Task.Delay(Outage < Watched ? Outage : Watched); // One node records each meanwhile.
    }

    private async Task<Ledger> EndAsync(ClusterUnderTest cluster)
    {
        await cluster.StopAndIndexAsync(Recorders);
        var ledger = await Ledger.ReadAsync(cluster);
        log.WriteLine(ledger.Summarize());
        ledger.HasOneRecordingEach();
        ledger.HasOneOwnerEachFrom(_settled);
        await ClusterReader.UntilSameHistoryAsync(cluster, _beginning);
        await cluster.VerifyAsync();
        return ledger;
    }

    private static void Each(string[] here, string[] there, Action<string, string> what)
    {
        foreach (var one in here)
            Array.ForEach(there, other => what(one, other));
    }

    private static int NumberOf(string node) => node[1] - '0';

    private static async Task<TimeSpan> UntilAllAsync(ClusterUnderTest cluster, int node, string[] owners)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        await cluster.UntilIndexedAsync(async () => (await cluster.OwnersAsync(node)).Values.All(owners.Contains));
        return waited.Elapsed;
    }
}
