using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Recorder.Browser.Tests.Page;
using Recorder.Integration.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace Recorder.Browser.Tests.Wall;

/// <summary>What nobody sees costs nothing: it is not wished, and the node has no viewer of it.</summary>
[Collection(NodeProcess.OneAtATime)]
public sealed class WishSpecs(Chromium chromium) : IClassFixture<Chromium>
{
    private const int Cameras = 6;

    [Fact]
    public async Task Tiles_that_are_off_screen_or_in_a_hidden_tab_are_not_wished_and_the_node_does_not_watch_their_cameras()
    {
        using var folder = new TestFolder();
        await using var cameras = await ClockCameras.StartAsync(Cameras);
        await using var node = await NodeProcess.StartAsync(folder.File("data"), "--min-free 0");
        // Recorders that do not record: a connection to a camera is somebody who watches it.
        for (var number = 1; number <= Cameras; number++)
            await node.PostAsync("/v1/recorders", new { id = $"camera{number:00}", source = cameras.Uri(number) });

        await using var room = await Room.OpenAsync(chromium, node.Http.BaseAddress!, "#/wall");
        var (page, wishes) = (room.Page, new ConcurrentQueue<string>());
        page.WebSocket += (_, socket) => socket.FrameSent += (_, frame) => wishes.Enqueue(frame.Text ?? "");
        await page.ReloadAsync();
        await WallRoom.AddScriptsAsync(page);
        await WallRoom.ShowsAsync(page, Cameras);
        await ConnectionsAsync(cameras, Cameras);

        await page.GetByLabel("Size of the pictures").SelectOptionAsync("xl");
        await page.EvaluateAsync("() => window.scrollTo(0, 0)");
        var atTop = await WishIsWhatIsSeenAsync(page, wishes, cameras);
        atTop.ShouldContain("camera01");
        await page.EvaluateAsync("() => window.scrollTo(0, document.documentElement.scrollHeight)");
        await page.WaitForFunctionAsync("seen => !wall.seen().includes(seen)", atTop[0]);
        var atEnd = await WishIsWhatIsSeenAsync(page, wishes, cameras);
        await WallRoom.ShowsAsync(page, atEnd.Length);

        await HideAsync(page, true);
        await ConnectionsAsync(cameras, 0);
        await HideAsync(page, false);
        await page.WaitForFunctionAsync("count => wall.look().filter(tile => tile.age !== null && tile.age < 1000).length === count", atEnd.Length);
        await ConnectionsAsync(cameras, atEnd.Length);

        await page.EvaluateAsync("() => { location.hash = '#/recorders'; }");
        await ConnectionsAsync(cameras, 0);
        room.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_tile_that_is_moved_and_a_picture_that_breaks_show_their_cameras_again_by_themselves()
    {
        const string AllAreLive = "count => wall.look().filter(tile => tile.age !== null && tile.age < 1000).length === count";
        using var folder = new TestFolder();
        await using var cameras = await ClockCameras.StartAsync(2);
        await using var node = await NodeProcess.StartAsync(folder.File("data"), "--min-free 0");
        await WallRoom.RecordAsync(node, cameras, 2);
        await using var room = await WallRoom.OpenAsync(chromium, node.Http.BaseAddress!);
        var page = room.Page;
        await page.WaitForFunctionAsync(AllAreLive, 2);

        await page.Locator("wall-tile").Nth(0).FocusAsync();
        await page.Keyboard.PressAsync("Alt+ArrowRight");
        await page.WaitForFunctionAsync("() => wall.tiles()[0].tile.id === 'camera02'");
        await page.WaitForFunctionAsync(AllAreLive, 2);

        // The browser refuses one fragment: its memory is full.
        await page.EvaluateAsync(
            """
            () => {
              const { appendBuffer } = SourceBuffer.prototype;
              SourceBuffer.prototype.appendBuffer = function () {
                SourceBuffer.prototype.appendBuffer = appendBuffer;
                throw new DOMException('full', 'QuotaExceededError');
              };
            }
            """);
        await page.GetByText("The picture cannot be shown (full).").WaitForAsync();
        await page.WaitForFunctionAsync(AllAreLive, 2);
        await Expect(page.GetByText("The picture cannot be shown (full).")).ToHaveCountAsync(0);
        room.Errors.ShouldBeEmpty();
    }

    // A headless browser has no tabs that cover each other: the page is told what it would be told.
    private static async Task HideAsync(IPage page, bool isHidden) => await page.EvaluateAsync(
        """
        isHidden => {
          Object.defineProperty(document, 'hidden', { configurable: true, value: isHidden });
          Object.defineProperty(document, 'visibilityState', { configurable: true, value: isHidden ? 'hidden' : 'visible' });
          document.dispatchEvent(new Event('visibilitychange'));
        }
        """, isHidden);

    private static async Task<string[]> WishIsWhatIsSeenAsync(IPage page, ConcurrentQueue<string> wishes, ClockCameras cameras)
    {
        var seen = await page.EvaluateAsync<string[]>("() => wall.seen()");
        seen.Length.ShouldBeInRange(1, Cameras / 2);
        await UntilAsync(() => Task.FromResult(Watched(wishes).Order().SequenceEqual(seen)), () => string.Join('\n', wishes));
        JsonNode.Parse(wishes.Last())!["levels"]!.AsArray().ShouldBeEmpty("the cameras have no sound");
        await ConnectionsAsync(cameras, seen.Length);
        return seen;
    }

    private static List<string> Watched(ConcurrentQueue<string> wishes) =>
        [.. JsonNode.Parse(wishes.LastOrDefault() ?? """{"watch":[]}""")!["watch"]!.AsArray().Select(item => item!["recorder"]!.GetValue<string>())];

    private static Task ConnectionsAsync(ClockCameras cameras, int count) =>
        UntilAsync(async () => (await CountAsync(cameras)) == count, () => $"{CountAsync(cameras).Result} connections to cameras instead of {count}");

    // Established connections whose far end is the cameras' port.
    private static async Task<int> CountAsync(ClockCameras cameras)
    {
        const string Established = "01";
        var far = cameras.Port.ToString("X4", CultureInfo.InvariantCulture);
        return (await File.ReadAllLinesAsync("/proc/net/tcp")).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Count(fields => fields.Length > 3 && fields[3] == Established && fields[2].EndsWith($":{far}", StringComparison.Ordinal));
    }

    private static async Task UntilAsync(Func<Task<bool>> holds, Func<string> state)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await holds())
        {
            patience.IsCancellationRequested.ShouldBeFalse(state());
            await tick.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
