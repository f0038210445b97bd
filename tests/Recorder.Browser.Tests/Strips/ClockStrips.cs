using System.Text.Json;
using Microsoft.Playwright;

namespace Recorder.Browser.Tests;

/// <summary>Scripts that read the clock strips of what a page shows.</summary>
internal static class ClockStrips
{
    /// <summary>Gives a page <c>readStrip(video)</c>.</summary>
    public static async Task AddReaderAsync(IPage page) => await page.EvaluateAsync(await ReadAsync("Strips/read-strip.js"));

    /// <summary>A script that is copied beside the specs.</summary>
    public static Task<string> ReadAsync(string script) => File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, script));

    /// <summary>What the videos show now, in milliseconds since 1970; null for one that has no picture.</summary>
    public static async Task<IReadOnlyList<double?>> LookAsync(ILocator videos) =>
        Read(await videos.EvaluateAllAsync<JsonElement>("videos => videos.map(video => window.readStrip(video))"));

    /// <summary>What the videos show in each animation frame, until each has shown so many pictures.</summary>
    /// <param name="videos">The videos.</param>
    /// <param name="pictures">Different ones.</param>
    /// <param name="playing">How many of the videos have pictures; of the others there are none in this moment.</param>
    public static async Task<IReadOnlyList<IReadOnlyList<double?>>> WatchAsync(ILocator videos, int pictures, int playing)
    {
        var seen = await videos.EvaluateAllAsync<JsonElement>(
            """
            async (videos, { pictures, playing }) => {
              const seen = [];
              const shown = videos.map(() => new Set());
              const began = performance.now();
              while (shown.filter(set => set.size >= pictures).length < playing && performance.now() - began < 30_000) {
                await new Promise(requestAnimationFrame);
                const look = videos.map(video => window.readStrip(video));
                look.forEach((strip, at) => strip !== null && shown[at].add(strip));
                seen.push(look);
              }
              return seen;
            }
            """, new { pictures, playing });
        return [.. seen.EnumerateArray().Select(Read)];
    }

    private static List<double?> Read(JsonElement look) =>
        [.. look.EnumerateArray().Select(strip => strip.ValueKind == JsonValueKind.Null ? (double?)null : strip.GetDouble())];
}
