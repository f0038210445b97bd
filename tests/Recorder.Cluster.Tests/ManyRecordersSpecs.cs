using System.Diagnostics;
using System.Globalization;
using Recorder.Cluster.Tests.Harness;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests;

/// <summary>What many recorders cost a cluster of three nodes, each on a host of its own, and how long commands and events take.</summary>
[Collection(NodeProcess.OneAtATime)]
public class ManyRecordersSpecs(ITestOutputHelper log)
{
    private static readonly TimeSpan Idle = Length.Seconds("RECORDER_CLUSTER_IDLE", 10);

    [NetworkFact]
    [Trait("Length", "Long")]
    public async Task Many_recorders_share_three_nodes_and_commands_and_events_are_quick()
    {
        var many = Length.Of("RECORDER_CLUSTER_MANY", 200);
        using var network = new NetworkLab("n1", "n2", "n3");
        await using var cluster = await ClusterUnderTest.StartAsync(3, network);
        await MeasureIdleAsync(cluster, network, 0);
        foreach (var count in new[] { many / 10, many })
        {
            await cluster.DefineManyAsync(count);
            await MeasureIdleAsync(cluster, network, count);
        }

        var watch = Stopwatch.StartNew();
        await cluster.StartAllAsync(many);
        log.WriteLine($"{many} started in {watch.Elapsed.TotalSeconds:0} s");
        var readers = cluster.Nodes.Keys.ToDictionary(node => $"n{node}", _ => new ClusterReader());
        foreach (var (node, reader) in readers)
            await reader.ConnectAsync(cluster.Nodes[int.Parse(node[1..], CultureInfo.InvariantCulture)]);

        var before = await Task.WhenAll(cluster.Nodes.Select(node => ReadAsync(node.Key, node.Value, network)));
        var began = Stopwatch.StartNew();
        var commands = new List<TimeSpan>();
        for (var n = 0; n < 150; n++)
        {
            var command = Stopwatch.GetTimestamp();
            using var answer = await cluster.Nodes[1 + (n % 3)].Http.PostAsync($"/v1/recorders/r{n * 7 % many}:{(n % 2 == 0 ? "pause" : "resume")}", null);
            if (answer.IsSuccessStatusCode)
                commands.Add(Stopwatch.GetElapsedTime(command));
        }

        await Task.Delay(Idle);
        var after = await Task.WhenAll(cluster.Nodes.Select(node => ReadAsync(node.Key, node.Value, network)));
        log.WriteLine($"commands to any node: {Describe(commands)}");
        log.WriteLine($"{before.Zip(after, (a, b) => b.Cpu - a.Cpu).Average() / began.Elapsed.TotalSeconds * 100:0} % of a processor a node meanwhile");
        var holders = new Dictionary<string, string>();
        await foreach (var recorder in ClusterUnderTest.ListAsync(cluster.Nodes[1]))
            holders[recorder.GetProperty("id").GetString()!] = recorder.GetProperty("node").GetString()!;

        foreach (var kinds in (string[][])[["pause", "resume"], ["dataavailable"]])
        {
            var events = readers.SelectMany(reader => reader.Value.Events.Where(e => kinds.Contains(e.Event.Kind)).Select(e => (
                IsRemote: holders[e.Event.Recorder] != reader.Key,
                Took: e.CameAt - DateTimeOffset.Parse(e.Event.Json.GetProperty("at").GetString()!, CultureInfo.InvariantCulture)))).ToLookup(e => e.IsRemote, e => e.Took);
            log.WriteLine($"{string.Join(" and ", kinds)} at the recorder's own node: {Describe([.. events[false]])}");
            log.WriteLine($"{string.Join(" and ", kinds)} at another node: {Describe([.. events[true]])}");
        }

        foreach (var reader in readers.Values)
            await reader.DisposeAsync();

        var owned = (await cluster.OwnedAsync()).Values.ToList();
        log.WriteLine($"recorders a node: {string.Join(", ", owned)}");
        owned.ShouldAllBe(count => Math.Abs(count - (many / 3.0)) <= Math.Max(2, many / 30.0));
    }

    private async Task MeasureIdleAsync(ClusterUnderTest cluster, NetworkLab network, int count)
    {
        await cluster.UntilAgreedAsync();
        await Task.Delay(TimeSpan.FromSeconds(5)); // What was defined is told to all.
        var before = await Task.WhenAll(cluster.Nodes.Select(node => ReadAsync(node.Key, node.Value, network)));
        await Task.Delay(Idle);
        var after = await Task.WhenAll(cluster.Nodes.Select(node => ReadAsync(node.Key, node.Value, network)));
        log.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{count} idle recorders: {before.Zip(after, (a, b) => b.Cpu - a.Cpu).Average() / Idle.TotalSeconds * 100:0.0} % of a processor and {before.Zip(after, (a, b) => b.Sent - a.Sent).Average() / Idle.TotalSeconds / 1000:0.0} kB/s sent, a node"));
    }

    private static async Task<(double Cpu, double Sent)> ReadAsync(int number, NodeProcess node, NetworkLab network)
    {
        var stat = (await File.ReadAllTextAsync($"/proc/{node.Id}/stat")).Split(") ")[1].Split(' ');
        var device = (await Command.RunAsync(network.Through($"n{number}")[0], [.. network.Through($"n{number}")[1..], "cat", "/proc/net/dev"])).Output
            .Split('\n').Single(line => line.Contains("eth:", StringComparison.Ordinal)).Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return ((double.Parse(stat[11], CultureInfo.InvariantCulture) + double.Parse(stat[12], CultureInfo.InvariantCulture)) / 100, double.Parse(device[8], CultureInfo.InvariantCulture));
    }

    private static string Describe(List<TimeSpan> took) => took.Count == 0 ? "none" : string.Create(
        CultureInfo.InvariantCulture,
        $"{took.Order().ElementAt(took.Count / 2).TotalMilliseconds:0.0} ms (median), {took.Order().ElementAt((int)(took.Count * 0.95)).TotalMilliseconds:0.0} ms (95 %) of {took.Count}");
}
