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

    // Requests between nodes count for two minutes, so that such nodes stay apart; each records what it has.
    [FakeTimeFact]
    public async Task Nodes_whose_clocks_are_an_hour_apart_record_on_and_are_one_cluster_once_the_clock_is_right()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(1);
        await cluster.DefineAsync(Recorders - 1);
        await cluster.StartAllAsync(Recorders - 1);
        await using var reader = new ClusterReader();
        await reader.ConnectAsync(cluster.Nodes[1]);
        var own = cluster.Nodes[1];
        await using (var ahead = await NodeProcess.StartAsync(
            cluster.DataOf(2), $"--join {own.Http.BaseAddress!.Authority} --node n2 --listen 127.0.0.1:{FreePort.Take()}",
            "env", $"LD_PRELOAD={FakeTimeFactAttribute.Library}", "FAKETIME=+1h", "FAKETIME_DONT_FAKE_MONOTONIC=1"))
        {
            await cluster.UntilIndexedAsync(() => Task.FromResult(ahead.Said.Contains("forms a cluster of one", StringComparison.Ordinal)));
            await ahead.PostAsync("/v1/recorders", new { id = "r2", source = "test:?size=64x48&rate=5&audio=off", timeslice = 500, minimumTimeslice = 100 });
            await ahead.PostAsync("/v1/recorders/r2:start");
            await ahead.GetUntilAsync("/v1/recordings", list => list.GetProperty("recordings") is var all && all.GetArrayLength() == 1 && all[0].GetProperty("blobs").GetInt64() > 2);
            await UntilMoreAsync(cluster, "r0", "r1");
            (await own.GetAsync("/v1/nodes")).GetProperty("nodes").EnumerateArray().ShouldAllBe(node => node.GetProperty("id").GetString() == "n1" || node.GetProperty("state").GetString() != "up");
            (await ahead.EndAsync()).ShouldBe(0, ahead.Said);
        }

        await cluster.StartNodeAsync(2);
        await cluster.UntilJoinedAsync();
        await cluster.UntilAgreedAsync();
        await UntilMoreAsync(cluster, "r0", "r1", "r2");
        var before = await ExtentsAsync(cluster, 1);
        await own.PostAsync("/v1/nodes/n1:drain");
        await cluster.UntilOwnedAsync(owned => owned["n1"] == 0 && owned["n2"] == Recorders);
        await UntilMoreAsync(cluster, "r0", "r1", "r2");
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

        await cluster.VerifyAsync();
    }

    private static async Task UntilMoreAsync(ClusterUnderTest cluster, params string[] recorders)
    {
        var before = await BytesAsync(cluster);
        await cluster.UntilIndexedAsync(async () => await BytesAsync(cluster) is var now && recorders.All(recorder => now.GetValueOrDefault(recorder) > before.GetValueOrDefault(recorder)));
    }

    private static async Task<Dictionary<string, long>> BytesAsync(ClusterUnderTest cluster) =>
        (await cluster.QueryAsync("SELECT recorder, SUM(bytes) FROM extents GROUP BY recorder", 1)).ToDictionary(row => (string)row[0]!, row => (long)row[1]!);

    private static async Task<Dictionary<string, long>> ExtentsAsync(ClusterUnderTest cluster, int node) =>
        (await cluster.QueryAsync("SELECT recorder || ' ' || recording || ' ' || number || ' ' || epoch || ' ' || node, captured_at FROM extents", node))
            .ToDictionary(row => (string)row[0]!, row => (long)row[1]!);
}
