using Microsoft.Playwright;
using Recorder.Actors.Catalogue;
using Recorder.Node.Tests.Serve;
using Recorder.Node.Tests.Media;

namespace Recorder.Browser.Tests;

/// <summary>A real browser plays recordings that change, and those whose sound or pictures begin later.</summary>
public sealed class ChangingMediaSpecs(Chromium chromium, ChangingMedia changing) : IClassFixture<Chromium>, IClassFixture<ChangingMedia>
{
    [Fact]
    public async Task One_file_plays_across_other_sizes_parameter_sets_and_sound_that_comes_and_goes()
    {
        var key = await changing.Media.JoinAsync(
            "browsed", TimeSpan.Zero, changing.Large, changing.Retuned, changing.Small, changing.Sounding, changing.Large);
        await using var node = await ServeAsync();
        var page = await LoadAsync(node, $"/v1/recordings/{key}/media.mp4");

        (await EvaluateAsync(page, "v => v.duration")).ShouldBe(10, 0.1);
        // Backwards: each time the decoder comes from another part.
        foreach (var (at, width) in new[] { (9.3, 320), (7.3, 320), (5.3, 480), (3.3, 320), (1.3, 320), (5.5, 480), (0.2, 320) })
        {
            await SeekAsync(page, at);
            (await EvaluateAsync(page, "v => v.videoWidth")).ShouldBe(width, $"at {at} s");
        }

        await PlayToAsync(page, 9.7);
    }

    [Fact]
    public async Task One_file_plays_whose_pictures_begin_after_its_sound()
    {
        var key = await changing.Media.JoinAsync("spoken-first", TimeSpan.Zero, changing.Spoken, changing.Sounding, changing.Large);
        await using var node = await ServeAsync();
        var page = await LoadAsync(node, $"/v1/recordings/{key}/media.mp4");

        await PlayToAsync(page, 5.7);
        await SeekAsync(page, 2.7);
        (await EvaluateAsync(page, "v => v.videoWidth")).ShouldBe(320);
    }

    [Fact]
    public async Task A_playlist_of_extents_with_and_without_sound_fills_one_source_buffer()
    {
        var key = await changing.Media.JoinAsync("listed-later", TimeSpan.Zero, changing.Large, changing.Sounding, changing.Small);
        await using var node = await ServeAsync();
        var page = await chromium.OpenAsync(node.Host.Address);

        await page.EvaluateAsync(
            """
            async key => {
              const base = `/v1/recordings/${key}/`, video = document.querySelector('video'), source = new MediaSource();
              const lines = (await (await fetch(base + 'index.m3u8')).text()).split('\n');
              const read = async (uri, range) => {
                if (!range) return (await fetch(base + uri)).arrayBuffer();
                const [length, offset] = range.split('@').map(Number);
                return (await fetch(base + uri, { headers: { Range: `bytes=${offset}-${offset + length - 1}` } })).arrayBuffer();
              };
              video.src = URL.createObjectURL(source);
              await new Promise(open => source.addEventListener('sourceopen', open));
              const buffer = source.addSourceBuffer('video/mp4; codecs="avc1.640028,mp4a.40.2"');
              const append = bytes => new Promise((done, failed) => {
                buffer.onupdateend = done; buffer.onerror = () => failed(new Error('append')); buffer.appendBuffer(bytes);
              });
              let range = null, time = 0;
              for (const line of lines) {
                const map = /^#EXT-X-MAP:URI="([^"]*)"(?:,BYTERANGE="(.*)")?/.exec(line);
                if (map) { buffer.timestampOffset = time; await append(await read(map[1], map[2])); }
                else if (line.startsWith('#EXT-X-BYTERANGE:')) range = line.slice(17);
                else if (line.startsWith('#EXTINF:')) time += parseFloat(line.slice(8));
                else if (line && !line.startsWith('#')) { await append(await read(line, range)); range = null; }
              }
              source.endOfStream();
            }
            """, key.ToString());

        (await EvaluateAsync(page, "v => v.buffered.length")).ShouldBe(1, await BufferedAsync(page));
        (await EvaluateAsync(page, "v => v.buffered.end(0)")).ShouldBe(6, 0.1);
        await PlayToAsync(page, 5.7);
        (await EvaluateAsync(page, "v => v.videoWidth")).ShouldBe(480);
    }

    private Task<ServedNode> ServeAsync() => ServedNode.StartAsync(options => options with { DataFolder = changing.Media.Folder });

    private async Task<IPage> LoadAsync(ServedNode node, string url)
    {
        var page = await chromium.OpenAsync(node.Host.Address);
        await page.EvaluateAsync("url => { const v = document.querySelector('video'); v.src = url; v.load(); }", url);
        await page.WaitForFunctionAsync("() => document.querySelector('video').readyState >= 2 || document.querySelector('video').error");
        await ShouldBeWellAsync(page);
        return page;
    }

    private static async Task PlayToAsync(IPage page, double time)
    {
        await page.EvaluateAsync("() => { const v = document.querySelector('video'); v.currentTime = 0; v.playbackRate = 4; return v.play(); }");
        try
        {
            await page.WaitForFunctionAsync("time => { const v = document.querySelector('video'); return v.currentTime >= time || v.ended || v.error; }", time);
        }
        catch (TimeoutException stuck)
        {
            throw new InvalidOperationException($"It stands at {await EvaluateAsync(page, "v => v.currentTime")} s with {await BufferedAsync(page)}.", stuck);
        }

        await ShouldBeWellAsync(page);
        (await EvaluateAsync(page, "v => v.currentTime")).ShouldBeGreaterThanOrEqualTo(time);
    }

    private static async Task SeekAsync(IPage page, double to)
    {
        await page.EvaluateAsync("to => { const v = document.querySelector('video'); v.pause(); v.currentTime = to; }", to);
        await page.WaitForFunctionAsync("() => { const v = document.querySelector('video'); return v.error || (!v.seeking && v.readyState >= 2); }");
        await ShouldBeWellAsync(page);
    }

    private static async Task ShouldBeWellAsync(IPage page) =>
        (await page.EvaluateAsync<string?>("() => { const e = document.querySelector('video').error; return e && e.message; }")).ShouldBeNull();

    private static Task<string> BufferedAsync(IPage page) => page.EvaluateAsync<string>(
        "() => { const b = document.querySelector('video').buffered; return JSON.stringify([...Array(b.length).keys()].map(i => [b.start(i), b.end(i)])); }");

    private static async Task<double> EvaluateAsync(IPage page, string script) =>
        Chromium.Number(await page.EvaluateAsync<double>($"() => ({script})(document.querySelector('video'))"));
}
