using System.Globalization;
using Recorder.Cluster.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests;

/// <summary>Nodes whose links to each other are slow, and break now and then.</summary>
[Collection(NetworkLab.OneAtATime)]
public class SlowLinksSpecs(ITestOutputHelper log)
{
    private const int Recorders = 9;

    private static readonly TimeSpan Outage =
        TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable("RECORDER_CLUSTER_OUTAGE") ?? "5", CultureInfo.InvariantCulture));

    [Fact]
    [Trait("Length", "Long")]
    public async Task Slow_links_that_break_cost_no_picture_and_no_event()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(3, slow: true);
        await RecordThroughAsync(
            cluster, () => cluster.Links.ForEach(link => link.IsDisturbed = true), () => cluster.Links.ForEach(link => link.IsDisturbed = false));
        log.WriteLine($"{cluster.Links.Sum(link => link.Broken)} connections broke");
        cluster.Links.Sum(link => link.Broken).ShouldBeGreaterThan(0);
    }

    [NetworkFact]
    public async Task A_network_that_loses_delays_doubles_and_reorders_packets_costs_no_picture_and_no_event()
    {
        using var network = new LossySwitch(seed: 5);
        using var lab = new NetworkLab(network, "n1", "n2", "n3");
        await using var cluster = await ClusterUnderTest.StartAsync(3, lab);
        await RecordThroughAsync(
            cluster, () => (network.Loss, network.Doubled, network.Milliseconds) = (30, 10, (5, 40)), () => (network.Loss, network.Doubled, network.Milliseconds) = (0, 0, (0, 0)));
        log.WriteLine($"{network.Lost} packets were lost");
        network.Lost.ShouldBeGreaterThan(5 * (int)Outage.TotalSeconds);
    }

    private static async Task RecordThroughAsync(ClusterUnderTest cluster, Action disturb, Action calm)
    {
        var readers = new List<ClusterReader>();
        foreach (var node in cluster.Nodes.Values)
        {
            var reader = new ClusterReader();
            await reader.ConnectAsync(node);
            readers.Add(reader);
        }

        var beginning = await ClusterReader.FindPositionAsync(cluster.Any);
        await cluster.DefineAsync(Recorders, rate: 5);
        await cluster.StartAllAsync(Recorders);
        disturb();
        await Task.Delay(Outage);
        calm();

        for (var n = 0; n < Recorders; n++)
            await cluster.UntilIndexedAsync(async () => (await cluster.Nodes[1 + (n % 3)].Http.PostAsync($"/v1/recorders/r{n}:stop", null)).IsSuccessStatusCode);

        foreach (var reader in readers)
        {
            await reader.UntilAsync("each stopped", all => all.Where(e => e.Event.Kind == "stop").Select(e => e.Event.Recorder).Distinct().Count() == Recorders);
            Order.Holds(reader.Events, mayMiss: true);
            await reader.DisposeAsync();
        }

        (await cluster.QueryAsync("SELECT recorder, detail FROM gaps WHERE cause <> 8")).ShouldBeEmpty();
        await ClusterReader.UntilSameHistoryAsync(cluster, beginning);
        await cluster.VerifyAsync();
    }
}
