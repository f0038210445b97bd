using System.Diagnostics;
using Recorder.Cluster.Tests.Harness;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests;

/// <summary>Nodes that are not what they were: cloned, emptied, or restored from an old copy.</summary>
public class IdentitySpecs(ITestOutputHelper log)
{
    private const int Recorders = 6;

    [Fact]
    [Trait("Length", "Long")]
    public async Task A_cloned_node_stays_outside_says_so_and_records_nothing_twice()
    {
        await using var cluster = await StartAsync();
        await cluster.EndAsync(2);
        using var copies = new TestFolder();
        await CopyAsync(cluster.DataOf(2), copies.File("clone"));
        await cluster.StartNodeAsync(2);
        await cluster.UntilJoinedAsync();
        await cluster.UntilAgreedAsync();
        var port = FreePort.Take();
        await using var clone = await NodeProcess.StartAsync(
            copies.File("clone"), $"--join {cluster.Nodes[1].Http.BaseAddress!.Authority} --node n2 --listen 127.0.0.1:{port}");

        await cluster.UntilIndexedAsync(() => Task.FromResult(clone.Said.Contains("is called n2 as well", StringComparison.Ordinal)));
        // Longer than a node waits for its control plane before it goes on alone.
        await Task.Delay(TimeSpan.FromSeconds(14));
        (await cluster.OwnersAsync(1)).Values.ShouldAllBe(owner => owner == "n1" || owner == "n2");
        var nodes = (await cluster.Nodes[1].GetAsync("/v1/nodes")).GetProperty("nodes").EnumerateArray().ToList();
        nodes.Count.ShouldBe(2);
        nodes.Single(node => node.GetProperty("id").GetString() == "n2").GetProperty("url").GetString()!.ShouldContain(
            $":{cluster.Nodes[2].Http.BaseAddress!.Port}");
        (await clone.EndAsync()).ShouldBe(0, clone.Said);

        await cluster.StopAndIndexAsync(Recorders);
        var ledger = await Ledger.ReadAsync(cluster);
        log.WriteLine(ledger.Summarize());
        ledger.HasNoUntoldHole();
        ledger.HasNoUnmarkedOverlap();
        await cluster.VerifyAsync();
        Directory.GetFiles(copies.File("clone"), "*.mp4", SearchOption.AllDirectories)
            .Where(file => File.GetLastWriteTimeUtc(file) > Process.GetCurrentProcess().StartTime.ToUniversalTime() && !File.Exists(file.Replace(copies.File("clone"), cluster.DataOf(2), StringComparison.Ordinal)))
            .ShouldBeEmpty("it recorded nothing");
    }

    [Theory]
    [Trait("Length", "Long")]
    [InlineData("empty")]
    [InlineData("old")]
    public async Task A_node_that_comes_back_with_another_folder_uses_no_number_twice_and_overwrites_nothing(string folder)
    {
        await using var cluster = await StartAsync();
        await using var reader = new ClusterReader();
        await reader.ConnectAsync(cluster.Nodes[1]);
        using var copies = new TestFolder();
        if (folder == "old")
        {
            await cluster.EndAsync(2);
            await CopyAsync(cluster.DataOf(2), copies.File("n2"));
            await cluster.StartNodeAsync(2);
            await cluster.UntilJoinedAsync();
            await UntilRecordsAsync(cluster, "n2");
        }

        await cluster.UntilIndexedAsync(async () => (await cluster.QueryAsync("SELECT COUNT(DISTINCT recorder) FROM extents WHERE node = 'n2' AND duration > 15000000", 1))[0][0] is > 0L);
        await cluster.KillAsync(2);
        await cluster.UntilIndexedAsync(async () => (await cluster.OwnersAsync(1)).Values.All(owner => owner == "n1"));
        var before = await ExtentsAsync(cluster);
        Directory.Move(cluster.DataOf(2), copies.File("lost"));
        if (folder == "old")
            Directory.Move(copies.File("n2"), cluster.DataOf(2));

        await cluster.StartNodeAsync(2);
        await cluster.UntilJoinedAsync();
        await UntilRecordsAsync(cluster, "n2");
        await Task.Delay(TimeSpan.FromSeconds(2)); // Some of it.
        await cluster.StopAndIndexAsync(Recorders);

        await reader.UntilAsync("each stopped", all => all.Where(e => e.Event.Kind == "stop").Select(e => e.Event.Recorder).Distinct().Count() == Recorders);
        // What nobody has any more a reader is told to have missed, without a number.
        reader.Events.Where(e => e.Event.Json.TryGetProperty("sequence", out _)).GroupBy(e => (e.Event.Recorder, e.Event.Sequence)).Where(e => e.Select(it => it.Event.Line).Distinct().Count() > 1)
            .ShouldBeEmpty("no number stands for two events");
        foreach (var node in cluster.Nodes.Keys)
        {
            var after = (await ExtentsAsync(cluster, node)).ToDictionary(it => it.Key, it => it.CapturedAt);
            foreach (var (key, capturedAt) in before)
            {
                if (after.TryGetValue(key, out var now))
                    now.ShouldBe(capturedAt, $"{key} on n{node}: what was stored is what it was");
            }
        }

        var ledger = await Ledger.ReadAsync(cluster, 1);
        log.WriteLine($"{folder}: {ledger.Summarize()}");
        ledger.HasOneRecordingEach();
        ledger.HasNoUnmarkedOverlap();
        await cluster.VerifyAsync();
    }

