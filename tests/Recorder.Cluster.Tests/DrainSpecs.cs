using System.Globalization;
using Recorder.Cluster.Events;
using Recorder.Cluster.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests;

/// <summary>A node that is drained while it records.</summary>
public class DrainSpecs(ITestOutputHelper log)
{
    private const int Recorders = 20;

    // The test pattern has a key frame a second.
    private static readonly TimeSpan GroupOfPictures = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_drained_node_hands_twenty_recorders_over_without_losing_a_picture()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(1);
        await using var reader = new ClusterReader();
        await cluster.DefineAsync(Recorders, rate: 10);
        await cluster.StartAllAsync(Recorders);
        await cluster.Any.PostAsync("/v1/nodes/n1:drain");
        await cluster.StartNodeAsync(2);
        await reader.ConnectAsync(cluster.Nodes[2]);

        await cluster.UntilOwnedAsync(owned => owned["n1"] == 0 && owned["n2"] == Recorders);
        await reader.UntilAsync("all record on", all => all.Where(e => e.Event.IsData && e.Event.Json.GetProperty("blob").GetProperty("epoch").GetInt32() > 1)
            .GroupBy(e => e.Event.Recorder).Count(blobs => blobs.Count() >= 4) == Recorders);
        (await cluster.MetricAsync(2, "recorder_cluster_hand_overs_total")).ShouldBe(Recorders);
        (await cluster.MetricAsync(2, "recorder_cluster_take_overs_total")).ShouldBe(0);
        (await cluster.MetricAsync(2, "recorder_cluster_followed")).ShouldBe(1);
        await cluster.StopAllAsync(Recorders);
        await cluster.UntilIndexedAsync(() => cluster.CountsAsync(Recorders, "SELECT COUNT(*) FROM recordings WHERE ended_at IS NOT NULL"));

        (await cluster.QueryAsync("SELECT recorder, detail FROM gaps")).ShouldBeEmpty();
        var seams = await cluster.QueryAsync(
            """
            SELECT a.recorder, (a.media_time + a.duration - b.media_time) / 10000.0 FROM extents a
            JOIN extents b ON a.recorder = b.recorder AND a.recording = b.recording AND b.epoch = a.epoch + 1
            WHERE a.number = (SELECT MAX(number) FROM extents x WHERE x.recorder = a.recorder AND x.epoch = a.epoch)
                AND b.number = (SELECT MIN(number) FROM extents x WHERE x.recorder = b.recorder AND x.epoch = b.epoch)
            """);
        seams.Count.ShouldBe(Recorders);
        foreach (var seam in seams)
        {
            var overlap = Convert.ToDouble(seam[1], CultureInfo.InvariantCulture);
            overlap.ShouldBeInRange(0, GroupOfPictures.TotalMilliseconds + 150, $"{seam[0]}: milliseconds that both nodes have");
        }

        Order.Holds(reader.Events, mayBegin: true);
        reader.Events.Where(e => e.Event.Kind == "latemedia").ShouldBeEmpty("whoever hands over says which its last event was");
        await cluster.VerifyAsync();
        (await cluster.Nodes[1].EndAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task The_first_event_of_a_recorder_that_moved_without_events_is_told_at_once_on_both_nodes()
    {
        const int few = 4;
        await using var cluster = await ClusterUnderTest.StartAsync(2);
        await cluster.DefineAsync(few);
        foreach (var (from, to) in ((int, int)[])[(1, 2), (2, 1), (1, 2)])
        {
            await cluster.Any.PostAsync($"/v1/nodes/n{from}:drain");
            await cluster.UntilOwnedAsync(owned => owned[$"n{from}"] == 0 && owned[$"n{to}"] == few);
            await cluster.Any.PostAsync($"/v1/nodes/n{from}:resume");
        }

        await using var here = new ClusterReader();
        await using var there = new ClusterReader();
        await here.ConnectAsync(cluster.Nodes[1]);
        await there.ConnectAsync(cluster.Nodes[2]);
        await cluster.StartAllAsync(few);
        foreach (var reader in (ClusterReader[])[here, there])
        {
            await reader.UntilAsync("all start", all => all.Count(e => e.Event.Kind == "start") == few);
            var longest = reader.Events.Where(e => e.Event.Kind == "start")
                .Max(e => e.CameAt - DateTimeOffset.Parse(e.Event.Json.GetProperty("at").GetString()!, CultureInfo.InvariantCulture));
            log.WriteLine($"told after {longest.TotalMilliseconds:0} ms at most");
            longest.ShouldBeLessThan(LiveOrder.LongPatience / 2, "nothing is missing that could be waited for");
        }
    }

    [Fact]
    public async Task A_node_that_ends_in_order_is_readable_until_the_others_have_all_that_it_recorded()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(2);
        await cluster.DefineAsync(Recorders, rate: 10);
        await cluster.StartAllAsync(Recorders);
        await cluster.UntilIndexedAsync(() => cluster.CountsAsync(Recorders, "SELECT COUNT(DISTINCT recorder) FROM extents"));
        (await cluster.OwnedByAsync("n1")).ShouldNotBeEmpty();

        var watch = System.Diagnostics.Stopwatch.StartNew();
        await cluster.EndAsync(1);
        log.WriteLine($"ended after {watch.Elapsed.TotalSeconds:0.0} s");

        // Nothing is waited for: it was complete before the process ended.
        var followed = (await cluster.QueryAsync("SELECT last FROM positions WHERE node = 'n1'", 2))[0][0];
        followed.ShouldBe((await cluster.QueryAsync("SELECT MAX(id) FROM journal", 1, "catalogue.db"))[0][0]);
        const string Extents = "SELECT recorder, number, bytes FROM extents";
        (await cluster.QueryAsync(Extents + " WHERE node = 'n1' ORDER BY 1, 2", 2)).Select(row => string.Join(' ', row)).ShouldBe(
            (await cluster.QueryAsync(Extents + " ORDER BY 1, 2", 1, "catalogue.db")).Select(row => string.Join(' ', row)));
        await cluster.StopAndIndexAsync(Recorders);
        (await cluster.QueryAsync("SELECT recorder, detail FROM gaps")).ShouldBeEmpty();
    }
}
