using System.Globalization;
using System.Net;
using Microsoft.Playwright;
using Recorder.Node.Tests.Serve;

namespace Recorder.Browser.Tests;

/// <summary>A headless Chromium, a node, and a page of that node's in the browser.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Executable = "/usr/bin/chromium";

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private ServedNode? _node;

    internal ServedNode Node => _node!;

    public async Task InitializeAsync()
    {
        File.Exists(Executable).ShouldBeTrue($"There is no {Executable}: apt-get install chromium");
        _node = await ServedNode.StartAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Executable,
            Headless = true,
            Args = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
        });
    }

    public async Task DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        _playwright?.Dispose();
        await (_node?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>An empty page of the node's own origin.</summary>
    public Task<IPage> OpenAsync() => OpenAsync(Node.Host.Address);

    /// <summary>An empty page of another node's origin.</summary>
    public async Task<IPage> OpenAsync(Uri node)
    {
        var page = await _browser!.NewPageAsync();
        page.SetDefaultTimeout(20_000);
        await page.GotoAsync(new Uri(node, "/health/live").ToString());
        await page.SetContentAsync("<video muted></video>");
        return page;
    }

    /// <summary>A browser's profile of its own, with its own cookies.</summary>
    internal Task<IBrowserContext> NewContextAsync(BrowserNewContextOptions options) => _browser!.NewContextAsync(options);

    /// <summary>Defines a recorder and starts it; the key of its recording as soon as it has one.</summary>
    internal async Task<string> RecordAsync(string id, string source, string more = "")
    {
        var defined = await Node.SendAsync(HttpMethod.Post, "/v1/recorders", $$"""{"id":"{{id}}","source":"{{source}}","timeslice":500{{more}}}""");
        defined.Status.ShouldBe(HttpStatusCode.Created, defined.Body?.ToJsonString());
        var started = await Node.SendAsync(HttpMethod.Post, $"/v1/recorders/{id}:start");
        started.Status.ShouldBe(HttpStatusCode.OK, started.Body?.ToJsonString());
        return await KeyAsync(id);
    }

    /// <summary>The recorder's recording, when blobs of it have come.</summary>
    internal async Task<string> KeyAsync(string id, int blobs = 4)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await tick.WaitForNextTickAsync(patience.Token))
        {
            var folder = Path.Combine(Node.DataFolder, "recordings", id);
            var recording = Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).FirstOrDefault() : null;
            if (recording is not null && File.Exists(Path.Combine(recording, "index.jsonl")) &&
                File.ReadLines(Path.Combine(recording, "index.jsonl")).Count() >= blobs)
            {
                return $"{id}~{Path.GetFileName(recording)}";
            }
        }

        throw new InvalidOperationException("unreachable");
    }

    internal static double Number(object? value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);
}
