using Recorder.Cluster.Tests.Harness;
using Recorder.Contracts;
using Recorder.Integration.Tests.Harness;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Client.Tests;

public sealed class ClusterClientSpecs
{
    private const int Count = 4;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_client_goes_on_at_the_other_node_when_one_is_killed_and_hears_every_event_once()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(2);
        using var client = new RecorderHttpClient(new RecorderClientOptions().Join(cluster.Nodes[1].Http.BaseAddress!.Authority));
        using var ending = new CancellationTokenSource(Limit);
        var log = new EventLog();
        var connected = new TaskCompletionSource();
        var reading = log.ReadAsync(client.ReadEventsAsync(cancellationToken: ending.Token), _ => connected.TrySetResult());
        await connected.Task.WaitAsync(Limit);
        for (var n = 0; n < Count; n++)
        {
            var recorder = (await client.DefineAsync(SingleNode.Definition($"r{n}"))).Definition.Id;
            await client.StartAsync(recorder);
        }

        await log.UntilAsync("all record", events => events.OfType<DataAvailable>().Where(data => data.Data.Number >= 2).DistinctBy(data => data.Recorder).Count() == Count);
        while (client.Nodes.Count < 2)
            await Task.Delay(20);

        // The reader is connected to this one, and half of the recorders are there.
        await cluster.KillAsync(1);
        var at = log.Events.Count;
        await log.UntilAsync(
            "all record again",
            events => events.Skip(at).OfType<DataAvailable>().GroupBy(data => data.Recorder).Count(blobs => blobs.Count() >= 3) == Count);
        for (var n = 0; n < Count; n++)
            (await client.StopAsync(new RecorderId($"r{n}"))).State.ShouldBe(RecorderState.Inactive);

        await log.UntilAsync("all stopped", events => events.OfType<Stopped>().DistinctBy(stopped => stopped.Recorder).Count() == Count);
        await ending.CancelAsync();
        await reading;
        log.ShouldRise();
        log.Events.Select(raised => (raised.Recorder, raised.Sequence)).ShouldBeUnique();
        // What the survivor's recorders raised is complete.
        foreach (var recorder in log.Events.GroupBy(raised => raised.Recorder).Where(events => events.All(raised => raised.Sequence < 1_000_000)))
            recorder.Select(raised => raised.Sequence).ShouldBe(Enumerable.Range(1, recorder.Count()).Select(number => (long)number), $"of {recorder.Key}");
    }
}
