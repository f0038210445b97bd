using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Recorder.Node.Security;
using static Microsoft.Playwright.Assertions;

namespace Recorder.Browser.Tests.Page;

/// <summary>What the page of takes says of takes, and what it offers to whom.</summary>
public sealed partial class TakesPageSpecs(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task The_skew_of_each_angle_is_shown_a_missing_recorder_is_named_and_notes_and_rating_change_afterwards()
    {
        await using var stage = await Stage.OpenAsync(2, "--clock-error 2=-200");
        await stage.DefineOffAsync("off");
        await using var room = await Room.OpenAsync(chromium, stage.Address, "#/takes");
        var (page, bar) = (room.Page, room.Page.Locator("take-bar"));
        var take = await stage.RecordAsync("12A", async running =>
        {
            var off = bar.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "off" });
            await Expect(off).ToContainTextAsync("MISSING");
            await Expect(off.Locator(".why")).ToContainTextAsync("off");
            await Expect(bar).ToContainTextAsync("1 recorder missing");
            // Any user of the page sees take and skew, whoever began it.
            foreach (var angle in Stage.Angles(await stage.UntilAsync(running["id"]!.GetValue<string>(), HasOffsets)).Take(2))
                await ShouldShowAsync(bar, angle["recorder"]!.GetValue<string>(), angle["offset"]!.GetValue<double>());
        }, "off");

        var detail = page.GetByRole(AriaRole.Region, new() { Name = "Take 1" });
        await Expect(bar.GetByRole(AriaRole.Button, new() { Name = "ARM" })).ToBeVisibleAsync();
        foreach (var angle in Stage.Angles(take).Where(angle => angle["offset"] is not null))
            await ShouldShowAsync(detail, angle["recorder"]!.GetValue<string>(), angle["offset"]!.GetValue<double>());

        await detail.GetByLabel("Notes").FillAsync("Boom in the picture <b>at the end</b>");
        await page.Keyboard.PressAsync("Tab");
        await detail.GetByRole(AriaRole.Button, new() { Name = "Circled" }).PressAsync("Enter");
        await Expect(detail.GetByRole(AriaRole.Button, new() { Name = "Circled" })).ToHaveAttributeAsync("aria-pressed", "true");
        await detail.GetByText("What was changed").PressAsync("Enter");
        await Expect(detail.GetByText("notes from “” to “Boom in the picture <b>at the end</b>”")).ToBeVisibleAsync();
        await Expect(detail.GetByText("rating from “none” to “circled”")).ToBeVisibleAsync();
        await room.ShouldBeAccessibleAsync();
        var slate = (await stage.UntilAsync(take["id"]!.GetValue<string>(), _ => true))["slate"]!;
        slate["notes"]!.GetValue<string>().ShouldBe("Boom in the picture <b>at the end</b>");
        slate["rating"]!.GetValue<string>().ShouldBe("circled");

        // A second take of the scene; the arrows go through them.
        await stage.RecordAsync("12A");
        var takes = page.GetByRole(AriaRole.Navigation, new() { Name = "Takes" });
        await Expect(takes.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(2);
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(takes.Locator("[aria-current]")).ToContainTextAsync("take 1");
        await page.Keyboard.PressAsync("ArrowUp");
        await Expect(takes.Locator("[aria-current]")).ToContainTextAsync("take 2");
        room.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_viewer_sees_takes_and_is_offered_no_command()
    {
        await using var stage = await Stage.OpenAsync(1);
        await stage.RecordAsync("7");
        var key = Room.MakeKey(stage.Node, Role.Viewer);
        await using var room = await Room.OpenAsync(chromium, stage.Address, "#/takes");
        await room.LogInAsync(key);
        var page = room.Page;

        await Expect(page.GetByRole(AriaRole.Navigation, new() { Name = "Takes" }).GetByRole(AriaRole.Listitem)).ToContainTextAsync("scene 7 take 1");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Take 1" })).ToContainTextAsync("left");
        await Expect(page.Locator("main").GetByRole(AriaRole.Button)).ToHaveTextAsync(["Export the angles"]);
        await Expect(page.GetByLabel("Notes")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Shift+A");
        await page.Keyboard.PressAsync("Shift+?");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Review the take");
        await Expect(page.GetByRole(AriaRole.Dialog)).Not.ToContainTextAsync("Arm");
        await page.Keyboard.PressAsync("Escape");
        foreach (var (method, path) in new[] { ("POST", "/v1/takes"), ("PATCH", "/v1/takes/20261201T000000.000Z-1"), ("POST", "/v1/takes/20261201T000000.000Z-1:start") })
        {
            (await page.EvaluateAsync<int>(
                "async ([method, path]) => (await fetch(path, { method, headers: { 'Content-Type': 'application/json', 'Recorder-Page': '1' }, body: '{\"angles\":[{\"recorder\":\"left\"}]}' })).status",
                new[] { method, path })).ShouldBe(403, path);
        }

        room.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_the_node_refuses_is_said_at_the_field()
    {
        await using var stage = await Stage.OpenAsync(1);
        await using var room = await Room.OpenAsync(chromium, stage.Address, "#/takes");
        var (page, keyboard) = (room.Page, room.Page.Keyboard);
        var scene = page.GetByLabel("Scene");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "1 recorder" })).ToBeVisibleAsync();

        await keyboard.PressAsync("s");
        await keyboard.TypeAsync("12/A");
        await keyboard.PressAsync("Escape");
        await keyboard.PressAsync("Shift+A");

        await Expect(page.Locator("#scene-error")).ToContainTextAsync("'scene' is '12/A'");
        await Expect(scene).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(scene).ToBeFocusedAsync();
        await Expect(page.Locator("[aria-live=assertive]")).ToContainTextAsync("'scene' is '12/A'");
        await room.ShouldBeAccessibleAsync();

        await scene.FillAsync("12A");
        await keyboard.PressAsync("Enter");
        await Expect(page.Locator("take-bar")).ToContainTextAsync("All 1 are ready.");
        await Expect(page.Locator("#scene-error")).ToHaveCountAsync(0);
        await keyboard.PressAsync("Shift+S");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "ARM" })).ToBeVisibleAsync();
        room.Errors.ShouldBeEmpty();
    }

    private static bool HasOffsets(System.Text.Json.Nodes.JsonNode take) => Stage.Angles(take).Take(2).All(angle => angle["offset"] is not null);

    private static async Task ShouldShowAsync(ILocator within, string recorder, double offset)
    {
        // Other words of a row may contain the name: '4 d left'.
        var row = within.GetByRole(AriaRole.Listitem).Filter(new() { Has = within.Page.GetByText(recorder, new() { Exact = true }) });
        await Expect(row.Locator(".mono")).ToContainTextAsync($"{(offset > 0 ? "+" : "")}{Math.Floor(offset + 0.5).ToString(CultureInfo.InvariantCulture)} ms");
        var frames = Frames().Match(await row.Locator(".mono").InnerTextAsync());
        double.Parse(frames.Groups[1].Value, CultureInfo.InvariantCulture).ShouldBe(offset / Stage.Frame, 0.11);
    }

    [GeneratedRegex(@"\(([+-]?[\d.]+) f\)")]
    private static partial Regex Frames();
}
