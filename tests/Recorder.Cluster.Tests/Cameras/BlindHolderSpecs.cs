using System.Globalization;
using System.Net;
using Recorder.Cluster.Tests.Harness;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests.Cameras;

/// <summary>Nodes that live and are heard, and can record nothing: their link to a camera is cut, or their disk hangs.</summary>
[Collection(NodeProcess.OneAtATime)]
public sealed class BlindHolderSpecs(ITestOutputHelper log) : IDisposable
{
    private static readonly TimeSpan Goal = TimeSpan.FromSeconds(10);

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NetworkFact]
    [Trait("Length", "Long")]
    public async Task A_holder_whose_link_to_its_camera_is_cut_is_replaced_within_ten_seconds()
    {
        using var network = new NetworkLab("n1", "n2");
        await using var camera = new BroadcastCamera(_folder.File("sent.ts"));
        await using var link = new SlowLink(new Uri(camera.Uri).Port, 1, new IPEndPoint(IPAddress.Parse(network.AddressHere), FreePort.Take()));
        await using var cluster = await ClusterUnderTest.StartAsync(2, network);
        await cluster.DefineAsync(1, source: $"http://{network.AddressHere}:{link.Port}/live.ts");
        await cluster.StartAllAsync(1);
        await cluster.UntilIndexedAsync(async () => (await cluster.QueryAsync("SELECT MAX(duration) FROM extents"))[0][0] is > 15_000_000L);
        var holder = (await cluster.OwnersAsync(1))["r0"];
        var other = holder == "n1" ? 2 : 1;

        var at = DateTimeOffset.UtcNow;
        network.CutFromHere(holder);
        await TakenOverAsync(cluster, other, at, 1, "the link to the camera is cut");
        network.HealFromHere(holder);

        await cluster.UntilAgreedAsync();
        await cluster.StopAndIndexAsync(1);
        var ledger = await Ledger.ReadAsync(cluster, other);
        log.WriteLine(ledger.Summarize());
        ledger.HasNoUntoldHole();
        ledger.HasOneRecordingEach();
        await camera.DisposeAsync();
        await cluster.VerifyAsync();
    }

    [MountFact]
    [Trait("Length", "Long")]
    public async Task A_holder_whose_disk_hangs_is_replaced_within_ten_seconds()
    {
        const int recorders = 6;
        await using var disk = await CuttableDevice.CreateAsync(256);
        await using var cluster = await ClusterUnderTest.StartAsync(2, data: number => number == 1 ? Path.Combine(disk.Root, "n1") : null);
        await cluster.DefineAsync(recorders, rate: 5);
        await cluster.StartAllAsync(recorders);
        await cluster.UntilIndexedAsync(() => cluster.CountsAsync(recorders, "SELECT COUNT(DISTINCT recorder) FROM extents", 2));
        var theirs = (await cluster.OwnersAsync(2)).Count(owner => owner.Value == "n1");
        theirs.ShouldBeGreaterThan(0);

        var at = DateTimeOffset.UtcNow;
        await FreezeAsync("--freeze", disk.Root);
        try
        {
            await TakenOverAsync(cluster, 2, at, recorders, "the disk hangs");
        }
        finally
        {
            await FreezeAsync("--unfreeze", disk.Root);
        }

        await cluster.UntilJoinedAsync();
        await cluster.UntilAgreedAsync();
        await cluster.StopAndIndexAsync(recorders);
        var ledger = await Ledger.ReadAsync(cluster, 2);
        log.WriteLine(ledger.Summarize());
        ledger.HasNoUntoldHole();
        ledger.HasOneRecordingEach();
        foreach (var node in cluster.Nodes.Keys.ToList())
            await cluster.EndAsync(node);

        await cluster.VerifyAsync();
    }

    private static async Task FreezeAsync(string how, string root)
    {
        var done = await Command.RunAsync("fsfreeze", [how, root]);
        done.ExitCode.ShouldBe(0, done.Error);
    }

    private async Task TakenOverAsync(ClusterUnderTest cluster, int other, DateTimeOffset at, int recorders, string what)
    {
        IReadOnlyList<object?[]> rows = [];
        await cluster.UntilIndexedAsync(async () =>
        {
            rows = await cluster.QueryAsync($"SELECT recorder, MIN(captured_at) FROM extents WHERE node = 'n{other}' AND captured_at + duration > {at.UtcTicks} GROUP BY recorder", other);
            return rows.Count == recorders;
        });
        var outages = rows.Select(row => TimeSpan.FromTicks((long)row[1]! - at.UtcTicks)).Where(it => it > TimeSpan.Zero).Order().ToList();
        log.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {outages.Count} recorders, first frame on the other node after {outages[outages.Count / 2].TotalSeconds:0.00} s (median), {outages[^1].TotalSeconds:0.00} s (most)"));
        outages[^1].ShouldBeLessThan(Goal);
    }
}
