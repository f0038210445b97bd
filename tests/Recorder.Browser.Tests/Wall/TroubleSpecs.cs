using System.Diagnostics;
using Microsoft.Playwright;
using Recorder.Browser.Tests.Page;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace Recorder.Browser.Tests.Wall;

/// <summary>What the page shows of what breaks: a camera, a disk, the node.</summary>
[Collection(NodeProcess.OneAtATime)]
public sealed class TroubleSpecs(Chromium chromium, ITestOutputHelper log) : IClassFixture<Chromium>
{
    private const string SourceLost = "#c2185b";
    private const string NodeDown = "#5e35b1";

    [Fact]
    public async Task A_killed_camera_is_LOST_within_three_seconds_and_its_gap_is_drawn_with_its_cause_when_it_returns()
    {
        using var folder = new TestFolder();
        var camera = await ClockCameras.StartAsync(1);
        try
        {
            await using var steady = await ClockCameras.StartAsync(1);
            await using var node = await NodeProcess.StartAsync(folder.File("data"), "--min-free 0");
            await WallRoom.RecordAsync(node, camera, 1, "killed");
            await WallRoom.RecordAsync(node, steady, 1, "steady");
            await using var room = await WallRoom.OpenAsync(chromium, node.Http.BaseAddress!);
            await WallRoom.ShowsAsync(room.Page, 2);

            await camera.DisposeAsync();
            var killed = Stopwatch.StartNew();
            await WallRoom.SaysAsync(room.Page, "killed01", "LOST");
            log.WriteLine($"LOST after {killed.ElapsedMilliseconds} ms");
            killed.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(3));
            await Expect(room.Page.GetByRole(AriaRole.Region, new() { Name = "Alarms" })).ToContainTextAsync("killed01 should record and has lost its source");
            await WallRoom.SaysAsync(room.Page, "steady01", "REC");

            camera = await ClockCameras.StartAsync(1, $"--port {camera.Port}");
            await WallRoom.SaysAsync(room.Page, "killed01", "REC");
            await WallRoom.ShowsAsync(room.Page, 2);
            await Expect(room.Page.GetByRole(AriaRole.Region, new() { Name = "Alarms" })).ToHaveCountAsync(0);
            await ShowsGapAsync(room.Page, "killed01", "source lost", SourceLost);
            room.Errors.ShouldBeEmpty();
        }
        finally
        {
            await camera.DisposeAsync();
        }
    }

    [MountFact]
    public async Task A_full_disk_is_DISK_with_pictures_going_on_and_REC_again_when_there_is_room()
    {
        using var folder = new TestFolder();
        var disk = folder.File("data/recordings");
        Directory.CreateDirectory(disk);
        (await Command.RunAsync("mount", ["-t", "tmpfs", "-o", "size=32m", "tmpfs", disk])).ExitCode.ShouldBe(0);
        try
        {
            await using var cameras = await ClockCameras.StartAsync(2);
            await using var node = await NodeProcess.StartAsync(folder.File("data"), "--min-free 0");
            await WallRoom.RecordAsync(node, cameras, 2);
            await using var room = await WallRoom.OpenAsync(chromium, node.Http.BaseAddress!);
            await WallRoom.ShowsAsync(room.Page, 2);
            await WallRoom.SaysAsync(room.Page, "camera01", "REC");

            var filler = Path.Combine(disk, "filler");
            await FillAsync(filler);
            await WallRoom.SaysAsync(room.Page, "camera01", "DISK");
            await WallRoom.SaysAsync(room.Page, "camera02", "DISK");
            await Expect(room.Page.GetByRole(AriaRole.Region, new() { Name = "Alarms" })).ToContainTextAsync("has no room on its disk");
            await WallRoom.ShowsAsync(room.Page, 2);

            File.Delete(filler);
            await WallRoom.SaysAsync(room.Page, "camera01", "REC");
            await WallRoom.SaysAsync(room.Page, "camera02", "REC");
            room.Errors.ShouldBeEmpty();
        }
        finally
        {
            await Command.RunAsync("umount", ["-l", disk]);
        }
    }

    [Fact]
    public async Task A_node_that_is_killed_and_started_again_is_shown_as_such_and_the_pictures_come_back_by_themselves()
    {
        using var folder = new TestFolder();
        var listen = $"--min-free 0 --listen 127.0.0.1:{FreePort.Take()}";
        await using var cameras = await ClockCameras.StartAsync(2);
        var node = await NodeProcess.StartAsync(folder.File("data"), listen);
        try
        {
            await WallRoom.RecordAsync(node, cameras, 2);
            await using var room = await WallRoom.OpenAsync(chromium, node.Http.BaseAddress!);
            var banner = room.Page.Locator("connection-banner");
            await WallRoom.ShowsAsync(room.Page, 2);
            await WallRoom.SaysAsync(room.Page, "camera02", "REC");

            await node.KillAsync();
            await Expect(banner).ToContainTextAsync("The node is away since");
            await WallRoom.SaysAsync(room.Page, "camera01", "AWAY");
            await node.DisposeAsync();
            node = await NodeProcess.StartAsync(folder.File("data"), listen);

            await Expect(banner).ToContainTextAsync("The node is back: it was away for", new() { Timeout = 30_000 });
            await Expect(banner).ToContainTextAsync("What could not be recorded meanwhile is a gap of its recordings.");
            await WallRoom.SaysAsync(room.Page, "camera01", "REC");
            await WallRoom.SaysAsync(room.Page, "camera02", "REC");
            await WallRoom.ShowsAsync(room.Page, 2);
            var before = await FramesAsync(room.Page);
            await room.Page.WaitForFunctionAsync("before => wall.tiles().every((tile, at) => tile.video.currentTime > before[at] + 1)", before);
            await ShowsGapAsync(room.Page, "camera01", "node down", NodeDown);
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    private static Task<double[]> FramesAsync(IPage page) => page.EvaluateAsync<double[]>("() => wall.tiles().map(tile => tile.video.currentTime)");

    // In words for everybody, and as the colour of its cause on the timeline.
    private static async Task ShowsGapAsync(IPage page, string recorder, string cause, string colour)
    {
        await page.EvaluateAsync("recorder => { location.hash = `#/review?recorder=${recorder}`; }", recorder);
        await page.GetByText("gaps and").ClickAsync(new() { Timeout = 40_000 });
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = recorder }).Filter(new() { HasText = cause })).ToHaveCountAsync(1);
        await page.WaitForFunctionAsync(
            """
            colour => {
              const canvas = document.querySelector('control-room').shadowRoot.querySelector('review-page').shadowRoot.querySelector('lane-timeline').shadowRoot.querySelector('canvas');
              const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
              const wanted = [1, 3, 5].map(at => parseInt(colour.slice(at, at + 2), 16));
              for (let at = 0; at < data.length; at += 4) if (wanted.every((value, part) => Math.abs(value - data[at + part]) < 6)) return true;
              return false;
            }
            """, colour);
    }

    private static async Task FillAsync(string path)
    {
        var block = new byte[64 * 1024];
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
                file.Write(block);
        }
        catch (IOException)
        {
            // It is full.
        }
    }
}
