using System.Globalization;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Integration.Tests.Node;

/// <summary>A node that is killed at random moments while sixteen recorders record, and started again each time.</summary>
[Collection(NodeProcess.OneAtATime)]
public class SurvivalSpecs(ITestOutputHelper log)
{
    private const int Recorders = 16;

    // What a crash may cost, and what a machine with two cores needs to carry sixteen recordings to a file meanwhile.
    private static readonly TimeSpan MostLost = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Killed_again_and_again_under_sixteen_recorders_a_node_goes_on_and_loses_no_more_than_a_second_a_time()
    {
        var kills = int.Parse(Environment.GetEnvironmentVariable("RECORDER_KILLS") ?? "5", CultureInfo.InvariantCulture);
        var seed = int.Parse(
            Environment.GetEnvironmentVariable("RECORDER_KILL_SEED") ?? Random.Shared.Next().ToString(CultureInfo.InvariantCulture),
            CultureInfo.InvariantCulture);
        log.WriteLine($"RECORDER_KILL_SEED={seed}");
        var random = new Random(seed);
        using var folder = new TestFolder();
        var data = folder.File("data");
        var events = new EventReader(folder.Root);
        var deaths = new List<DateTimeOffset>();

        var node = await NodeProcess.StartAsync(data);
        try
        {
            await DefineAsync(node);
            for (var kill = 0; kill < kills; kill++)
            {
                await events.ConnectAsync(node);
                await AllRecordAsync(events, kill);
                await VerifyAsync(data);
                await Task.Delay(random.Next(0, 1200)); // The random moment itself, not a wait for something.
                deaths.Add(DateTimeOffset.UtcNow);
                await node.KillAsync();
                await node.DisposeAsync();
                await events.DisconnectedAsync();
                node = await NodeProcess.StartAsync(data);
            }

            await events.ConnectAsync(node);
            await AllRecordAsync(events, kills);
            for (var n = 0; n < Recorders; n++)
                (await node.PostAsync($"/v1/recorders/r{n}:stop")).GetProperty("state").GetString().ShouldBe("inactive");

            await events.UntilAsync("each stopped", all => all.Count(e => e.Event.Kind == "stop") == Recorders);
            (await node.EndAsync()).ShouldBe(0, node.Said);
            await events.DisconnectedAsync();
        }
        finally
        {
            await node.DisposeAsync();
        }

        await VerifyAsync(data);
        Directory.GetDirectories(Path.Combine(data, "recordings")).Length.ShouldBe(Recorders);
        foreach (var recorder in Directory.GetDirectories(Path.Combine(data, "recordings")))
            Directory.GetDirectories(recorder).Length.ShouldBe(1, $"{recorder}: one recording through {kills} kills");

        NothingIsMissing(events.Events);
        EveryAnnouncedBlobIsThere(events.Events, data);
        LossIsStatedAndSmall(events.Events, deaths);
    }

    // Also while it is recorded to: what is announced is there, with its checksum, and in the catalogue.
    private static async Task VerifyAsync(string data)
    {
        var verified = await Command.RunAsync(RecorderProcess.Program, ["verify", "--data", data]);
        verified.ExitCode.ShouldBe(0, verified.Output + verified.Error);
    }

    private static async Task DefineAsync(NodeProcess node)
    {
        for (var n = 0; n < Recorders; n++)
        {
            await node.PostAsync("/v1/recorders", new
            {
                id = $"r{n}",
                source = $"test:?size=160x120&rate={10 + (n % 4)}&audio=off",
                mimeType = n % 4 == 3 ? "video/webm;codecs=vp8" : "video/mp4;codecs=avc1",
                timeslice = 200 + (100 * (n % 4)),
                fragmentDuration = 500,
                extentDuration = 20_000,
            });
            (await node.PostAsync($"/v1/recorders/r{n}:start")).GetProperty("state").GetString().ShouldBe("recording");
        }
    }

    // A recorder that records again says for how long it could not.
    private static Task AllRecordAsync(EventReader events, int restarts) => events.UntilAsync(
        $"all record after restart {restarts}",
        all => all.Where(e => restarts == 0 ? e.Event.IsData : e.Event.Kind == "gap").GroupBy(e => e.Event.Recorder)
            .Count(of => of.Count() >= Math.Max(1, restarts)) == Recorders);

    private static void NothingIsMissing(IReadOnlyList<StreamedEvent> events)
    {
        events.Select(e => e.Number).ShouldBe(events.Select(e => e.Number).Distinct().Order());
        foreach (var of in events.GroupBy(e => e.Event.Recorder))
        {
            of.Select(e => e.Event.Sequence).ShouldBe(Enumerable.Range(1, of.Count()).Select(n => (long)n), of.Key);
            of.Count(e => e.Event.Kind == "start").ShouldBe(1, of.Key);
            of.Count(e => e.Event.Kind == "stop").ShouldBe(1, of.Key);
            of.Where(e => e.Event.IsData && e.Event.Blob.Length > 0).Select(e => e.Event.Blob.Number)
                .ShouldBe(Enumerable.Range(1, of.Count(e => e.Event.IsData && e.Event.Blob.Length > 0)).Select(n => (long)n), of.Key);
        }
    }

    private static void EveryAnnouncedBlobIsThere(IReadOnlyList<StreamedEvent> events, string data)
    {
        foreach (var blob in events.Where(e => e.Event.IsData).Select(e => e.Event.Blob).Where(b => b.Length > 0))
        {
            var path = Path.GetFullPath(blob.Path, data);
            new FileInfo(path).Length.ShouldBeGreaterThanOrEqualTo(blob.Offset + blob.Length, path);
        }
    }

    private void LossIsStatedAndSmall(IReadOnlyList<StreamedEvent> events, List<DateTimeOffset> deaths)
    {
        var worst = TimeSpan.Zero;
        foreach (var of in events.GroupBy(e => e.Event.Recorder))
        {
            var gaps = of.Where(e => e.Event.Kind == "gap" && e.Event.Text("cause") == "nodeDown")
                .Select(e => DateTimeOffset.Parse(e.Event.Text("from"), CultureInfo.InvariantCulture)).ToList();
            gaps.Count.ShouldBe(deaths.Count, of.Key);
            foreach (var (gap, death) in gaps.Zip(deaths))
            {
                var lost = death - gap;
                worst = lost > worst ? lost : worst;
            }
        }

        log.WriteLine($"{events.Count} events; most lost at a kill: {worst.TotalMilliseconds:0} ms");
        worst.ShouldBeLessThan(MostLost);
    }
}
