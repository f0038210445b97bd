using System.Net;
using Microsoft.Playwright;
using Recorder.Integration.Tests.Harness;
using Recorder.Node.Security;
using Recorder.Node.Tests.Cli;
using Recorder.Node.Tests.Serve;
using static Microsoft.Playwright.Assertions;

namespace Recorder.Browser.Tests.Page;

/// <summary>Every page of the control room of a small show. With RECORDER_SCREENSHOTS=DIR it makes the pictures of docs/guide/control-room (<c>eng/page-pictures</c>).</summary>
public sealed class EveryPageSpecs(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly (string Id, string Picture)[] Cameras =
    [
        ("stage-left", "testsrc2=size=640x360:rate=25"),
        ("stage-right", "mandelbrot=size=640x360:rate=25:start_scale=0.6:end_scale=0.02:end_pts=1500"),
        ("foyer", "gradients=size=640x360:rate=25:speed=0.02:nb_colors=5"),
        ("gate", "life=size=640x360:rate=25:mold=12:ratio=0.2:death_color=#1d4ed8:life_color=#fbbf24"),
    ];

    [Fact]
    public async Task Axe_finds_nothing_serious_on_any_page_dark_or_light_wide_or_narrow()
    {
        using var folder = new Folder();
        var sent = await Task.WhenAll(Cameras.Select((_, index) => SendAsync(folder, index)));
        await using var node = await ServedNode.StartAsync(options => options with { Sources = options.Sources with { AllowsLoopback = true } });
        try
        {
            await ShowAsync(node, sent);
            var key = Room.MakeKey(node, Role.Admin);
            foreach (var (width, scheme) in from width in new[] { 1280, 390 } from scheme in new[] { ColorScheme.Dark, ColorScheme.Light } select (width, scheme))
                await LookAsync(node, key, width, scheme);
        }
        finally
        {
            foreach (var camera in sent)
                await camera.DisposeAsync();
        }
    }

    private async Task LookAsync(ServedNode node, string key, int width, ColorScheme scheme)
    {
        await using var room = await Room.OpenAsync(chromium, node.Host.Address, "#/wall", width, scheme);
        var page = room.Page;
        await page.GetByLabel("API key").WaitForAsync();
        await CheckAsync("log-in");
        await room.LogInAsync(key);

        await Expect(page.Locator("wall-tile video")).Not.ToHaveCountAsync(0);
        await Expect(page.Locator("wall-tile").Filter(new() { HasText = "stage-left" })).ToContainTextAsync("REC");
        await page.WaitForFunctionAsync(
            """
            () => {
              const all = [...document.querySelector('control-room').shadowRoot.querySelector('wall-page').shadowRoot.querySelectorAll('wall-tile')];
              const videos = all.map(tile => tile.shadowRoot.querySelector('video')).filter(video => video?.readyState >= 2);
              return videos.length >= (innerWidth > 600 ? 2 : 1);
            }
            """);
        await CheckAsync("wall");

        await GoAsync("t", "Takes");
        await Expect(page.Locator("take-bar angle-list")).ToContainTextAsync(" ms");
        await CheckAsync("takes");

        await GoAsync("v", "Review");
        await page.GetByRole(AriaRole.Button, new() { Name = "stage-left", Exact = true }).PressAsync("Enter");
        foreach (var name in (string[])["stage-right", "gate", "foyer"])
            await page.Locator("lane-timeline").GetByRole(AriaRole.Button, new() { Name = name }).PressAsync("Enter");

        await page.GetByRole(AriaRole.Button, new() { Name = "1 min" }).PressAsync("Enter");
        await Expect(page.Locator("video")).ToHaveCountAsync(4);
        await page.WaitForFunctionAsync(
            "() => [...document.querySelector('control-room').shadowRoot.querySelector('review-page').shadowRoot.querySelectorAll('video')].every(video => video.readyState >= 2)");
        await CheckAsync("review");

        await GoAsync("r", "Recorders");
        await Expect(page.Locator("recorders-page").GetByRole(AriaRole.Listitem)).ToHaveCountAsync(Cameras.Length + 1);
        await CheckAsync("recorders");
        await GoAsync("n", "Nodes");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "spec" })).ToBeVisibleAsync();
        await CheckAsync("nodes");
        room.Errors.ShouldBeEmpty();

        async Task GoAsync(string letter, string title)
        {
            await page.Keyboard.PressAsync("g");
            await page.Keyboard.PressAsync(letter);
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = title, Exact = true })).ToBeVisibleAsync();
        }

        async Task CheckAsync(string name)
        {
            await room.ShouldBeAccessibleAsync();
            await room.KeepPictureAsync($"{name}-{width}-{scheme.ToString().ToLowerInvariant()}");
            (await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width, name);
        }
    }

    private static async Task<RtspSimulator> SendAsync(Folder folder, int index)
    {
        var film = folder[$"{Cameras[index].Id}.mp4"];
        await Command.FFmpegAsync(
            "-f", "lavfi", "-i", Cameras[index].Picture, "-f", "lavfi", "-i", $"sine=frequency={220 * (index + 1)}:sample_rate=48000", "-t", "4", "-c:v", "libx264", "-preset", "ultrafast",
            "-pix_fmt", "yuv420p", "-g", "25", "-crf", "30", "-c:a", "aac", $"{film}.short.mp4");
        // The same four seconds again and again.
        await Command.FFmpegAsync("-stream_loop", "100", "-i", $"{film}.short.mp4", "-c", "copy", film);
        return await RtspSimulator.StartAsync($"--file {film}");
    }

    // A take that is rated, a camera that was away, and a take under way.
    private static async Task ShowAsync(ServedNode node, RtspSimulator[] sent)
    {
        foreach (var ((id, _), camera) in Cameras.Zip(sent))
            await DefineAsync(id, camera.Uri);

        await DefineAsync("yard", $"rtsp://127.0.0.1:{FreePort.Take()}/off");
        foreach (var id in (string[])["gate", "foyer", "yard"])
            await node.SendAsync(HttpMethod.Post, $"/v1/recorders/{id}:start");

        var first = await TakeAsync();
        await UntilAsync("/v1/recorders/gate", recorder => recorder["duration"]!.GetValue<double>() > 5000);
        await sent[3].KillAsync();
        await UntilAsync("/v1/recorders/gate", recorder => recorder["sourceStatus"]!.GetValue<string>() == "lost");
        await node.SendAsync(HttpMethod.Post, $"/v1/takes/{first}:mark", """{"label":"Curtain"}""");
        await sent[3].StartAgainAsync();
        await UntilAsync("/v1/recorders/gate", recorder => recorder["sourceStatus"]!.GetValue<string>() == "connected");
        await node.SendAsync(HttpMethod.Post, $"/v1/takes/{first}:stop", "{}");
        await UntilAsync($"/v1/takes/{first}", take => take["state"]!.GetValue<string>() == "done");
        await node.SendAsync(HttpMethod.Patch, $"/v1/takes/{first}", """{"rating":"good","notes":"Applause from 00:07 on."}""");
        await TakeAsync();

        async Task DefineAsync(string id, string source)
        {
            var area = id.StartsWith("stage", StringComparison.Ordinal) ? "stage" : "house";
            (await node.SendAsync(HttpMethod.Post, "/v1/recorders", $$"""{"id":"{{id}}","source":"{{source}}","timeslice":500,"labels":{"area":"{{area}}"} }""")).Status.ShouldBe(HttpStatusCode.Created);
        }

        async Task<string> TakeAsync()
        {
            var (_, armed) = await node.SendAsync(HttpMethod.Post, "/v1/takes", """{"project":"Revue","scene":"12A","angles":[{"recorder":"stage-left"},{"recorder":"stage-right"}]}""");
            var id = armed!["id"]!.GetValue<string>();
            await UntilAsync($"/v1/takes/{id}", take => Stage.Angles(take).All(angle => angle["state"]!.GetValue<string>() == "ready"));
            await node.SendAsync(HttpMethod.Post, $"/v1/takes/{id}:start", "{}");
            await UntilAsync($"/v1/takes/{id}", take => Stage.Angles(take).All(angle => angle["offset"] is not null));
            return id;
        }

        Task UntilAsync(string path, Func<System.Text.Json.Nodes.JsonNode, bool> holds) => Stage.WaitAsync(node, path, holds);
    }
}
