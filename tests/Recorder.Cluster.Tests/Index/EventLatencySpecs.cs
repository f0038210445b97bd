using System.Diagnostics;
using Recorder.Cluster.Index;
using Recorder.Contracts;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Cluster.Tests.Index;

/// <summary>How long an event takes from its node's journal to a subscriber on another node, without HTTP and without the recorders themselves.</summary>
[Collection(NodeProcess.OneAtATime)]
public sealed class EventLatencySpecs(ITestOutputHelper log) : IDisposable
{
    private const int Recorders = 1_000;

    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Goal = TimeSpan.FromMilliseconds(100);

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Length", "Long")]
    public async Task A_thousand_events_a_second_from_three_nodes_are_told_within_100_ms()
    {
        var nodes = new List<IndexedNode>();
        foreach (var name in (string[])["n1", "n2", "n3"])
            nodes.Add(await IndexedNode.OpenAsync(name, _folder.File(name)));

        await using var followers = nodes[2].FollowAll([.. nodes]);
        followers.SetNodes([.. nodes.Select(node => (node.Name, new Uri($"http://{node.Name}/"), "1"))]);
        await Task.WhenAll(followers.Others.Select(other => other.Value.WaitAsync(nodes.Single(node => node.Name == other.Key).Journal.Position, default)));
        var reader = new EventLogReader(nodes[2].Index.Log, null, TimeProvider.System);
        reader.BeginNow();
        using var ending = new CancellationTokenSource();
        var latencies = new List<TimeSpan>();
        var reading = ReadAsync(reader, latencies, ending.Token);

        // As the catalogue's actor writes them: what came in a round, in one transaction.
        var watch = Stopwatch.StartNew();
        var raised = 0;
        for (var seconds = 0; watch.Elapsed < TimeSpan.FromSeconds(8); seconds++)
        {
            await Task.Delay(Round);
            var due = (int)(watch.Elapsed.TotalSeconds * Recorders) - raised;
            var events = Enumerable.Range(raised, due).Select(number => new Paused(new RecorderId($"r{number % Recorders}"), number / Recorders + 1, DateTimeOffset.UtcNow)
            {
                Tenure = new EventTenure(1, $"n{number % Recorders % 3 + 1}", "00000000000000a1"),
            }).ToList();
            await Task.WhenAll(nodes.Select((node, place) => node.RaiseAsync(events.Where(one => one.Tenure!.Node == $"n{place + 1}"))));
            raised += due;
        }

        while (latencies.Count < raised && watch.Elapsed < TimeSpan.FromSeconds(30))
            await Task.Delay(Round);

        await ending.CancelAsync();
        await reading;
        latencies.Count.ShouldBe(raised);
        // While the code is compiled it takes longer.
        latencies.RemoveRange(0, raised / 2);
        raised = latencies.Count;
        latencies.Sort();
        log.WriteLine($"{raised} events: {latencies[raised / 2].TotalMilliseconds:0} ms (median), {latencies[(int)(raised * 0.95)].TotalMilliseconds:0} ms (95 %), {latencies[^1].TotalMilliseconds:0} ms (most)");
        latencies[(int)(raised * 0.95)].ShouldBeLessThan(Goal);
        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    private static async Task ReadAsync(EventLogReader reader, List<TimeSpan> latencies, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var items in reader.ReadAsync(TimeSpan.FromSeconds(5), cancellationToken))
            {
                foreach (var told in items.OfType<LogItem.Told>())
                    latencies.Add(DateTimeOffset.UtcNow - told.Event.At);
            }
        }
        catch (OperationCanceledException)
        {
            // The spec has what it wants.
        }
    }
}
