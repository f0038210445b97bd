using System.Diagnostics;
using System.Globalization;
using Recorder.Cluster.Tests.Harness;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests.Cameras;

/// <summary>
/// Cameras that serve one client: some refuse the second, others end the connection of the first. GStreamer's RTSP server is the camera; its recorder has
/// the label <c>camera.connections=1</c>.
/// </summary>
[Collection(NodeProcess.OneAtATime)]
public sealed class OneConnectionSpecs(ITestOutputHelper log) : IDisposable
{
    private const string Refuses = "--connections 1";
    private const string Evicts = "--evict";

    private static readonly TimeSpan Goal = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Outage = Length.Seconds("RECORDER_CLUSTER_OUTAGE", 15);

    private readonly TestFolder _folder = new();

    private string Connections => _folder.File("connections");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [Trait("Length", "Long")]
    [InlineData(Refuses)]
    [InlineData(Evicts)]
    public async Task The_camera_of_a_node_that_is_killed_is_recorded_by_the_other_within_ten_seconds(string kind)
    {
        await using var camera = await StartCameraAsync(kind);
        await using var cluster = await ClusterUnderTest.StartAsync(2);
        var (holder, other) = await RecordAsync(cluster, camera);

        var at = DateTimeOffset.UtcNow;
        await cluster.KillAsync(holder);
        var first = await FirstFrameAsync(cluster, other, at);
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind}, killed: first frame after {(first - at).TotalSeconds:0.0} s"));
        (first - at).ShouldBeLessThan(Goal);

