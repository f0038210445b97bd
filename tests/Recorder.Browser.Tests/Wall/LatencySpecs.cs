using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Browser.Tests.Wall;

/// <summary>How old the pictures of the wall are, and what they cost. Each picture says when it was captured.</summary>
[Collection(NodeProcess.OneAtATime)]
public sealed class LatencySpecs(Chromium chromium, ITestOutputHelper log) : IClassFixture<Chromium>
{
    // RECORDER_WALL=600 before a release: sixteen cameras, and so many seconds.
    private static readonly int Length = int.Parse(Environment.GetEnvironmentVariable("RECORDER_WALL") ?? "0", CultureInfo.InvariantCulture);
    private static readonly int Cameras = Length > 0 ? 16 : 4;
    private static readonly int Seconds = Length > 0 ? Length : 12;
    private static readonly int Round = Length > 0 ? 30 : 4;

    // Of all looks at a tile: a machine that is busy with something else holds up every picture for a moment.
    private const double Prompt = 0.9;

    private readonly Dictionary<string, (int Looks, int Late)> _all = [];

    [Fact]
    public async Task Each_tile_shows_its_clock_within_a_second_again_and_again_and_the_memory_of_the_page_is_flat()
    {
        using var folder = new TestFolder();
        await using var cameras = await ClockCameras.StartAsync(Cameras);
        await using var node = await NodeProcess.StartAsync(folder.File("data"), "--min-free 0");
        await WallRoom.RecordAsync(node, cameras, Cameras);
        await node.GetUntilAsync("/v1/recorders?limit=100", all => all.GetProperty("recorders").EnumerateArray().All(one => one.GetProperty("state").GetString() == "recording"));
        await using var room = await WallRoom.OpenAsync(chromium, node.Http.BaseAddress!);
        await WallRoom.ShowsAsync(room.Page, Cameras);
        await WallRoom.WatchAsync(room.Page, 3);

        var (begun, cpu) = (Stopwatch.StartNew(), CpuTime.Of(node.Id));
        var heaps = new List<double> { await WallRoom.UsedHeapAsync(room.Page) };
        while (begun.Elapsed.TotalSeconds < Seconds)
        {
            Check(await WallRoom.WatchAsync(room.Page, Round), begun.Elapsed);
            heaps.Add(await WallRoom.UsedHeapAsync(room.Page));
            log.WriteLine($"{begun.Elapsed.TotalSeconds,4:0} s: the page uses {heaps[^1] / 1e6:0.0} MB.");
        }

        foreach (var (tile, (looks, late)) in _all)
            late.ShouldBeLessThanOrEqualTo((int)(looks * (1 - Prompt)), $"{tile}, {looks} looks");

        var watched = (CpuTime.Of(node.Id) - cpu) / begun.Elapsed * 1000;
        await room.Page.CloseAsync();
        var idle = await UnwatchedAsync(node);
        log.WriteLine($"CPU of the node: {watched / Cameras:0.0} ms a second and watched tile, {idle / Cameras:0.0} unwatched.");
        log.WriteLine($"Memory of the page: {string.Join(", ", heaps.Select(bytes => $"{bytes / 1e6:0.0}"))} MB.");
        (heaps[^1] - heaps[0]).ShouldBeLessThan(4e6);
        room.Errors.ShouldBeEmpty();
    }

    private static async Task<double> UnwatchedAsync(NodeProcess node)
    {
        using var interval = new PeriodicTimer(TimeSpan.FromSeconds(Math.Clamp(Seconds / 10.0, 5, 30)));
        var (begun, before) = (Stopwatch.StartNew(), CpuTime.Of(node.Id));
        await interval.WaitForNextTickAsync();
        return (CpuTime.Of(node.Id) - before) / begun.Elapsed * 1000;
    }

    private void Check(JsonElement seen, TimeSpan at)
    {
        var looks = seen.GetProperty("looks").EnumerateArray().SelectMany(look => look.EnumerateArray()).ToList();
        foreach (var tile in looks.GroupBy(look => look.GetProperty("id").GetString()!).OrderBy(tile => tile.Key))
        {
            var ages = tile.Select(look => AgeOf(look, "age")).OfType<double>().Order().ToList();
            ages.ShouldNotBeEmpty(tile.Key);
            var off = tile.Where(look => AgeOf(look, "said") is not null && AgeOf(look, "age") is not null)
                .Select(look => Math.Abs(AgeOf(look, "age")!.Value - AgeOf(look, "said")!.Value)).Order().ToList();
            var hitches = seen.GetProperty("hitches").TryGetProperty(tile.Key, out var number) ? number.GetInt32() : 0;
            var frames = seen.GetProperty("frames").GetProperty(tile.Key);
            log.WriteLine($"{at.TotalSeconds,4:0} s {tile.Key}: {ages.Count} of {tile.Count()} looks, {ages[0]:0} to {ages[^1]:0} ms old, median {ages[ages.Count / 2]:0}; "
                + $"time code off by {off[off.Count / 2]:0}; {frames.GetProperty("shown")} frames, {frames.GetProperty("dropped")} of them dropped; {hitches} stalls and changes of pace");
            var all = _all.GetValueOrDefault(tile.Key);
            _all[tile.Key] = (all.Looks + tile.Count(), all.Late + tile.Count() - ages.Count(age => age <= 1000));
            ages[ages.Count / 2].ShouldBeInRange(0, 1000, tile.Key);
            off[off.Count / 2].ShouldBeLessThan(250, tile.Key);
        }
    }

    private static double? AgeOf(JsonElement look, string name) => look.GetProperty(name) is { ValueKind: JsonValueKind.Number } age ? age.GetDouble() : null;
}
