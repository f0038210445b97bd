using System.Net;
using System.Text.Json;
using Microsoft.Playwright;
using Recorder.Browser.Tests.Page;
using Recorder.Node.Security;
using Recorder.Node.Tests.Serve;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace Recorder.Browser.Tests.Wall;

/// <summary>How the wall is arranged, found through, and who may do what on it.</summary>
public sealed class LayoutSpecs(Chromium chromium, ITestOutputHelper log) : IClassFixture<Chromium>
{
    private const string Tile = "wall-tile";

    [Fact]
    public async Task Tiles_are_arranged_by_dragging_and_by_keys_and_stay_so_over_a_reload()
    {
        await using var node = await ServedNode.StartAsync();
        await DefineAsync(node, "a", "b", "c", "d");
        await using var room = await Room.OpenAsync(chromium, node.Host.Address, "#/wall");
        var page = room.Page;
        await HasOrderAsync(page, "a", "b", "c", "d");

        await page.GetByRole(AriaRole.Button, new() { Name = "Arrange" }).ClickAsync();
        await page.Locator(Tile).Nth(0).Locator("header").DragToAsync(page.Locator(Tile).Nth(2));
        await HasOrderAsync(page, "b", "c", "a", "d");
        await page.Locator(Tile).Nth(3).FocusAsync();
        await page.Keyboard.PressAsync("Alt+ArrowLeft");
        await HasOrderAsync(page, "b", "c", "d", "a");
        await page.Keyboard.PressAsync("Alt+ArrowLeft");
        await HasOrderAsync(page, "b", "d", "c", "a");
        await page.GetByRole(AriaRole.Button, new() { Name = "Move a forward" }).ClickAsync();
        await HasOrderAsync(page, "b", "d", "a", "c");
        await page.GetByLabel("Size of the pictures").SelectOptionAsync("l");

        await page.ReloadAsync();
        await HasOrderAsync(page, "b", "d", "a", "c");
        await Expect(page.GetByLabel("Size of the pictures")).ToHaveValueAsync("l");
        room.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_viewer_sees_no_commands_on_the_wall_and_a_request_made_by_hand_is_refused()
    {
        await using var node = await ServedNode.StartAsync();
        await DefineAsync(node, "hall");
        var keys = (Viewer: Room.MakeKey(node, Role.Viewer), Operator: Room.MakeKey(node, Role.Operator));
        await using var room = await Room.OpenAsync(chromium, node.Host.Address, "#/wall");
        await room.LogInAsync(keys.Viewer);
        await Expect(room.Page.GetByRole(AriaRole.Heading, new() { Name = "hall" })).ToBeVisibleAsync();
        await Expect(room.Page.GetByRole(AriaRole.Button, new() { Name = "Record hall" })).ToHaveCountAsync(0);
        await Expect(room.Page.Locator("take-bar").GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
        foreach (var path in new[] { "/v1/recorders/hall:start", "/v1/takes" })
        {
            (await room.Page.EvaluateAsync<int>(
                "async path => (await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json', 'Recorder-Page': '1' }, body: '{}' })).status", path)).ShouldBe(403, path);
        }

        await using var desk = await Room.OpenAsync(chromium, node.Host.Address, "#/wall");
        await desk.LogInAsync(keys.Operator);
        await Expect(desk.Page.GetByRole(AriaRole.Button, new() { Name = "Record hall" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Names_and_labels_with_markup_stay_text_on_the_wall()
    {
        const string Markup = "<img src=x onerror=window.hacked=1><b>bold</b>";
        await using var node = await ServedNode.StartAsync();
        var defined = await node.SendAsync(HttpMethod.Post, "/v1/recorders", $$"""{"id":"hall","source":"test:","labels":{"name":"{{Markup}}","note":"{{Markup}}"} }""");
        defined.Status.ShouldBe(HttpStatusCode.Created);
        await using var room = await Room.OpenAsync(chromium, node.Host.Address, "#/wall");

        await Expect(room.Page.GetByRole(AriaRole.Heading, new() { Name = Markup })).ToHaveTextAsync(Markup);
        await room.Page.Keyboard.PressAsync("v");
        await Expect(room.Page.GetByRole(AriaRole.Link, new() { Name = Markup })).ToHaveTextAsync(Markup);
        (await room.Page.EvaluateAsync<bool>("() => window.hacked === undefined")).ShouldBeTrue();
        room.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    public async Task Axe_finds_nothing_serious_on_the_wall_the_takes_and_the_review(int width, ColorScheme scheme)
    {
        await using var node = await ServedNode.StartAsync();
        await DefineAsync(node, "hall", "door");
        // A recorder in trouble: nothing listens there.
        await node.SendAsync(HttpMethod.Post, "/v1/recorders", """{"id":"yard","source":"rtsp://127.0.0.1:9/yard","labels":{"area":"yard"} }""");
        foreach (var id in new[] { "hall", "yard" })
            await node.SendAsync(HttpMethod.Post, $"/v1/recorders/{id}:start", "{}");

        await using var room = await Room.OpenAsync(chromium, node.Host.Address, "#/wall", width, scheme);
        await Expect(room.Page.Locator(Tile)).ToHaveCountAsync(3);
        await Expect(room.Page.Locator(Tile).Filter(new() { HasText = "hall" }).Locator(".badge")).ToHaveTextAsync("REC");
        await CheckAsync("wall");
        await room.Page.GetByRole(AriaRole.Button, new() { Name = "Arrange" }).ClickAsync();
        await CheckAsync("wall-arranged");
        await room.Page.GetByRole(AriaRole.Button, new() { Name = "List" }).ClickAsync();
        await Expect(room.Page.Locator("wall-list")).ToHaveCountAsync(1);
        await CheckAsync("wall-list");
        foreach (var name in new[] { "Takes", "Review" })
        {
            await room.Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).ClickAsync();
            await Expect(room.Page.GetByRole(AriaRole.Heading, new() { Name = name, Exact = true })).ToBeVisibleAsync();
            await CheckAsync(name.ToLowerInvariant());
        }

        room.Errors.ShouldBeEmpty();

        async Task CheckAsync(string name)
        {
            await room.ShouldBeAccessibleAsync();
            await room.KeepPictureAsync($"{name}-{width}-{scheme.ToString().ToLowerInvariant()}");
            (await room.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width, name);
        }
    }

    [Fact]
    public async Task A_thousand_recorders_are_a_list_whose_first_lines_are_drawn_before_all_are_and_that_finds_by_name_label_and_state()
    {
        const int Count = 1000;
        await using var node = await ServedNode.StartAsync();
        await Parallel.ForAsync(0, Count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (at, _) =>
        {
            var defined = await node.SendAsync(HttpMethod.Post, "/v1/recorders", $$"""{"id":"camera-{{at:0000}}","source":"test:","labels":{"name":"Gate {{at}}","floor":"{{at % 10}}"} }""");
            defined.Status.ShouldBe(HttpStatusCode.Created);
        });
        await using var room = await Room.OpenAsync(chromium, node.Host.Address, "#/nodes");
        // From the page's own beginning: how many lines it has after each frame.
        await room.Page.AddInitScriptAsync(
            """
            window.lines = [];
            const look = () => {
              const page = document.querySelector('control-room')?.shadowRoot?.querySelector('wall-page')?.shadowRoot;
              const count = page?.querySelector('wall-list')?.shadowRoot?.querySelectorAll('li').length ?? 0;
              if (count !== (window.lines.at(-1)?.count ?? 0)) window.lines.push({ count, at: Math.round(performance.now()) });
              if (count < 1000) requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
            """);
        await room.Page.EvaluateAsync("() => { location.hash = '#/wall'; }");
        await room.Page.ReloadAsync();
        await room.Page.WaitForFunctionAsync("() => window.lines.at(-1)?.count === 1000");
        var lines = (await room.Page.EvaluateAsync<JsonElement>("() => window.lines")).EnumerateArray().Select(line => (Count: line.GetProperty("count").GetInt32(), At: line.GetProperty("at").GetInt32())).ToList();
        log.WriteLine($"After the page's load began: {string.Join(", ", lines.Select(line => $"{line.Count} lines at {line.At} ms"))}");
        lines[0].Count.ShouldBeLessThan(Count);

        var summary = room.Page.Locator("wall-page [role=status]");
        await room.Page.Keyboard.PressAsync("/");
        await room.Page.Keyboard.TypeAsync("gate 99");
        await Expect(summary).ToHaveTextAsync("19 of 1,000 recorders");
        await room.Page.GetByRole(AriaRole.Searchbox).FillAsync("floor=7 camera-09");
        await Expect(summary).ToHaveTextAsync("10 of 1,000 recorders");
        await room.Page.GetByLabel("Only recorders that are").SelectOptionAsync("rec");
        await Expect(summary).ToHaveTextAsync("0 of 1,000 recorders");
        await room.Page.GetByRole(AriaRole.Button, new() { Name = "Show all" }).ClickAsync();
        await Expect(summary).ToHaveTextAsync("1,000 recorders");
        room.Errors.ShouldBeEmpty();
    }

    private static async Task DefineAsync(ServedNode node, params string[] recorders)
    {
        foreach (var id in recorders)
            (await node.SendAsync(HttpMethod.Post, "/v1/recorders", $$"""{"id":"{{id}}","source":"test:?size=64x64&rate=10"}""")).Status.ShouldBe(HttpStatusCode.Created);
    }

    private static async Task HasOrderAsync(IPage page, params string[] ids)
    {
        await Expect(page.Locator(Tile)).ToHaveCountAsync(ids.Length);
        await Expect(page.Locator($"{Tile} h2")).ToHaveTextAsync(ids);
    }
}
