using Recorder.Cluster.Tests.Harness;
using Recorder.Integration.Tests.Harness;

namespace Recorder.Cluster.Tests;

/// <summary>A spec that needs a process whose clock is wrong: Debian's package <c>libfaketime</c>.</summary>
public sealed class FakeTimeFactAttribute : FactAttribute
{
    /// <summary>The library that a process is started with.</summary>
    public static string? Library { get; } = Directory.Exists("/usr/lib")
        ? Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu*").Select(folder => Path.Combine(folder, "faketime", "libfaketime.so.1")).FirstOrDefault(File.Exists)
        : null;

    public FakeTimeFactAttribute() => Skip = Library is null ? "needs libfaketime" : null;
}

/// <summary>Nodes whose clocks do not agree.</summary>
public class ClockSpecs
{
    private const int Recorders = 3;

    [FakeTimeFact]
    [Trait("Length", "Long")]
    public async Task Nodes_whose_clocks_are_an_hour_apart_are_one_cluster_and_hand_over_to_each_other()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(2, through: number => number == 1 ? [] :
            ["env", $"LD_PRELOAD={FakeTimeFactAttribute.Library}", "FAKETIME=+1h", "FAKETIME_DONT_FAKE_MONOTONIC=1"]);
        await using var reader = new ClusterReader();
        await reader.ConnectAsync(cluster.Nodes[1]);
        await cluster.DefineAsync(Recorders);
        await cluster.StartAllAsync(Recorders);
        await UntilMoreAsync(cluster, "r0", "r1", "r2");
        foreach (var (from, to) in new[] { ("n1", "n2"), ("n2", "n1") })
        {
            await cluster.Nodes[1].PostAsync($"/v1/nodes/{from}:drain");
            await cluster.UntilOwnedAsync(owned => owned[from] == 0 && owned[to] == Recorders);
            await UntilMoreAsync(cluster, "r0", "r1", "r2");
            await cluster.Nodes[1].PostAsync($"/v1/nodes/{from}:resume");
        }

        await cluster.StopAndIndexAsync(Recorders);
        await reader.UntilAsync("each stopped", all => all.Where(e => e.Event.Kind == "stop").Select(e => e.Event.Recorder).Distinct().Count() == Recorders);
        Order.Holds(reader.Events);
        var ledger = await Ledger.ReadAsync(cluster);
        ledger.HasOneRecordingEach();
        await cluster.VerifyAsync();
    }

    private static async Task UntilMoreAsync(ClusterUnderTest cluster, params string[] recorders)
    {
        var before = await BytesAsync(cluster);
        await cluster.UntilIndexedAsync(async () => await BytesAsync(cluster) is var now && recorders.All(recorder => now.GetValueOrDefault(recorder) > before.GetValueOrDefault(recorder)));
    }

    private static async Task<Dictionary<string, long>> BytesAsync(ClusterUnderTest cluster) =>
        (await cluster.QueryAsync("SELECT recorder, SUM(bytes) FROM extents GROUP BY recorder", 1)).ToDictionary(row => (string)row[0]!, row => (long)row[1]!);
}
