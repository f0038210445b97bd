using System.Globalization;
using System.Text.Json;
using Recorder.Cluster.Tests.Harness;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests.Takes;

/// <summary>Where each node's timeline of many recorders puts media, whichever node has it.</summary>
public sealed class LanePlaceSpecs(ITestOutputHelper log) : IDisposable
{
    // The camera has stated its clock.
    private static readonly TimeSpan Recorded = TimeSpan.FromSeconds(4);

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Media_of_another_node_is_placed_by_the_clock_that_its_camera_states()
    {
        await using var cameras = await ClockCameras.StartAsync(2);
        await using var cluster = await ClusterUnderTest.StartAsync(2);
        for (var n = 0; n < 2; n++)
            await cluster.Nodes[n + 1].PostAsync("/v1/recorders", new { id = $"r{n}", source = cameras.Uri(n + 1), timeslice = 500 });

        await cluster.UntilAgreedAsync();
        (await cluster.OwnersAsync(1)).Values.Distinct().Count().ShouldBe(2, "each node has one of them");
        await cluster.StartAllAsync(2);
        foreach (var node in cluster.Nodes.Values)
            await node.GetUntilAsync(PathOf("0.001"), answer => Lanes(answer).All(pieces => pieces is [{ } piece] && Time(piece, "to") - Time(piece, "from") > Recorded));

        await cluster.StopAllAsync(2);
        foreach (var node in cluster.Nodes.Values)
        {
            var byFile = Lanes(await node.GetAsync(PathOf("0.001")));
            foreach (var (pieces, byArrival) in Lanes(await node.GetAsync(PathOf("0"))).Zip(byFile))
            {
                var piece = pieces.ShouldHaveSingleItem();
                var captured = await FirstAsync(node, piece.GetProperty("key").GetString()!);
                log.WriteLine($"{piece.GetProperty("key")}: {(Time(piece, "from") - captured).TotalMilliseconds:0} ms; by its file {(Time(byArrival[0], "from") - captured).TotalMilliseconds:0} ms");
                (Time(piece, "from") - captured).Duration().ShouldBeLessThan(2 * ClockCameras.Frame, $"{piece} began at {captured:O}");
            }
        }
    }

    private async Task<DateTimeOffset> FirstAsync(NodeProcess node, string key)
    {
        var file = _folder.File($"{Guid.NewGuid():n}.mp4");
        await File.WriteAllBytesAsync(file, await node.Http.GetByteArrayAsync($"/v1/recordings/{key}/media.mp4?to=1"));
        return (await ClockStrip.ReadAsync(_folder, [[file]]))[0][0];
    }

    private static string PathOf(string resolution)
    {
        var (from, to) = (DateTime.UtcNow.AddHours(-1), DateTime.UtcNow.AddHours(1));
        return string.Create(CultureInfo.InvariantCulture, $"/v1/timeline?recorder=r0,r1&from={from:O}&to={to:O}&resolution={resolution}");
    }

    private static List<List<JsonElement>> Lanes(JsonElement answer) =>
        [.. answer.GetProperty("lanes").EnumerateArray().Select(lane => lane.GetProperty("pieces").EnumerateArray().ToList())];

    private static DateTimeOffset Time(JsonElement piece, string name) => piece.GetProperty(name).GetDateTimeOffset();
}