        await cluster.StartNodeAsync(holder);
        await cluster.UntilJoinedAsync();
        await EndAsync(cluster, kind, other);
    }

    [Theory]
    [InlineData(Refuses)]
    public Task The_camera_of_a_node_that_drains_is_let_go_before_the_other_connects(string kind) => DrainAsync(kind);

    [Theory]
    [Trait("Length", "Long")]
    [InlineData(Evicts)]
    public Task The_camera_of_a_node_that_drains_goes_to_the_other(string kind) => DrainAsync(kind);

    [NetworkTheory]
    [Trait("Length", "Long")]
    [InlineData(Refuses)]
    [InlineData(Evicts)]
    public async Task Two_nodes_that_do_not_see_each_other_do_not_starve_a_camera_that_both_reach(string kind)
    {
        using var network = new NetworkLab("n1", "n2");
        await using var camera = await StartCameraAsync(kind, network.AddressHere);
        await using var cluster = await ClusterUnderTest.StartAsync(2, network);
        var (holder, other) = await RecordAsync(cluster, camera);

        var at = DateTimeOffset.UtcNow;
        network.Cut("n1", "n2");
        await Task.Delay(Outage); // The trouble itself.
        var healed = DateTimeOffset.UtcNow;
        network.Heal("n1", "n2");
        await cluster.UntilJoinedAsync();
        await cluster.UntilAgreedAsync();
        var settled = DateTimeOffset.UtcNow;
        var connections = CameraConnections.Read(Connections).From(at).Until(healed);
        log.WriteLine($"{kind}, partition of {Outage.TotalSeconds:0} s: {connections.Summarize()}\n{connections}");
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"one again {(settled - healed).TotalSeconds:0.0} s after healing"));
        await Task.Delay(Outage); // One node records meanwhile.

        var ledger = await EndAsync(cluster, kind, (await cluster.OwnersAsync(other))["r0"] == $"n{other}" ? other : holder);
        ledger.HasOneOwnerEachFrom(settled);
        var stored = ledger.Stored.Where(it => it.To > at && it.From < healed).ToList();
        log.WriteLine("stored meanwhile: " + string.Join(", ", stored.GroupBy(it => it.Node).Select(node => string.Create(
            CultureInfo.InvariantCulture, $"{node.Key} {node.Sum(it => ((it.To < healed ? it.To : healed) - (it.From > at ? it.From : at)).TotalSeconds):0.0} s"))));
        if (kind == Refuses)
        {
            stored.Select(it => it.Node).Distinct().ShouldBe([$"n{holder}"], "the camera refuses the other node");
            connections.Refused.ShouldBeGreaterThan(0, "the other node goes on trying");
            connections.Evicted.ShouldBe(0);
        }
        else
        {
            stored.Select(it => it.Node).Distinct().Count().ShouldBe(2);
            connections.Evicted.ShouldBeLessThanOrEqualTo(8, "neither node keeps the camera from the other for ever, nor takes it again and again");
        }
    }

    private async Task DrainAsync(string kind)
    {
        await using var camera = await StartCameraAsync(kind);
        await using var cluster = await ClusterUnderTest.StartAsync(2);
        var (holder, other) = await RecordAsync(cluster, camera);

        var at = DateTimeOffset.UtcNow;
        var watch = Stopwatch.StartNew();
        await cluster.Nodes[holder].PostAsync($"/v1/nodes/n{holder}:drain");
        await FirstFrameAsync(cluster, other, at);
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind}, drained: the other stores media after {watch.Elapsed.TotalSeconds:0.0} s"));
        var connections = CameraConnections.Read(Connections).From(at);
        connections.Evicted.ShouldBe(0, connections.ToString());
        connections.Refused.ShouldBe(0, connections.ToString());

        var ledger = await EndAsync(cluster, kind, other);
        ledger.FindHoles().Select(hole => hole.To - hole.From).ShouldAllBe(hole => hole < TimeSpan.FromSeconds(5));
    }

    private Task<RtspSimulator> StartCameraAsync(string kind, string address = "127.0.0.1") =>
        RtspSimulator.StartAsync($"{kind} --no-audio --log {Connections}", address);

    // The holder, and the other node.
    private static async Task<(int Holder, int Other)> RecordAsync(ClusterUnderTest cluster, RtspSimulator camera)
    {
        await cluster.Any.PostAsync("/v1/recorders", new
        {
            id = "r0",
            source = camera.Uri,
            timeslice = 500,
            minimumTimeslice = 100,
            labels = new Dictionary<string, string> { ["camera.connections"] = "1" },
        });
        await cluster.StartAllAsync(1);
        await cluster.UntilIndexedAsync(async () => (await cluster.QueryAsync("SELECT MAX(duration) FROM extents"))[0][0] is > 30_000_000L);
        return (await cluster.OwnersAsync(1))["r0"] == "n1" ? (1, 2) : (2, 1);
    }

    private static async Task<DateTimeOffset> FirstFrameAsync(ClusterUnderTest cluster, int node, DateTimeOffset from)
    {
        object? captured = null;
        await cluster.UntilIndexedAsync(async () =>
        {
            captured = (await cluster.QueryAsync($"SELECT MIN(captured_at) FROM extents WHERE node = 'n{node}' AND captured_at + duration > {from.UtcTicks}", node))[0][0];
            return captured is long;
        });
        return new DateTimeOffset((long)captured!, TimeSpan.Zero);
    }

    private async Task<Ledger> EndAsync(ClusterUnderTest cluster, string kind, int node)
    {
        await cluster.UntilAgreedAsync();
        await cluster.StopAndIndexAsync(1);
        var ledger = await Ledger.ReadAsync(cluster, node);
        var connections = CameraConnections.Read(Connections);
        log.WriteLine($"{kind}: {ledger.Summarize()}; {connections.Summarize()}");
        log.WriteLine("gaps: " + string.Join(", ", (await cluster.QueryAsync("SELECT cause, (to_at - from_at) / 10000, detail FROM gaps", node)).Select(row => string.Join(' ', row))));
        ledger.HasNoUntoldHole();
        ledger.HasOneRecordingEach();
        connections.MostAtOnce.ShouldBe(1);
        await cluster.UntilVerifiedAsync();
        return ledger;
    }
}
