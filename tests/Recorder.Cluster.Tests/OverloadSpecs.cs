using System.Diagnostics;
using Recorder.Cluster.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests;

/// <summary>Machines that have far more to do than they can.</summary>
public class OverloadSpecs(ITestOutputHelper log)
{
    private const int Recorders = 9;

    private static readonly TimeSpan Overload = Length.Seconds("RECORDER_CLUSTER_OVERLOAD", 8);

    [Fact]
    [Trait("Length", "Long")]
    public async Task Three_times_what_the_processors_can_do_costs_no_recording()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(3);
        var beginning = await ClusterReader.FindPositionAsync(cluster.Any);
        await cluster.DefineAsync(Recorders, rate: 5);
        await cluster.StartAllAsync(Recorders);
        await cluster.UntilIndexedAsync(() => cluster.CountsAsync(Recorders, "SELECT COUNT(DISTINCT recorder) FROM extents"));
        var busy = Enumerable.Range(0, 3 * Environment.ProcessorCount).Select(_ => Process.Start("sh", ["-c", "while :; do :; done"])).ToList();
        try
        {
            await Task.Delay(Overload); // The trouble itself.
        }
        finally
        {
            busy.ForEach(process => process.Kill());
            busy.ForEach(process => process.Dispose());
        }

        await cluster.UntilJoinedAsync(Length.LongestMerge);
        await cluster.UntilAgreedAsync();
        var states = (await cluster.Any.GetAsync("/v1/recorders")).GetProperty("recorders").EnumerateArray().Select(recorder => recorder.GetProperty("state").GetString());
        states.ShouldAllBe(state => state == "recording");
        await cluster.StopAndIndexAsync(Recorders);
        var ledger = await Ledger.ReadAsync(cluster);
        log.WriteLine($"{3 * Environment.ProcessorCount} busy processes for {Overload.TotalSeconds:0} s: {ledger.Summarize()}");
        ledger.HasNoUntoldHole();
        ledger.HasOneRecordingEach();
        await ClusterReader.UntilSameHistoryAsync(cluster, beginning);
        await cluster.VerifyAsync();
    }
}
