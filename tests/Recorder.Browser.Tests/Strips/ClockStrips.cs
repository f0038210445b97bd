using Microsoft.Playwright;

namespace Recorder.Browser.Tests;

/// <summary>Scripts that read the clock strips of what a page shows.</summary>
internal static class ClockStrips
{
    /// <summary>Gives a page <c>readStrip(video)</c>.</summary>
    public static async Task AddReaderAsync(IPage page) => await page.EvaluateAsync(await ReadAsync("Strips/read-strip.js"));

    /// <summary>A script that is copied beside the specs.</summary>
    public static Task<string> ReadAsync(string script) => File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, script));
}
