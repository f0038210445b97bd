using Microsoft.Playwright;
using Recorder.Browser.Tests.Review;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace Recorder.Browser.Tests.Page;

/// <summary>A show, as the guide says it: docs/guide/control-room.md. Nothing is clicked.</summary>
public sealed class TakeByKeyboardSpecs(Chromium chromium, ITestOutputHelper log) : IClassFixture<Chromium>
{
    [Fact]
    public async Task A_take_is_armed_recorded_marked_rated_reviewed_and_exported_by_keyboard_alone()
    {
        await using var stage = await Stage.OpenAsync(4);
        await stage.DefineOffAsync("off");
        await using var room = await Room.OpenAsync(chromium, stage.Address, "#/wall");
        var (page, keyboard) = (room.Page, room.Page.Keyboard);
        var bar = page.Locator("take-bar");
        var heard = page.Locator("[aria-live=polite]");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Wall" })).ToBeVisibleAsync();

        // G T goes to Takes.
        await keyboard.PressAsync("g");
        await keyboard.PressAsync("t");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Takes" })).ToBeVisibleAsync();
        await Expect(bar.GetByRole(AriaRole.Button, new() { Name = "5 recorders" })).ToBeVisibleAsync();

        // S writes the scene; Esc leaves the field.
        await keyboard.PressAsync("s");
        await Expect(bar.GetByLabel("Scene")).ToBeFocusedAsync();
        await keyboard.TypeAsync("12A");
        await keyboard.PressAsync("Escape");

        // Shift+A arms. Who is not ready is named, with the reason, and is heard.
        await keyboard.PressAsync("Shift+A");
        await Expect(bar).ToContainTextAsync("4 of 5 are ready.");
        await Expect(bar).ToContainTextAsync("scene 12A take 1");
        var off = bar.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "off" });
        await Expect(off).ToContainTextAsync("NOT READY");
        var why = await off.Locator(".why").InnerTextAsync();
        why.ShouldNotBeEmpty();
        log.WriteLine($"off is not ready: {why}");
        await Expect(heard).ToContainTextAsync("4 of 5 are ready. Not ready: off:");
        await room.ShouldBeAccessibleAsync();

        // Shift+R records, M marks, Shift+S stops.
        await keyboard.PressAsync("Shift+R");
        await Expect(bar.GetByText("REC", new() { Exact = true })).ToHaveCountAsync(5);
        await Expect(off).ToContainTextAsync("MISSING");
        await Expect(heard).ToContainTextAsync("Missing: off:");
        await Expect(bar.Locator(".time")).ToHaveTextAsync("00:03");
        await keyboard.PressAsync("m");
        await Expect(bar.GetByRole(AriaRole.Button, new() { Name = "MARK (1)" })).ToBeVisibleAsync();
        await Expect(bar.Locator(".time")).ToHaveTextAsync("00:07");
        await room.ShouldBeAccessibleAsync();
        await keyboard.PressAsync("Shift+S");
        await Expect(bar.GetByRole(AriaRole.Button, new() { Name = "ARM" })).ToBeVisibleAsync();

        // Shift+G: the take was good.
        await keyboard.PressAsync("Shift+G");
        var takes = page.GetByRole(AriaRole.Navigation, new() { Name = "Takes" });
        await Expect(takes.GetByRole(AriaRole.Listitem)).ToContainTextAsync("GOOD");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Mark 1" })).ToBeVisibleAsync();

        // Shift+V reviews it: K plays, and all angles show the same moment.
        await keyboard.PressAsync("Shift+V");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Review" })).ToBeVisibleAsync();
        await Expect(page.Locator("video")).ToHaveCountAsync(5);
        await ClockStrips.AddReaderAsync(page);
        await keyboard.PressAsync("k");
        var seen = await ClockStrips.WatchAsync(page.Locator("video"), pictures: 50, playing: 4);
        await keyboard.PressAsync("k");
        ShouldBeInStep(seen);
        await room.ShouldBeAccessibleAsync();

        // Back to Takes; Shift+X exports the angles for an editor, and Tab and Enter fetch them.
        await keyboard.PressAsync("g");
        await keyboard.PressAsync("t");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Export" })).ToBeVisibleAsync();
        await keyboard.PressAsync("Shift+X");
        var files = page.GetByRole(AriaRole.List, new() { Name = "Files of the export" });
        var films = files.GetByRole(AriaRole.Link).Filter(new() { HasText = ".mov" });
        await Expect(films).ToHaveCountAsync(4, new() { Timeout = 60_000 });
        await Expect(heard).ToContainTextAsync("The export is done");
        await room.ShouldBeAccessibleAsync();
        for (var index = 0; index < 4; index++)
            await FetchAsync(page, films.Nth(index));

        room.Errors.ShouldBeEmpty();
    }

    private void ShouldBeInStep(IReadOnlyList<IReadOnlyList<double?>> seen)
    {
        var pictures = Enumerable.Range(0, 5).Select(angle => seen.Select(look => look[angle]).Where(strip => strip is not null).Distinct().Count()).ToList();
        pictures.Count(count => count >= 50).ShouldBe(4, string.Join(", ", pictures));
        var apart = seen.Select(look => look.OfType<double>().ToList()).Where(strips => strips.Count > 1).Select(strips => strips.Max() - strips.Min()).ToList();
        log.WriteLine($"{seen.Count} looks: angles are up to {apart.Max():0} ms apart, {apart.Average():0} ms in the mean.");
        // Four films at once starve a busy machine for a moment. How far the player itself is ever off, ReviewPlayerSpecs says.
        apart.Order().ElementAt(apart.Count / 2).ShouldBeLessThanOrEqualTo(2 * Stage.Frame);
    }

    private static async Task FetchAsync(IPage page, ILocator link)
    {
        for (var presses = 0; presses < 100 && !await link.EvaluateAsync<bool>("link => link.matches(':focus')"); presses++)
            await page.Keyboard.PressAsync("Tab");

        await Expect(link).ToBeFocusedAsync();
        var fetched = await page.RunAndWaitForDownloadAsync(() => page.Keyboard.PressAsync("Enter"));
        var film = await MediaProbe.OfAsync(await fetched.PathAsync());
        film.Video!.Codec.ShouldBe("h264");
        film.Video.Width.ShouldBe(320);
        film.Duration.ShouldBeInRange(6, 60);
    }
}