    [Fact]
    public async Task A_node_that_was_removed_and_returns_after_all_brings_its_recordings_back_and_uses_no_number_twice()
    {
        await using var cluster = await StartAsync();
        await using var reader = new ClusterReader();
        await reader.ConnectAsync(cluster.Nodes[1]);
        await cluster.UntilIndexedAsync(async () => (await cluster.QueryAsync("SELECT COUNT(*) FROM extents WHERE node = 'n2' AND duration > 15000000", 1))[0][0] is > 0L);
        await cluster.KillAsync(2);
        await cluster.UntilIndexedAsync(async () => (await cluster.OwnersAsync(1)).Values.All(owner => owner == "n1"));
        var before = (await ExtentsAsync(cluster)).Where(extent => extent.Key.EndsWith(" n2", StringComparison.Ordinal)).ToList();
        before.ShouldNotBeEmpty();
        await cluster.Nodes[1].GetUntilAsync("/v1/nodes", list => list.GetProperty("nodes").EnumerateArray().Any(node => node.GetProperty("state").GetString() == "dead"));
        using (var removed = await cluster.Nodes[1].Http.DeleteAsync("/v1/nodes/n2"))
            removed.IsSuccessStatusCode.ShouldBeTrue(await removed.Content.ReadAsStringAsync());

        await cluster.Nodes[1].GetUntilAsync("/v1/nodes", list => list.GetProperty("nodes").GetArrayLength() == 1);
        (await cluster.QueryAsync("SELECT COUNT(*) FROM extents WHERE node = 'n2'", 1))[0][0].ShouldBe(0L);

        await cluster.StartNodeAsync(2);
        await cluster.UntilJoinedAsync();
        await cluster.UntilIndexedAsync(async () => before.All((await ExtentsAsync(cluster)).Contains), () => Task.FromResult(string.Join('\n', before)));
        await UntilRecordsAsync(cluster, "n2");
        await cluster.StopAndIndexAsync(Recorders);

        await reader.UntilAsync("each stopped", all => all.Where(e => e.Event.Kind == "stop").Select(e => e.Event.Recorder).Distinct().Count() == Recorders);
        reader.Events.Where(e => e.Event.Json.TryGetProperty("sequence", out _)).GroupBy(e => (e.Event.Recorder, e.Event.Sequence))
            .Where(e => e.Select(it => it.Event.Line).Distinct().Count() > 1).ShouldBeEmpty("no number stands for two events");
        var ledger = await Ledger.ReadAsync(cluster, 1);
        log.WriteLine(ledger.Summarize());
        ledger.HasOneRecordingEach();
        ledger.HasNoUnmarkedOverlap();
        await cluster.UntilVerifiedAsync();
    }

    private static async Task<ClusterUnderTest> StartAsync()
    {
        var cluster = await ClusterUnderTest.StartAsync(2);
        await cluster.DefineAsync(Recorders, rate: 5);
        await cluster.StartAllAsync(Recorders);
        await cluster.UntilIndexedAsync(() => cluster.CountsAsync(Recorders, "SELECT COUNT(DISTINCT recorder) FROM extents"));
        return cluster;
    }

    // Shards move to a node that came back only after a while; a drained node's move at once.
    private static async Task UntilRecordsAsync(ClusterUnderTest cluster, string node)
    {
        var other = node == "n1" ? "n2" : "n1";
        await cluster.Any.PostAsync($"/v1/nodes/{other}:drain");
        await cluster.UntilIndexedAsync(async () => (await cluster.OwnersAsync(1)).Values.All(owner => owner == node));
        await cluster.Any.PostAsync($"/v1/nodes/{other}:resume");
    }

    private static async Task<List<(string Key, long CapturedAt)>> ExtentsAsync(ClusterUnderTest cluster, int node = 1) =>
        [.. (await cluster.QueryAsync("SELECT recorder || ' ' || recording || ' ' || number || ' ' || epoch || ' ' || node, captured_at FROM extents", node))
            .Select(row => ((string)row[0]!, (long)row[1]!))];

    private static async Task CopyAsync(string from, string to)
    {
        var copied = await Command.RunAsync("cp", ["-a", from, to]);
        copied.ExitCode.ShouldBe(0, copied.Error);
    }
}
