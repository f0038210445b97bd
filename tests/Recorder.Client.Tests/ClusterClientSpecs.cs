using System.Net;
using System.Net.Sockets;
using Recorder.Cluster.Tests.Harness;
using Recorder.Contracts;
using Recorder.Integration.Tests.Harness;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Client.Tests;

public sealed class ClusterClientSpecs
{
    private const int Count = 4;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    // Less than the 15 s after which a node without events says where a reader is: it must say so at the beginning.
    private static readonly TimeSpan Begin = TimeSpan.FromSeconds(12);

    [Fact]
    public async Task A_client_goes_on_at_the_other_node_when_one_is_killed_and_hears_every_event_once()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(2);
        using var client = new RecorderHttpClient(new RecorderClientOptions().Join(cluster.Nodes[1].Http.BaseAddress!.Authority));
        using var ending = new CancellationTokenSource(Limit);
        var log = new EventLog();
        var connected = new TaskCompletionSource();
        var reading = log.ReadAsync(client.ReadEventsAsync(cancellationToken: ending.Token), _ => connected.TrySetResult());
        await connected.Task.WaitAsync(Begin);
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

    [Fact]
    public async Task A_client_that_is_cut_off_twenty_times_while_a_node_is_drained_hears_what_an_undisturbed_one_hears()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(2);
        var ports = cluster.Nodes.Values.Select(node => node.Http.BaseAddress!.Port).ToList();
        await using var first = new CutLink(ports[0]);
        await using var second = new CutLink(ports[1]);
        using var disturbed = new RecorderHttpClient(new RecorderClientOptions { LearnsNodes = false }.Join(first.Address, second.Address));
        using var undisturbed = new RecorderHttpClient(new RecorderClientOptions().Join(cluster.Nodes[2].Http.BaseAddress!.Authority));
        using var ending = new CancellationTokenSource(Limit);
        var (log, reference) = (new EventLog(), new EventLog());
        var connected = new[] { new TaskCompletionSource(), new TaskCompletionSource() };
        var reading = Task.WhenAll(
            log.ReadAsync(disturbed.ReadEventsAsync(cancellationToken: ending.Token), _ => connected[0].TrySetResult()),
            reference.ReadAsync(undisturbed.ReadEventsAsync(cancellationToken: ending.Token), _ => connected[1].TrySetResult()));
        await Task.WhenAll(connected.Select(one => one.Task)).WaitAsync(Begin);
        // Before its first event, while recorders begin.
        first.Cut();
        second.Cut();
        for (var n = 0; n < Count; n++)
        {
            var recorder = (await disturbed.DefineAsync(SingleNode.Definition($"r{n}"))).Definition.Id;
            await disturbed.StartAsync(recorder);
        }

        for (var cut = 1; cut < 20; cut++)
        {
            if (cut is 7 or 14)
                await cluster.Nodes[1].PostAsync($"/v1/nodes/n1:{(cut == 7 ? "drain" : "resume")}");

            var seen = log.Events.Count;
            await log.UntilAsync("something comes", events => events.Count > seen + 2);
            first.Cut();
            second.Cut();
            // Other clients are killed meanwhile: their connections are reset.
            foreach (var port in ports)
                await ReadAndVanishAsync(port);
        }

        for (var n = 0; n < Count; n++)
            await disturbed.StopAsync(new RecorderId($"r{n}"));

        foreach (var one in new[] { log, reference })
            await one.UntilAsync("all stopped", events => events.OfType<Stopped>().DistinctBy(stopped => stopped.Recorder).Count() == Count);

        await ending.CancelAsync();
        await reading;
        log.ShouldRise();
        for (var n = 0; n < Count; n++)
            log.NumbersOf($"r{n}").ShouldBe(reference.NumbersOf($"r{n}"), $"of r{n}");

        log.Events.ShouldNotContain(raised => raised is GapRecorded || raised is ErrorRaised);
    }

    // SIGKILL's trace on the wire.
    private static async Task ReadAndVanishAsync(int port)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await socket.SendAsync("GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        await socket.ReceiveAsync(new byte[64]);
        socket.Close();
    }
}
