using System.Globalization;
using Recorder.Cluster.Tests.Harness;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests;

/// <summary>Programs that follow a cluster's events and are killed.</summary>
public class KilledClientSpecs(ITestOutputHelper log)
{
    private const int Recorders = 4;

    private static readonly int Kills = Length.Of("RECORDER_CLUSTER_CLIENTS", 4);

    [Fact]
    public async Task Clients_that_are_killed_again_and_again_disturb_no_recorder_and_no_other_client()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(2);
        await using var reader = new ClusterReader();
        await reader.ConnectAsync(cluster.Nodes[1]);
        await cluster.DefineAsync(Recorders);
        await cluster.StartAllAsync(Recorders);
        using var folder = new TestFolder();
        for (var time = 0; time < Kills; time++)
        {
            var node = cluster.Nodes[1 + (time % 2)];
            await using var client = RecorderProcess.Start(folder.Root, $"tail --json --node {node.Http.BaseAddress}");
            await client.EventAsync("dataavailable");
            client.Signal(RecorderProcess.Kill);
            await client.ExitAsync();
        }

        var seen = reader.Events.Count;
        await reader.UntilAsync("the one that lives hears more", all => all.Skip(seen).Select(e => e.Event.Recorder).Distinct().Count() == Recorders);
        await cluster.StopAndIndexAsync(Recorders);
        await reader.UntilAsync("each stopped", all => all.Count(e => e.Event.Kind == "stop") == Recorders);

        Order.Holds(reader.Events);
        var ledger = await Ledger.ReadAsync(cluster);
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Kills} clients killed, {reader.Events.Count} events: {ledger.Summarize()}"));
        ledger.HasNoHole();
        ledger.HasOneRecordingEach();
        await cluster.VerifyAsync();
    }
}
