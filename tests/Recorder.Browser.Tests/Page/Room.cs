using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Playwright;
using Recorder.Node.Security;
using Recorder.Node.Tests.Serve;

namespace Recorder.Browser.Tests.Page;

/// <summary>The control room of a node in a browser that knows nothing of it yet.</summary>
internal sealed class Room : IAsyncDisposable
{
    private static readonly string[] Serious = ["serious", "critical"];
    private readonly IBrowserContext _context;
    private readonly List<string> _errors = [];

    private Room(IBrowserContext context, IPage page, Uri address)
    {
        (_context, Page, Address) = (context, page, address);
        // A request that the server refuses is logged by the browser too; a spec asks for those itself.
        page.Console += (_, said) =>
        {
            if (said.Type == "error" && !said.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
                _errors.Add(said.Text);
        };
        page.PageError += (_, error) => _errors.Add(error);
    }

    public IPage Page { get; }

    public Uri Address { get; }

    /// <summary>What scripts and the browser complained of.</summary>
    public IReadOnlyList<string> Errors => _errors;

    public static async Task<Room> OpenAsync(
        Chromium chromium, Uri address, string hash = "#/recorders", int width = 1280, ColorScheme scheme = ColorScheme.Dark)
    {
        var context = await chromium.NewContextAsync(new BrowserNewContextOptions
        {
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = width, Height = width < 600 ? 844 : 800 },
            ReducedMotion = ReducedMotion.Reduce,
        });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(20_000);
        // While the page is being changed: its files as they are now, not as they were built in.
        if (Environment.GetEnvironmentVariable("RECORDER_PAGE") is { Length: > 0 } root)
            await page.RouteAsync("**/app/**/*.js", route => route.FulfillAsync(new() { Path = root + new Uri(route.Request.Url).AbsolutePath, ContentType = "text/javascript" }));

        var room = new Room(context, page, address);
        await page.GotoAsync(new Uri(address, hash).ToString());
        return room;
    }

    public static string MakeKey(ServedNode node, Role role, params string[] recorders) =>
        new ApiKeyRing(Path.Combine(node.DataFolder, "keys"), NullLogger.Instance, TimeProvider.System).Add(role, role.ToString().ToLowerInvariant(), recorders, null);

    /// <summary>Logs in by keyboard alone.</summary>
    public async Task LogInAsync(string key)
    {
        await Page.GetByLabel("API key").WaitForAsync();
        await Page.Keyboard.TypeAsync(key);
        await Page.Keyboard.PressAsync("Enter");
        await Page.GetByRole(AriaRole.Navigation, new() { Name = "Pages" }).WaitForAsync();
    }

    /// <summary>Fails when axe finds something serious, with what it found.</summary>
    public async Task ShouldBeAccessibleAsync()
    {
        await Page.EvaluateAsync(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "axe.min.js")));
        var found = await Page.EvaluateAsync<JsonElement>(
            """
            async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
                .violations.map(it => ({ impact: it.impact, text: `${it.id}: ${it.nodes.map(node => node.target.flat().join(' ') + ' ' + node.failureSummary).join('; ')}` }))
            """);
        found.EnumerateArray().Where(it => Serious.Contains(it.GetProperty("impact").GetString())).Select(it => it.GetProperty("text").GetString()).ShouldBeEmpty();
    }

    /// <summary>Keeps a picture of the page where RECORDER_SCREENSHOTS names a folder.</summary>
    public async Task KeepPictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("RECORDER_SCREENSHOTS") is { Length: > 0 } folder)
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png") });
    }

    public ValueTask DisposeAsync() => new(_context.CloseAsync());
}
