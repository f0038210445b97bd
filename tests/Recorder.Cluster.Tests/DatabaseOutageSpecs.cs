using System.Globalization;
using System.Net;
using Recorder.Cluster.Tests.Harness;

namespace Recorder.Cluster.Tests;

/// <summary>A database that goes away while nodes record.</summary>
public class DatabaseOutageSpecs
{
    private const int Recorders = 12;

    private static readonly TimeSpan Timeslice = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task Without_the_database_nodes_record_on_refuse_what_needs_agreement_and_catch_up()
    {
        var outage = TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable("RECORDER_CLUSTER_OUTAGE") ?? "5", CultureInfo.InvariantCulture));
        await using var cluster = await ClusterUnderTest.StartAsync(2);
        await using var reader = new ClusterReader();
        await reader.ConnectAsync(cluster.Nodes[1]);
        await cluster.DefineAsync(Recorders, rate: 10);
        await cluster.StartAllAsync(Recorders);
        await reader.UntilAsync("all record", all => Blobs(all, Recorders, 2));
        var owned = await cluster.TokensAsync();

        await cluster.Database.StopAsync();
        var seen = reader.Events.Count;
        // Every recorder's events go on meanwhile, also those of the other node.
        await reader.UntilAsync("all record on", all => Blobs(all.Skip(seen), Recorders, (int)(outage / Timeslice)), TimeSpan.FromSeconds(Math.Max(30, 3 * outage.TotalSeconds)));
        (await cluster.Nodes[1].Http.GetAsync("/v1/recordings")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        var refused = await cluster.Nodes[1].Http.PostAsync("/v1/recorders/r0:stop", null);
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await cluster.Nodes[1].GetAsync("/v1/recorders/r0")).GetProperty("state").GetString().ShouldBe("recording");

        await cluster.Database.StartAgainAsync();
        await cluster.UntilIndexedAsync(async () => (await cluster.Nodes[1].Http.GetAsync("/health/ready")).IsSuccessStatusCode
            && (await cluster.Nodes[2].Http.PostAsync("/v1/recorders/r0:requestData", null)).IsSuccessStatusCode);
        await StopAllAsync(cluster);
        await reader.UntilAsync("each stopped", all => all.Count(e => e.Event.Kind == "stop") == Recorders);
        Order.Holds(reader.Events);

        // Whatever was announced is in the index, and nothing is missing of what was recorded.
        var announced = reader.Events.Where(e => e.Event.IsData).Sum(e => e.Event.Blob.Length);
        await cluster.UntilIndexedAsync(async () =>
            Convert.ToInt64((await cluster.Database.QueryAsync("SELECT SUM(bytes) FROM extents"))[0][0], CultureInfo.InvariantCulture) == announced);
        (await cluster.Database.QueryAsync("SELECT * FROM gaps")).ShouldBeEmpty();
        (await cluster.TokensAsync()).ShouldBe(owned, "nobody took anything from a node that was only cut off");
        (await cluster.Database.QueryAsync("SELECT * FROM extents WHERE is_late")).ShouldBeEmpty();
        await cluster.VerifyAsync();
    }

    [Fact]
    [Trait("Length", "Long")]
    public async Task A_node_that_is_started_without_the_database_records_what_it_had_and_joins_when_the_database_is_back()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(2);
        await using var reader = new ClusterReader();
        await reader.ConnectAsync(cluster.Nodes[2]);
        await cluster.DefineAsync(Recorders, rate: 10);
        await cluster.StartAllAsync(Recorders);
        await reader.UntilAsync("all record", all => Blobs(all, Recorders, 2));
        var theirs = (await cluster.Database.QueryAsync("SELECT id FROM recorders WHERE owner = 'n1'")).Select(row => (string)row[0]!).ToHashSet();
        theirs.ShouldNotBeEmpty();

        // A power cut takes the node and the database, which comes back later.
        await cluster.Database.StopAsync();
        await cluster.KillAsync(1);
        await cluster.StartNodeAsync(1);
        await using var own = new ClusterReader();
        await own.ConnectAsync(cluster.Nodes[1]);
        await own.UntilAsync("what it had is recorded", all => Blobs(all, theirs.Count, 4));
        own.Events.Select(e => e.Event.Recorder).Distinct().ShouldBe(theirs, ignoreOrder: true);
        (await cluster.Nodes[1].Http.PostAsync($"/v1/recorders/{theirs.First()}:stop", null)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await cluster.Nodes[1].Http.GetAsync("/health/ready")).IsSuccessStatusCode.ShouldBeFalse();
        var announced = own.Events.Where(e => e.Event.IsData).Sum(e => e.Event.Blob.Length);

        await cluster.Database.StartAgainAsync();
        await cluster.UntilOwnedAsync(owned => owned.Values.Sum() == Recorders && owned.Values.Min() >= Recorders / 3);
        var seen = reader.Events.Count;
        await reader.UntilAsync("all go on", all => Blobs(all.Skip(seen), Recorders, 2));
        await StopAllAsync(cluster);
        await reader.UntilAsync("each stopped", all => all.Where(e => e.Event.Kind == "stop").Select(e => e.Event.Recorder).Distinct().Count() == Recorders);
        Order.Holds(reader.Events, mayMiss: true);

        await cluster.UntilIndexedAsync(async () =>
            (long)(await cluster.Database.QueryAsync("SELECT COUNT(*) FROM recordings WHERE ended_at IS NOT NULL"))[0][0]! == Recorders);
        (await cluster.Database.QueryAsync("SELECT recorder FROM recordings GROUP BY recorder HAVING COUNT(*) > 1")).ShouldBeEmpty(
            "one recording each\n" + string.Join('\n', (await cluster.Database.QueryAsync(
                "SELECT e.*, r.ended_at, r.stop_reason FROM extents e JOIN recordings r USING (recorder, recording) WHERE recorder IN (SELECT recorder FROM recordings GROUP BY recorder HAVING COUNT(*) > 1) ORDER BY epoch, number"))
                .Select(row => string.Join(' ', row))) + cluster.Said());
        // What was recorded while nobody could be asked is in the index.
        await cluster.UntilIndexedAsync(async () => Convert.ToInt64(
            (await cluster.Database.QueryAsync("SELECT SUM(bytes) FROM extents WHERE node = 'n1'"))[0][0], CultureInfo.InvariantCulture) >= announced);
        await cluster.VerifyAsync();
    }

    // For a moment a node that is back does not know yet whether what it has is still its own.
    private static async Task StopAllAsync(ClusterUnderTest cluster)
    {
        for (var n = 0; n < Recorders; n++)
            await cluster.UntilIndexedAsync(async () => (await cluster.Nodes[1].Http.PostAsync($"/v1/recorders/r{n}:stop", null)).IsSuccessStatusCode);
    }

    private static bool Blobs(IEnumerable<ReadEvent> events, int recorders, int each) =>
        events.Where(e => e.Event.IsData).GroupBy(e => e.Event.Recorder).Count(blobs => blobs.Count() >= each) == recorders;
}
