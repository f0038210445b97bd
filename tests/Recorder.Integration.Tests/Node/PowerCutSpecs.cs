using System.Globalization;
using System.Text.Json;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Integration.Tests.Node;

/// <summary>A node whose power is cut: of what it wrote and did not sync nothing is left.</summary>
[Collection(NodeProcess.OneAtATime)]
public class PowerCutSpecs(ITestOutputHelper log)
{
    private const int Recorders = 16;

    // Writes set out for the platter once a second; a fragment, and what the disk takes, come on top.
    private static readonly TimeSpan MostLost = TimeSpan.FromSeconds(2);

    [MountFact]
    public async Task After_each_power_cut_every_blob_that_was_announced_durable_is_there_and_verifies()
    {
        var cuts = int.Parse(Environment.GetEnvironmentVariable("RECORDER_CUTS") ?? "2", CultureInfo.InvariantCulture);
        var random = new Random();
        await using var device = await CuttableDevice.CreateAsync(megabytes: 256);
        var moments = new List<DateTimeOffset>();
        var events = new EventReader(device.Root);
        var durable = new Dictionary<(string Recorder, string Recording), long>();
        var (announced, kept) = (0L, 0L);
        var node = await NodeProcess.StartAsync(Path.Combine(device.Root, "data"));
        try
        {
            await DefineAsync(node);
            for (var cut = 0; cut < cuts; cut++)
            {
                var before = events.Events.Count;
                await events.ConnectAsync(node);
                await DurableAgainAsync(events, before);
                await Task.Delay(random.Next(0, 2000)); // The random moment itself, not a wait for something.
                moments.Add(DateTimeOffset.UtcNow);
                await node.KillAsync();
                await device.CutAsync();
                await node.DisposeAsync();
                await events.DisconnectedAsync();

                foreach (var e in events.Events.Where(e => e.Event.Kind == "durable").Select(e => e.Event))
                    durable[(e.Recorder, e.Text("recording"))] = (long)e.Number("through");

                var verified = await Command.RunAsync(RecorderProcess.Program, ["repair", "--data", Path.Combine(device.Root, "data")]);
                verified.ExitCode.ShouldBe(0, verified.Output + verified.Error);
                verified = await Command.RunAsync(RecorderProcess.Program, ["verify", "--data", Path.Combine(device.Root, "data")]);
                verified.ExitCode.ShouldBe(0, verified.Output + verified.Error);
                node = await NodeProcess.StartAsync(Path.Combine(device.Root, "data"));
                foreach (var ((recorder, recording), through) in durable)
                {
                    // What the catalogue lost is read from the folders while the recorders start.
                    await node.GetUntilAsync($"/v1/recordings/{recorder}~{recording}", row => row.GetProperty("blobs").GetInt64() >= through);
                    kept += through;
                }
            }

            await LossIsStatedAndSmallAsync(node, [.. durable.Keys.Distinct()], moments);
            (await node.EndAsync()).ShouldBe(0, node.Said);
        }
        finally
        {
            await node.DisposeAsync();
        }

        announced = events.Events.Count(e => e.Event.IsData);
        log.WriteLine($"{announced} blobs announced, {durable.Values.Sum()} durable at the end");
        durable.Count.ShouldBeGreaterThanOrEqualTo(Recorders);
        kept.ShouldBeGreaterThan(0);
    }

    private async Task LossIsStatedAndSmallAsync(NodeProcess node, List<(string Recorder, string Recording)> recordings, List<DateTimeOffset> moments)
    {
        var worst = TimeSpan.Zero;
        foreach (var (recorder, recording) in recordings)
        {
            var timeline = await node.GetUntilAsync(
                $"/v1/recordings/{recorder}~{recording}/timeline", answer => Downtimes(answer).Count >= moments.Count);
            Downtimes(timeline).Count.ShouldBe(moments.Count, $"{recorder}: {timeline}");
            worst = Downtimes(timeline).Zip(moments, (from, moment) => moment - from).Append(worst).Max();
        }

        log.WriteLine($"{moments.Count} cuts of {Recorders} recorders; most lost at a cut: {worst.TotalMilliseconds:0} ms");
        worst.ShouldBeLessThan(MostLost);
    }

    private static List<DateTimeOffset> Downtimes(JsonElement timeline) =>
    [
        .. timeline.GetProperty("gaps").EnumerateArray().Where(gap => gap.GetProperty("cause").GetString() == "nodeDown")
            .Select(gap => gap.GetProperty("from").GetDateTimeOffset()),
    ];

    private static async Task DefineAsync(NodeProcess node)
    {
        for (var n = 0; n < Recorders; n++)
        {
            await node.PostAsync("/v1/recorders", new
            {
                id = string.Create(CultureInfo.InvariantCulture, $"r{n}"),
                source = "test:?size=160x120&rate=10&audio=off",
                mimeType = n % 2 == 0 ? "video/mp4;codecs=avc1" : "video/webm;codecs=vp8",
                timeslice = 250,
                fragmentDuration = 250,
            });
            await node.PostAsync($"/v1/recorders/r{n}:start");
        }
    }

    private static Task DurableAgainAsync(EventReader events, int before) => events.UntilAsync(
        "each said that something is durable",
        all => all.Skip(before).Where(e => e.Event.Kind == "durable").Select(e => e.Event.Recorder).Distinct().Count() == Recorders);
}
