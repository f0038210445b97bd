using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Recorder.Integration.Tests.Harness;
using Recorder.Node.Configuration;
using Recorder.Node.Security;
using Recorder.Node.Tests.Cli;
using Recorder.Node.Tests.Media;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Wall;

/// <summary>The live pictures and levels of many recorders over one socket.</summary>
public sealed class WallLiveSpecs : IAsyncLifetime
{
    private readonly Folder _folder = new();
    private ServedNode _node = null!;

    public async Task InitializeAsync()
    {
        // A key frame every two seconds; the left channel at -20 dBFS, the right one at -40.
        await RecordedMedia.RunAsync(
            "ffmpeg", "-v error -f lavfi -i testsrc2=size=160x90:rate=25 -f lavfi -i aevalsrc=0.1*sin(440*2*PI*t)|0.01*sin(440*2*PI*t):s=48000 -t 6 "
            + $"-c:v libx264 -preset ultrafast -tune zerolatency -g 50 -pix_fmt yuv420p -c:a aac -b:a 128k {_folder["main.mp4"]}");
        await RecordedMedia.RunAsync(
            "ffmpeg", $"-v error -f lavfi -i testsrc2=size=64x64:rate=10 -t 4 -c:v libx264 -preset ultrafast -g 10 -pix_fmt yuv420p {_folder["small.mp4"]}");
        _node = await ServedNode.StartAsync(options => options with { Sources = new SourcePolicyOptions { Folders = [_folder.Path] } });
        await DefineAsync("r1", $"file:{_folder["main.mp4"]}?loop", $"file:{_folder["small.mp4"]}?loop");
        await DefineAsync("r2", $"file:{_folder["small.mp4"]}?loop");
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Several_recorders_come_over_one_socket_and_each_plays()
    {
        await using var page = await LiveClient.OpenAsync(_node.Host.Address);
        await page.WishAsync("""{"watch":[{"recorder":"r1"},{"recorder":"r2"}]}""");
        var (one, two) = (await page.ChannelAsync("r1"), await page.ChannelAsync("r2"));
        one.ShouldNotBe(two);
        await page.UntilAsync(() => page.Media.Count == 2 && page.Media.Values.All(media => media.Length > 30_000));

        foreach (var (channel, width) in new[] { (one, 160), (two, 64) })
        {
            var file = _folder[$"{channel}.mp4"];
            await File.WriteAllBytesAsync(file, page.Media[channel].ToArray());
            (await RecordedMedia.PacketsAsync(file, "v"))[0].Key.ShouldBeTrue();
            await RecordedMedia.RunAsync("ffmpeg", $"-v error -xerror -i {file} -f null -");
            page.Texts.First(text => (uint?)text["channel"] == channel)["type"]!.ToString().ShouldStartWith("video/mp4; codecs=\"avc1");
            width.ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public async Task A_frame_is_sent_within_a_second_of_its_capture_though_key_frames_come_every_two_seconds()
    {
        await using var page = await LiveClient.OpenAsync(_node.Host.Address);
        await page.WishAsync("""{"watch":[{"recorder":"r1"}]}""");
        var channel = await page.ChannelAsync("r1");
        var clocks = 0;
        // The first fragments are those of the group of pictures that is under way, and so are older.
        await page.TextAsync(text => text["mediaTime"] is not null && ++clocks > 3);
        var latest = double.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var known = page.Texts.Count(text => text["mediaTime"] is not null);
            await page.UntilAsync(() => page.Texts.Count(text => text["mediaTime"] is not null) > known);
            var clock = page.Texts.Last(text => text["mediaTime"] is not null);
            clock["channel"]!.GetValue<uint>().ShouldBe(channel);
            latest = Math.Min(latest, (DateTimeOffset.UtcNow - Captured(clock)).TotalSeconds);
        }

        latest.ShouldBeInRange(-0.1, 1);
        var told = page.Texts.Where(text => text["mediaTime"] is not null).ToList();
        var (first, last) = (told[0], told[^1]);
        ((double)last["mediaTime"]! - (double)first["mediaTime"]!).ShouldBe((Captured(last) - Captured(first)).TotalSeconds, 0.5);
    }

    [Fact]
    public async Task Levels_are_told_in_dBFS_for_each_channel_and_only_while_they_are_wished()
    {
        await using var page = await LiveClient.OpenAsync(_node.Host.Address);
        await page.WishAsync("""{"levels":["r1","r2"]}""");
        // Where the file begins again there is a click.
        await page.TextAsync(text => text["levels"]?["r1"]?.AsArray() is [{ } left, { } right] && (double)left is > -21.5 and < -18.5 && (double)right is > -41.5 and < -38.5);
        (await page.TextAsync(text => text["levels"]?["r2"] is not null))["levels"]!["r2"]!.AsArray().ShouldBeEmpty("it has no sound");
        page.Media.ShouldBeEmpty();

        await page.WishAsync("""{"watch":[{"recorder":"r2"}]}""");
        await page.ChannelAsync("r2");
        page.Texts.Clear();
        await page.UntilAsync(() => page.Media.Values.Sum(media => media.Length) > 60_000);
        page.Texts.ShouldAllBe(text => text["levels"] == null);
    }

    [Fact]
    public async Task A_preview_is_shown_where_it_is_wished_and_a_wish_replaces_the_one_before()
    {
        await using var page = await LiveClient.OpenAsync(_node.Host.Address);
        await page.WishAsync("""{"watch":[{"recorder":"r1","preview":true},{"recorder":"r2","preview":true}]}""");
        var preview = await page.TextAsync(text => (string?)text["recorder"] == "r1");
        ((bool)preview["preview"]!).ShouldBeTrue();
        ((string)preview["type"]!).ShouldNotContain("mp4a");
        ((bool)(await page.TextAsync(text => (string?)text["recorder"] == "r2"))["preview"]!).ShouldBeTrue("it was wished so; it has none, and shows its source");

        await page.WishAsync("""{"watch":[{"recorder":"r1","preview":false}]}""");
        var main = await page.TextAsync(text => (string?)text["recorder"] == "r1" && text["preview"]?.GetValue<bool>() == false);
        ((string)main["type"]!).ShouldContain("mp4a");
        main["channel"]!.GetValue<uint>().ShouldNotBe(preview["channel"]!.GetValue<uint>());
    }

    [Fact]
    public async Task A_message_that_is_refused_changes_nothing()
    {
        var key = _node.Host.Services.GetRequiredService<ApiKeyRing>().Add(Role.Viewer, null, ["r1"], null);
        await using var page = await LiveClient.OpenAsync(_node.Host.Address, key);
        await page.WishAsync("""{"watch":[{"recorder":"r1"}]}""");
        var channel = await page.ChannelAsync("r1");
        var tooMany = string.Join(',', Enumerable.Range(0, 65).Select(i => $$"""{"recorder":"r{{i}}"}"""));
        foreach (var (wish, name) in new[]
        {
            ("""{"watch":[{"recorder":"r2"}]}""", "SecurityError"), ("""{"levels":["r2"]}""", "SecurityError"), ("""{"watch":""", "SyntaxError"),
            ("""{"wotch":[]}""", "NotSupportedError"), ("""{"watch":[{"recorder":".."}]}""", "NotSupportedError"), ($$"""{"watch":[{{tooMany}}]}""", "QuotaExceededError"),
            ("""{"watch":[{"recorder":"r1"},{"recorder":"r1"}]}""", "TypeError"), (new string(' ', 70_000) + "{}", "QuotaExceededError"),
        })
        {
            page.Texts.Clear();
            await page.WishAsync(wish);
            var problem = (await page.TextAsync(text => text["problem"] is not null))["problem"]!;
            ((string?)problem["name"]).ShouldBe(name, problem.ToString());
            ((string?)problem["detail"]).ShouldNotBeNullOrEmpty();
        }

        var before = page.Media[channel].Length;
        await page.UntilAsync(() => page.Media[channel].Length > before + 10_000);
        page.Media.Keys.ShouldBe([channel]);
    }

    [Fact]
    public async Task A_camera_that_is_off_is_waited_for_and_one_that_dies_comes_again_by_itself()
    {
        await using var camera = await RtspSimulator.StartAsync("--no-audio");
        await camera.KillAsync();
        await DefineAsync("gate", camera.Uri + "?deadline=2s");
        await using var page = await LiveClient.OpenAsync(_node.Host.Address);
        await page.WishAsync("""{"watch":[{"recorder":"gate"},{"recorder":"r2"}]}""");
        await page.ChannelAsync("r2");

        await camera.StartAgainAsync();
        var channel = await page.ChannelAsync("gate");
        await page.TextAsync(text => text["mediaTime"] is not null && text["channel"]!.GetValue<uint>() == channel);
        await camera.KillAsync();
        await camera.StartAgainAsync();
        var before = page.Texts.Where(text => text["mediaTime"] is not null && text["channel"]!.GetValue<uint>() == channel).Max(Captured);
        await page.TextAsync(text => text["mediaTime"] is not null && Captured(text) > before.AddSeconds(2) && text["channel"]!.GetValue<uint>() == channel);
    }

    [Fact]
    public async Task What_cannot_be_shown_is_said_and_a_source_that_is_changed_is_followed()
    {
        await DefineAsync("raw", "test:?size=64x64&rate=10");
        await using var page = await LiveClient.OpenAsync(_node.Host.Address);
        await page.WishAsync("""{"watch":[{"recorder":"raw"},{"recorder":"nobody"}]}""");
        ((string)(await page.TextAsync(text => (string?)text["recorder"] == "raw" && text["ended"] is not null))["ended"]!).ShouldContain("rawvideo");
        ((string)(await page.TextAsync(text => (string?)text["recorder"] == "nobody"))["ended"]!).ShouldContain("nobody");

        await _node.SendAsync(HttpMethod.Patch, "/v1/recorders/raw", $$"""{"source":"file:{{_folder["small.mp4"]}}?loop"}""");
        await page.ChannelAsync("raw");
        await _node.SendAsync(HttpMethod.Patch, "/v1/recorders/raw", $$"""{"source":"file:{{_folder["main.mp4"]}}?loop"}""");
        await page.TextAsync(text => (string?)text["recorder"] == "raw" && ((string?)text["type"])?.Contains("mp4a", StringComparison.Ordinal) == true);
    }

    private static DateTimeOffset Captured(JsonNode clock) => DateTimeOffset.Parse((string)clock["capturedAt"]!, CultureInfo.InvariantCulture);

    private async Task DefineAsync(string id, string source, string? preview = null)
    {
        var body = new JsonObject { ["id"] = id, ["source"] = source, ["preview"] = preview };
        var (status, answer) = await _node.SendAsync(HttpMethod.Post, "/v1/recorders", body.ToJsonString());
        ((int)status).ShouldBe(201, answer?.ToString());
    }
}
