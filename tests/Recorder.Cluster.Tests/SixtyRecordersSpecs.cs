using Recorder.Cluster.Tests.Harness;

namespace Recorder.Cluster.Tests;

/// <summary>Three nodes that share sixty recorders, and readers at each.</summary>
public class SixtyRecordersSpecs
{
    private const int Recorders = 60;

    [Fact]
    [Trait("Length", "Long")]
    public async Task Three_nodes_share_sixty_recorders_and_readers_at_each_hear_of_all_in_order_and_once()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(3);
        var readers = new List<ClusterReader>();
        foreach (var node in cluster.Nodes.Values)
        {
            var reader = new ClusterReader();
            await reader.ConnectAsync(node);
            readers.Add(reader);
        }

        await cluster.DefineAsync(Recorders, rate: 2);
        await cluster.StartAllAsync(Recorders);
        var owned = await cluster.OwnedAsync();
        owned.Values.Sum().ShouldBe(Recorders);
        owned.Values.ShouldAllBe(count => count >= 18 && count <= 22, string.Join(", ", owned));

        await Task.WhenAll(readers.Select(reader => reader.UntilAsync(
            "each recorder has five blobs",
            all => all.Where(e => e.Event.IsData).GroupBy(e => e.Event.Recorder).Count(blobs => blobs.Count() >= 5) == Recorders)));
        await cluster.StopAllAsync(Recorders);
        await Task.WhenAll(readers.Select(reader => reader.UntilAsync("each stopped", all => all.Count(e => e.Event.Kind == "stop") == Recorders)));

        foreach (var reader in readers)
        {
            await reader.DisconnectAsync();
            Order.Holds(reader.Events);
        }

        var lines = readers.Select(reader => reader.Events.Select(e => e.Event.Line).Order(StringComparer.Ordinal).ToList()).ToList();
        lines[1].ShouldBe(lines[0]);
        lines[2].ShouldBe(lines[0]);
        await cluster.UntilIndexedAsync(() => cluster.CountsAsync(Recorders, "SELECT COUNT(*) FROM recordings WHERE ended_at IS NOT NULL"));
        await cluster.VerifyAsync();
        readers.ForEach(reader => reader.DisposeAsync().AsTask().Wait());
    }
}
