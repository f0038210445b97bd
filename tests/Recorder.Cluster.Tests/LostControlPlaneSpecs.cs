using System.Net;
using Recorder.Cluster.Tests.Harness;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests;

/// <summary>Nodes whose control planes lose each other while everything else works.</summary>
public class LostControlPlaneSpecs(ITestOutputHelper log)
{
    private const int Recorders = 9;

    [Theory]
    [Trait("Length", "Long")]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Control_planes_that_are_cut_off_downed_and_quarantined_again_and_again_cost_no_picture_and_split_no_recording(int nodes)
    {
        var times = Length.Of("RECORDER_CLUSTER_PLANES", 1);
        var ports = Enumerable.Range(0, nodes + 1).Select(_ => FreePort.Take()).ToList();
        var (links, apis) = (new List<SlowLink>(), new List<SlowLink>());
        await using var cluster = await ClusterUnderTest.StartAsync(nodes, arguments: (number, port) =>
        {
            // Other nodes reach this one at an address of its own, where links lead to its API and to its control plane.
            var at = IPAddress.Parse($"127.0.0.{100 + number}");
            lock (links)
            {
                links.Add(new SlowLink(ports[number], number, new IPEndPoint(at, ports[number])));
                apis.Add(new SlowLink(port, number, new IPEndPoint(at, port)));
            }

            return $"--cluster-port {ports[number]} --advertise http://{at}:{port}";
        });
        try
        {
            var beginning = await ClusterReader.FindPositionAsync(cluster.Any);
            await cluster.DefineAsync(Recorders, rate: 5);
            await cluster.StartAllAsync(Recorders);
            await cluster.UntilIndexedAsync(() => cluster.CountsAsync(Recorders, "SELECT COUNT(DISTINCT recorder) FROM extents"));

            var oneAgain = new List<double>();
            for (var time = 0; time < times; time++)
            {
                // All at first, which leaves formations of one; of three nodes then one after the other, which the two others down and quarantine.
                var cut = nodes == 2 || time == 0 ? links : [links[time % nodes]];
                cut.ForEach(link => link.Cut());
                await Task.Delay(TimeSpan.FromSeconds(4)); // Long enough to be downed.
                cut.ForEach(link => link.Heal());
                var watch = System.Diagnostics.Stopwatch.StartNew();
                await cluster.UntilJoinedAsync(Length.LongestMerge);
                await cluster.UntilAgreedAsync();
                oneAgain.Add(watch.Elapsed.TotalSeconds);
            }

            log.WriteLine($"one again after {oneAgain.Order().ElementAt(times / 2):0.0} s (median), {oneAgain.Max():0.0} s at most");

            await cluster.StopAndIndexAsync(Recorders);
            var ledger = await Ledger.ReadAsync(cluster);
            log.WriteLine($"{nodes} nodes, {times} times: {ledger.Summarize()}");
            // A node that took over believed the other one down, and told of a gap that there is not.
            ledger.FindHoles().ShouldBeEmpty();
            ledger.HasOneRecordingEach();
            ledger.HasNoUnmarkedOverlap();
            await ClusterReader.UntilSameHistoryAsync(cluster, beginning);
            await cluster.VerifyAsync();
        }
        finally
        {
            foreach (var link in links.Concat(apis))
                await link.DisposeAsync();
        }
    }
}
