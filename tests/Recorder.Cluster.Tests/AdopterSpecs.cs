using System.Globalization;
using Recorder.Cluster.Tests.Harness;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests;

/// <summary>A node that takes a recorder over and is killed at the worst moment.</summary>
public sealed class AdopterSpecs(ITestOutputHelper log)
{
    private const int Recorders = 6;

    [Theory]
    [Trait("Length", "Long")]
    [InlineData("before its first fragment")]
    [InlineData("just after the old holder retired")]
    public async Task A_recorder_goes_on_when_its_new_holder_is_killed(string moment)
    {
        await using var cluster = await ClusterUnderTest.StartAsync(3);
        await cluster.DefineAsync(Recorders, rate: 5);
        await cluster.StartAllAsync(Recorders);
        await cluster.UntilIndexedAsync(() => cluster.CountsAsync(Recorders, "SELECT COUNT(DISTINCT recorder) FROM extents", 1));
        await cluster.UntilAgreedAsync();
        var theirs = await cluster.OwnedByAsync("n1");
        theirs.ShouldNotBeEmpty();
        await using var reader = new ClusterReader();
        await reader.ConnectAsync(cluster.Nodes[1]);
        await reader.UntilAsync("all record", all => theirs.IsSubsetOf(all.Where(e => e.Event.IsData).Select(e => e.Event.Recorder)));

        await cluster.Nodes[1].PostAsync("/v1/nodes/n1:drain");
        var (victim, recorder) = await AdopterAsync(cluster, theirs, moment);
        var before = await ExtentsAsync(cluster);
        var at = DateTimeOffset.UtcNow;
        await cluster.KillAsync(victim);
        log.WriteLine($"n{victim} is killed {moment} of {recorder}");

        var sql = $"SELECT COUNT(DISTINCT recorder) FROM extents WHERE node <> 'n{victim}' AND captured_at + duration > {at.AddSeconds(2).UtcTicks}";
        await cluster.UntilIndexedAsync(() => cluster.CountsAsync(Recorders, sql, 1));
        await cluster.Nodes[1].PostAsync("/v1/nodes/n1:resume");
        await cluster.StartNodeAsync(victim);
        await cluster.UntilJoinedAsync();
        await cluster.UntilAgreedAsync();
        await cluster.StopAndIndexAsync(Recorders);

        await reader.UntilAsync("each stopped", all => all.Where(e => e.Event.Kind == "stop").Select(e => e.Event.Recorder).Distinct().Count() == Recorders);
        reader.Events.Where(e => e.Event.Json.TryGetProperty("sequence", out _)).GroupBy(e => (e.Event.Recorder, e.Event.Sequence))
            .Where(e => e.Select(it => it.Event.Line).Distinct().Count() > 1).ShouldBeEmpty("no number stands for two events");
        foreach (var node in cluster.Nodes.Keys)
        {
            var after = await ExtentsAsync(cluster, node);
            foreach (var (key, capturedAt) in before)
                after.GetValueOrDefault(key).ShouldBe(capturedAt, $"{key} on n{node}: what was stored is what it was");
        }

        var ledger = await Ledger.ReadAsync(cluster);
        log.WriteLine(ledger.Summarize());
        ledger.HasNoUntoldHole();
        ledger.HasOneRecordingEach();
        ledger.HasNoUnmarkedOverlap();
        await cluster.UntilVerifiedAsync();
        await cluster.VerifyAsync();
    }

    // The first node of which it is said, in its own log or in that of the old holder.
    private static async Task<(int Node, string Recorder)> AdopterAsync(ClusterUnderTest cluster, IReadOnlySet<string> recorders, string moment)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            foreach (var recorder in recorders)
            {
                var adopter = cluster.Nodes.Where(node => node.Key != 1).FirstOrDefault(node => node.Value.Said.Contains($"Takes recorder {recorder}, term", StringComparison.Ordinal));
                var isRetired = cluster.Nodes[1].Said.Contains($"Lets recorder {recorder} go", StringComparison.Ordinal);
                if (adopter.Value is not null && (isRetired || moment.StartsWith("before", StringComparison.Ordinal)))
                    return (adopter.Key, recorder);
            }

            waited.Elapsed.ShouldBeLessThan(RecorderProcess.Patience, cluster.Said());
            await Task.Delay(5);
        }
    }

    private static async Task<Dictionary<string, long>> ExtentsAsync(ClusterUnderTest cluster, int node = 1) =>
        (await cluster.QueryAsync("SELECT recorder || ' ' || recording || ' ' || number || ' ' || epoch || ' ' || node, captured_at FROM extents", node))
            .ToDictionary(row => (string)row[0]!, row => Convert.ToInt64(row[1], CultureInfo.InvariantCulture));
}
