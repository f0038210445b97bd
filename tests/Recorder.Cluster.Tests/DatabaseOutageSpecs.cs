using System.Globalization;
using System.Net;
using Recorder.Cluster.Tests.Harness;
using Recorder.Integration.Tests.Harness;

namespace Recorder.Cluster.Tests;

/// <summary>A database that goes away while nodes record.</summary>
public class DatabaseOutageSpecs
{
    private const int Recorders = 12;

    [Fact]
    public async Task Without_the_database_nodes_record_on_refuse_what_needs_agreement_and_catch_up()
    {
        var outage = TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable("RECORDER_CLUSTER_OUTAGE") ?? "10", CultureInfo.InvariantCulture));
        await using var cluster = await ClusterUnderTest.StartAsync(2);
        await using var reader = new ClusterReader();
        await reader.ConnectAsync(cluster.Nodes[1]);
        await cluster.DefineAsync(Recorders, rate: 10);
        await cluster.StartAllAsync(Recorders);
        await reader.UntilAsync("all record", all => Blobs(all, Recorders, 2));

        await cluster.Database.StopAsync();
        var seen = reader.Events.Count;
        // Every recorder's events go on meanwhile, also those of the other node.
        await reader.UntilAsync("all record on", all => Blobs(all.Skip(seen), Recorders, (int)outage.TotalSeconds), outage * 3);
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
        (await cluster.Database.QueryAsync("SELECT * FROM extents WHERE is_late OR epoch > 1")).ShouldBeEmpty("nobody took anything from a node that was only cut off");
        await cluster.VerifyAsync();
    }

    // For a moment a node that is back does not know yet whether what it has is still its own.
    private static async Task StopAllAsync(ClusterUnderTest cluster)
    {
        for (var n = 0; n < Recorders; n++)
        {
            await cluster.UntilIndexedAsync(async () => (await cluster.Nodes[1].Http.PostAsync($"/v1/recorders/r{n}:stop", null)).IsSuccessStatusCode);
        }
    }

    private static bool Blobs(IEnumerable<ReadEvent> events, int recorders, int each) =>
        events.Where(e => e.Event.IsData).GroupBy(e => e.Event.Recorder).Count(blobs => blobs.Count() >= each) == recorders;
}
