using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Recorder.Integration.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace Recorder.Browser.Tests.Page;

/// <summary>The page on which a guard finds last night's event.</summary>
public sealed class ReviewPageSpecs(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly TimeSpan Month = TimeSpan.FromDays(31);

    [Fact]
    public async Task A_moment_is_marked_and_found_and_a_selection_is_exported_and_fetched()
    {
        await using var stage = await Stage.OpenAsync(2);
        var take = await stage.RecordAsync("5");
        await using var room = await Room.OpenAsync(chromium, stage.Address, $"#/review?take={take["id"]}");
        var (page, keyboard) = (room.Page, room.Page.Keyboard);
        var now = page.Locator(".now");
        await Expect(page.Locator("video")).ToHaveCountAsync(2);
        await Expect(page.GetByText("loading…")).ToHaveCountAsync(0);
        var began = await WallAsync(page);
        (began - Stage.Time(take["at"]!)).Duration().ShouldBeLessThan(TimeSpan.FromMilliseconds(2));

        // The selection begins here, and ends when two seconds have been played.
        await keyboard.PressAsync("i");
        await keyboard.PressAsync("k");
        await PlayedAsync(page, began + TimeSpan.FromSeconds(2));
        await keyboard.PressAsync("k");
        await keyboard.PressAsync("o");
        var selected = await WallAsync(page) - began;

        // A moment that has passed is marked, and is there at once: on the timeline and in words.
        await keyboard.PressAsync("m");
        var notes = page.Locator("lane-notes");
        await Expect(notes).ToContainTextAsync("0 gaps and 2 marks are shown");
        await Expect(notes.GetByText("Mark: Mark")).ToHaveCountAsync(2);
        var marked = await TimelineAsync(page);
        await page.Mouse.MoveAsync((float)PlaceOf(marked, began + selected), marked.Top + 30);
        await Expect(page.Locator("picture-box")).ToContainTextAsync("Mark: Mark");
        await room.ShouldBeAccessibleAsync();

        await keyboard.PressAsync("Shift+X");
        var films = page.GetByRole(AriaRole.List, new() { Name = "Files of the export" }).GetByRole(AriaRole.Link);
        await Expect(films).ToHaveCountAsync(2);
        var bars = page.GetByRole(AriaRole.Progressbar);
        await Expect(bars).ToHaveCountAsync(2);
        (await bars.EvaluateAllAsync<double[]>("bars => bars.map(bar => bar.value)")).ShouldAllBe(value => value == 1);
        await room.ShouldBeAccessibleAsync();
        foreach (var link in await films.AllAsync())
        {
            var fetched = await page.RunAndWaitForDownloadAsync(() => link.PressAsync("Enter"));
            fetched.SuggestedFilename.ShouldEndWith(".mp4");
            var film = await MediaProbe.OfAsync(await fetched.PathAsync());
            film.Video!.Codec.ShouldBe("h264");
            // From the key frame before it on.
            film.Span(film.Video).ShouldBeInRange(selected.TotalSeconds - 0.1, selected.TotalSeconds + 1.5);
        }

        await Expect(now).ToBeVisibleAsync();
        room.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_wheel_goes_from_a_month_to_ten_seconds_around_the_pointer_which_shows_its_picture()
    {
        await using var stage = await Stage.OpenAsync(1);
        var take = await stage.RecordAsync("6");
        var middle = Stage.Time(take["at"]!) + TimeSpan.FromSeconds(2);
        await using var room = await Room.OpenAsync(chromium, stage.Address, $"#/review?recorder=left&at={Uri.EscapeDataString($"{middle:O}")}");
        var page = room.Page;
        await Expect(page.Locator("video")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "31 d" }).ClickAsync();
        var whole = await TimelineAsync(page);
        (whole.To - whole.From).TotalHours.ShouldBe(Month.TotalHours, 0.1);

        var x = (float)PlaceOf(whole, middle);
        await page.Mouse.MoveAsync(x, whole.Top + 37);
        var view = whole;
        for (var turns = 0; turns < 40 && view.To - view.From > TimeSpan.FromSeconds(10.5); turns++)
        {
            var before = TimeAt(view, x);
            await page.Mouse.WheelAsync(0, -300);
            var last = view;
            await UntilAsync(async () => (view = await TimelineAsync(page)).To - view.From < last.To - last.From);
            (TimeAt(view, x) - before).Duration().ShouldBeLessThan(TimeSpan.FromMilliseconds(1) + (view.To - view.From) / view.Width);
        }

        (view.To - view.From).ShouldBe(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(0.6));
        // A pixel of a month is an hour: to where something was recorded.
        await page.GetByRole(AriaRole.Button, new() { Name = "10 s" }).ClickAsync();
        view = await TimelineAsync(page);
        await page.Mouse.MoveAsync((float)PlaceOf(view, middle), view.Top + 37);
        var picture = page.Locator("picture-box img");
        await Expect(picture).ToBeVisibleAsync();
        await UntilAsync(async () => await picture.EvaluateAsync<int>("image => image.naturalWidth") == 208);
        await page.Mouse.MoveAsync((float)PlaceOf(view, Stage.Time(take["endedAt"]!) + TimeSpan.FromSeconds(1.5)), view.Top + 37);
        await Expect(picture).ToHaveCountAsync(0);
        await page.Mouse.MoveAsync(10, 10);
        await Expect(page.Locator("picture-box")).ToBeHiddenAsync();
        room.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task A_link_opens_its_moment_gaps_have_sentences_and_digits_choose_the_angles(int width, ColorScheme scheme)
    {
        await using var stage = await Stage.OpenAsync(2);
        var take = await stage.RecordAsync("8", stage.CutAsync);
        var at = Stage.Time(take["at"]!) + TimeSpan.FromSeconds(1.5);
        await using var room = await Room.OpenAsync(
            chromium, stage.Address, $"#/review?recorder=right,left&at={Uri.EscapeDataString($"{at:yyyy-MM-ddTHH:mm:ss.fffZ}")}", width, scheme);
        var (page, keyboard) = (room.Page, room.Page.Keyboard);
        await Expect(page.Locator("video")).ToHaveCountAsync(2);
        (await WallAsync(page) - at).Duration().ShouldBeLessThan(TimeSpan.FromMilliseconds(2));
        await Expect(page.Locator("lane-timeline").GetByRole(AriaRole.Button)).ToHaveTextAsync(["right", "left"]);

        // The gap, in words; its moment is gone to, and the angle says why there is no picture.
        var notes = page.Locator("lane-notes");
        await Expect(notes).ToContainTextAsync("2 gaps");
        await notes.Locator("summary").PressAsync("Enter");
        await Expect(notes.GetByRole(AriaRole.Row).Filter(new() { HasText = "source lost" })).ToHaveCountAsync(2);
        await room.ShouldBeAccessibleAsync();
        var gaps = await GapsAsync(stage);
        await page.EvaluateAsync("at => { location.hash = `#/review?recorder=right,left&at=${encodeURIComponent(at)}`; }", $"{gaps[0]:yyyy-MM-ddTHH:mm:ss.fffZ}");
        await Expect(page.Locator(".angle .say").First).ToContainTextAsync("No recording: source lost");
        await room.ShouldBeAccessibleAsync();
        (await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width);

        // N goes on to where one of them has media again; the digits choose by the places of the lanes.
        await keyboard.PressAsync("n");
        await Expect(page.Locator(".angle .say")).Not.ToHaveCountAsync(2);
        await keyboard.PressAsync("1");
        await Expect(page.Locator("video")).ToHaveCountAsync(1);
        await Expect(page.Locator("video")).ToHaveAttributeAsync("data-recorder", "left");
        await keyboard.PressAsync("1");
        await Expect(page.Locator("video")).ToHaveCountAsync(2);
        await keyboard.PressAsync("2");
        await Expect(page.Locator("video")).ToHaveAttributeAsync("data-recorder", "right");
        room.Errors.ShouldBeEmpty();
    }

    private static async Task<List<DateTimeOffset>> GapsAsync(Stage stage)
    {
        var (from, to) = (DateTime.UtcNow.AddHours(-1), DateTime.UtcNow.AddHours(1));
        var timeline = await stage.UntilAsync($"/v1/timeline?recorder=left,right&from={from:O}&to={to:O}&resolution=0", _ => true);
        return [.. timeline["lanes"]!.AsArray().Select(lane => lane!["gaps"]![0]!).Select(gap => Stage.Time(gap["from"]!) + ((Stage.Time(gap["to"]!) - Stage.Time(gap["from"]!)) / 2))];
    }

    private static Task PlayedAsync(IPage page, DateTimeOffset until) => UntilAsync(async () => await WallAsync(page) >= until);

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(40));
        while (!await holds())
            await tick.WaitForNextTickAsync(patience.Token);
    }

    // Where the clock of the page is.
    private static async Task<DateTimeOffset> WallAsync(IPage page) => (await TimelineAsync(page)).At;

    private static async Task<View> TimelineAsync(IPage page)
    {
        var told = JsonNode.Parse((await page.Locator("lane-timeline").EvaluateAsync<JsonElement>(
            """
            timeline => {
              const box = timeline.shadowRoot.querySelector('canvas').getBoundingClientRect();
              return { from: timeline.view.from, to: timeline.view.to, at: timeline.at, left: box.left, top: box.top, width: box.width };
            }
            """)).GetRawText())!;
        double Of(string name) => told[name]!.GetValue<double>();
        return new View(TimeOf(Of("from")), TimeOf(Of("to")), TimeOf(Of("at")), Of("left"), (float)Of("top"), Of("width"));
    }

    private static DateTimeOffset TimeOf(double milliseconds) => DateTimeOffset.UnixEpoch + TimeSpan.FromTicks((long)(milliseconds * TimeSpan.TicksPerMillisecond));

    private static double PlaceOf(View view, DateTimeOffset time) => view.Left + ((time - view.From) / (view.To - view.From) * view.Width);

    private static DateTimeOffset TimeAt(View view, double x) => view.From + ((view.To - view.From) * ((x - view.Left) / view.Width));

    private sealed record View(DateTimeOffset From, DateTimeOffset To, DateTimeOffset At, double Left, float Top, double Width);
}
