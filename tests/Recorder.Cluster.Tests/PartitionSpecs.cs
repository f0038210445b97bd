using System.Globalization;
using System.Net;
using Recorder.Cluster.Tests.Harness;

namespace Recorder.Cluster.Tests;

/// <summary>Nodes on hosts of their own, between which the network breaks.</summary>
public sealed class PartitionSpecs : IDisposable
{
    private const int Recorders = 9;

    private static readonly TimeSpan Outage =
        TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable("RECORDER_CLUSTER_OUTAGE") ?? "5", CultureInfo.InvariantCulture));

    private readonly NetworkLab _network = new("db", "n1", "n2", "n3");

    public void Dispose() => _network.Dispose();

    [NetworkFact]
    public async Task A_node_cut_off_from_the_database_records_on_and_what_it_recorded_joins_the_recordings_as_late()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(3, _network);
        var readers = await RecordAsync(cluster);
        var theirs = await OwnedByAsync(cluster, "n1");
        theirs.Count.ShouldBeGreaterThanOrEqualTo(2);

        _network.Cut("n1", "db");
        await cluster.UntilIndexedAsync(async () => (await cluster.Database.QueryAsync(
            "SELECT COUNT(*) FROM recorders WHERE owner = 'n1' AND owner_epoch = (SELECT epoch FROM nodes WHERE id = 'n1')"))[0][0] is 0L);
        await Task.Delay(Outage);
        _network.Heal("n1", "db");

        await cluster.UntilIndexedAsync(async () => (await cluster.Database.QueryAsync("SELECT DISTINCT recorder FROM extents WHERE is_late AND node = 'n1'"))
            .Select(row => (string)row[0]!).ToHashSet().IsSupersetOf(theirs));
        await StopAsync(cluster, readers, mayMiss: true);
        // Two nodes recorded the same minutes: all of it is there, and marked.
        (await cluster.Database.QueryAsync("SELECT COUNT(*) FROM extents WHERE is_late"))[0][0].ShouldBeOfType<long>().ShouldBeGreaterThanOrEqualTo(theirs.Count);
        (await cluster.Database.QueryAsync("SELECT recorder FROM recordings GROUP BY recorder HAVING COUNT(*) > 1")).ShouldBeEmpty("one recording each");
        await cluster.VerifyAsync();
    }

    [NetworkFact]
    [Trait("Length", "Long")]
    public async Task Nodes_cut_off_from_each_other_keep_what_they_have_and_readers_hear_of_all_later()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(3, _network);
        var readers = await RecordAsync(cluster);
        await cluster.UntilOwnedAsync(each => each.Values.All(count => count == Recorders / 3));
        await SettledAsync(cluster, readers);
        var remote = (await OwnedByAsync(cluster, "n2")).First();
        var owned = await cluster.TokensAsync();

        _network.Cut("n1", "n2");
        var refused = await cluster.Nodes[1].Http.PostAsync($"/v1/recorders/{remote}:requestData", null);
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter.ShouldNotBeNull();
        (await cluster.Nodes[3].Http.PostAsync($"/v1/recorders/{remote}:requestData", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Task.Delay(Outage);
        _network.Heal("n1", "n2");

        await StopAsync(cluster, readers, mayMiss: false);
        (await cluster.TokensAsync()).ShouldBe(owned, "nobody took anything");
        (await cluster.Database.QueryAsync("SELECT * FROM extents WHERE is_late")).ShouldBeEmpty();
        (await cluster.Database.QueryAsync("SELECT recorder, detail FROM gaps")).ShouldBeEmpty();
        await cluster.VerifyAsync();
    }

    private static async Task<List<ClusterReader>> RecordAsync(ClusterUnderTest cluster)
    {
        var readers = new List<ClusterReader>();
        foreach (var node in cluster.Nodes.Values)
        {
            var reader = new ClusterReader();
            await reader.ConnectAsync(node);
            readers.Add(reader);
        }

        await cluster.DefineAsync(Recorders, rate: 5);
        await cluster.StartAllAsync(Recorders);
        await readers[0].UntilAsync("all record", all => all.Where(e => e.Event.IsData).Select(e => e.Event.Recorder).Distinct().Count() == Recorders);
        return readers;
    }

    // Whoever listens, wherever, has heard the same.
    private static async Task StopAsync(ClusterUnderTest cluster, List<ClusterReader> readers, bool mayMiss)
    {
        for (var n = 0; n < Recorders; n++)
            await cluster.UntilIndexedAsync(async () => (await cluster.Nodes[1 + (n % 3)].Http.PostAsync($"/v1/recorders/r{n}:stop", null)).IsSuccessStatusCode);

        foreach (var reader in readers)
        {
            await reader.UntilAsync("each stopped", all => all.Where(e => e.Event.Kind == "stop").Select(e => e.Event.Recorder).Distinct().Count() == Recorders);
            Order.Holds(reader.Events, mayMiss);
            await reader.DisposeAsync();
        }

        await cluster.UntilIndexedAsync(async () =>
            (long)(await cluster.Database.QueryAsync("SELECT COUNT(*) FROM recordings WHERE ended_at IS NOT NULL"))[0][0]! == Recorders);
        (await cluster.Database.QueryAsync("SELECT COUNT(*) FROM recorders r JOIN nodes n ON n.id = r.owner AND n.epoch = r.owner_epoch"))[0][0].ShouldBe((long)Recorders);
    }

    // Every reader has heard every recorder from where it is now: nothing is moving.
    private static async Task SettledAsync(ClusterUnderTest cluster, List<ClusterReader> readers)
    {
        var tokens = (await cluster.Database.QueryAsync("SELECT id, token FROM recorders")).Select(row => $"{row[0]} {row[1]}").ToHashSet();
        foreach (var reader in readers)
        {
            await reader.UntilAsync("each recorder was heard from where it is", all => all.Where(e => e.Event.IsData)
                .Select(e => $"{e.Event.Recorder} {e.Event.Json.GetProperty("blob").GetProperty("epoch")}").ToHashSet().IsSupersetOf(tokens));
        }
    }

    private static async Task<HashSet<string>> OwnedByAsync(ClusterUnderTest cluster, string node) =>
        [.. (await cluster.Database.QueryAsync($"SELECT id FROM recorders WHERE owner = '{node}'")).Select(row => (string)row[0]!)];
}
