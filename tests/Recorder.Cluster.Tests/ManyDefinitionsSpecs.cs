using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Recorder.Cluster.Tests.Harness;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests;

/// <summary>How long a cluster takes with more recorders than it records: until a new node knows them, and until all are ready after all nodes started.</summary>
[Collection(NodeProcess.OneAtATime)]
public sealed class ManyDefinitionsSpecs(ITestOutputHelper log)
{
    private const int Recording = 300;

    private static readonly TimeSpan KnownWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Idle = Length.Seconds("RECORDER_CLUSTER_IDLE", 10);

    [Fact]
    [Trait("Length", "Long")]
    public async Task A_node_that_comes_new_knows_all_recorders_and_nodes_that_start_have_all_ready_within_a_minute()
    {
        var count = Length.Of("RECORDER_CLUSTER_DEFINITIONS", 2000);
        await using var cluster = await ClusterUnderTest.StartAsync(2);
        var watch = Stopwatch.StartNew();
        await cluster.DefineManyAsync(count);
        Write($"{count} defined in {watch.Elapsed.TotalSeconds:0} s");

        watch.Restart();
        await cluster.StartNodeAsync(3);
        var served = watch.Elapsed;
        var listed = await UntilAsync(cluster, 3, _ => true, count);
        await cluster.UntilJoinedAsync();
        Write($"a new node serves after {served.TotalSeconds:0.0} s, lists {count} after {listed.TotalSeconds:0.0} s, and is a member after {watch.Elapsed.TotalSeconds:0.0} s");
        watch.Elapsed.ShouldBeLessThan(KnownWithin);

        watch.Restart();
        await Task.WhenAll(cluster.Nodes.Values.ToList().Select(node => node.EndAsync()));
        Write($"all ended after {watch.Elapsed.TotalSeconds:0.0} s");
        watch.Restart();
        await cluster.StartAgainAsync();
        served = watch.Elapsed;
        var ready = served + await UntilAsync(cluster, 1, IsReady, count);
        Write($"all started: they serve after {served.TotalSeconds:0.0} s, {count} recorders are ready after {ready.TotalSeconds:0.0} s: {await DescribeAsync(cluster)}");

        watch.Restart();
        var started = Math.Min(Recording, count);
        var refused = await StartAsync(cluster, started);
        var commanded = watch.Elapsed;
        await UntilAsync(cluster, 2, recorder => recorder.GetProperty("state").GetString() == "recording", started);
        Write($"{started} started with commands that took {commanded.TotalSeconds:0.0} s, of which {refused} were told to try again; all record after {watch.Elapsed.TotalSeconds:0.0} s");
        ready.ShouldBeLessThan(ReadyWithin);
    }

    // While nodes find each other recorders move, and a recorder that moves cannot answer now.
    private static async Task<int> StartAsync(ClusterUnderTest cluster, int count)
    {
        var (nodes, refused) = (cluster.Nodes.Values.ToList(), 0);
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (n, cancellationToken) =>
        {
            while (true)
            {
                using var answer = await nodes[n % nodes.Count].Http.PostAsync($"/v1/recorders/r{n}:start", null, cancellationToken);
                if (answer.StatusCode != System.Net.HttpStatusCode.ServiceUnavailable)
                {
                    answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(cancellationToken));
                    return;
                }

                Interlocked.Increment(ref refused);
                await Task.Delay(200, cancellationToken);
            }
        });
        return refused;
    }

    private static bool IsReady(JsonElement recorder) =>
        recorder.GetProperty("state").GetString() == "inactive" && recorder.TryGetProperty("node", out var node) && node.GetString()!.Length > 0
            && !recorder.TryGetProperty("nodeAnswers", out _);

    // Waits until a node lists as many recorders as there should be.
    private static async Task<TimeSpan> UntilAsync(ClusterUnderTest cluster, int node, Func<JsonElement, bool> counts, int expected)
    {
        var waited = Stopwatch.StartNew();
        for (var count = 0; count < expected; await Task.Delay(200))
        {
            waited.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(4), $"{count} of {expected}\n{cluster.Said()}");
            count = 0;
            await foreach (var recorder in ClusterUnderTest.ListAsync(cluster.Nodes[node]))
                count += counts(recorder) ? 1 : 0;
        }

        return waited.Elapsed;
    }

    private static async Task<string> DescribeAsync(ClusterUnderTest cluster)
    {
        var owned = await cluster.OwnedAsync();
        await Task.Delay(TimeSpan.FromSeconds(10)); // What was started is told to all.
        var before = cluster.Nodes.Values.Sum(ReadCpu);
        await Task.Delay(Idle);
        var idle = (cluster.Nodes.Values.Sum(ReadCpu) - before) / cluster.Nodes.Count / Idle.TotalSeconds * 100;
        var memory = cluster.Nodes.Values.Average(node => ReadMemory(node));
        return string.Create(CultureInfo.InvariantCulture, $"{string.Join('/', owned.Values)} a node; idle, {idle:0.0} % of a processor and {memory / 1e6:0} MB a node");
    }

    private static double ReadCpu(NodeProcess node)
    {
        var stat = File.ReadAllText($"/proc/{node.Id}/stat").Split(") ")[1].Split(' ');
        return (double.Parse(stat[11], CultureInfo.InvariantCulture) + double.Parse(stat[12], CultureInfo.InvariantCulture)) / 100;
    }

    private static double ReadMemory(NodeProcess node) => File.ReadLines($"/proc/{node.Id}/status")
        .Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Select(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024).Single();

    private void Write(FormattableString line) => log.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
