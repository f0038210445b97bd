using System.Text.Json;
using Microsoft.Playwright;
using Recorder.Browser.Tests.Page;
using Recorder.Integration.Tests.Harness;

namespace Recorder.Browser.Tests.Wall;

/// <summary>The wall of a node that is a process of its own, in a browser that can read the clock strips of its pictures.</summary>
internal static class WallRoom
{
    /// <summary>Defines recorders of clock cameras, the first of them first, and starts them.</summary>
    public static async Task RecordAsync(NodeProcess node, ClockCameras cameras, int count, string prefix = "camera")
    {
        for (var number = 1; number <= count; number++)
        {
            await node.PostAsync("/v1/recorders", new { id = $"{prefix}{number:00}", source = cameras.Uri(number), timeslice = 500 });
            await node.PostAsync($"/v1/recorders/{prefix}{number:00}:start");
        }
    }

    /// <summary>A screen on which sixteen pictures fit.</summary>
    public static async Task<Room> OpenAsync(Chromium chromium, Uri address)
    {
        var room = await Room.OpenAsync(chromium, address, "#/wall");
        await room.Page.SetViewportSizeAsync(1600, 1600);
        await AddScriptsAsync(room.Page);
        return room;
    }

    public static async Task AddScriptsAsync(IPage page)
    {
        await ClockStrips.AddReaderAsync(page);
        await page.EvaluateAsync(await ClockStrips.ReadAsync("Wall/watch-wall.js"));
    }

    /// <summary>Waits until so many tiles show pictures.</summary>
    public static Task ShowsAsync(IPage page, int tiles) =>
        page.WaitForFunctionAsync("count => wall.look().filter(tile => tile.age !== null && tile.age < 5000).length >= count", tiles, new() { Timeout = 60_000 });

    /// <summary>Waits until a tile's word is this one.</summary>
    public static Task SaysAsync(IPage page, string id, string status, float timeout = 30_000) =>
        page.WaitForFunctionAsync(
            "([id, status]) => wall.tiles().find(tile => tile.tile.id === id)?.shadowRoot.querySelector('.badge')?.textContent === status",
            new[] { id, status }, new() { Timeout = timeout });

    /// <summary>The bytes of the page's own objects, after a collection.</summary>
    public static async Task<double> UsedHeapAsync(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("HeapProfiler.enable");
        await session.SendAsync("HeapProfiler.collectGarbage");
        await session.SendAsync("Performance.enable");
        var metrics = await session.SendAsync("Performance.getMetrics");
        await session.DetachAsync();
        return metrics!.Value.GetProperty("metrics").EnumerateArray().First(metric => metric.GetProperty("name").GetString() == "JSHeapUsedSize").GetProperty("value").GetDouble();
    }

    public static async Task<JsonElement> WatchAsync(IPage page, double seconds) => await page.EvaluateAsync<JsonElement>("seconds => wall.watch(seconds)", seconds);
}
