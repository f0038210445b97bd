using System.Diagnostics;
using System.Net;
using Microsoft.Playwright;

namespace Recorder.Browser.Tests;

/// <summary>A real browser plays what a real node records, and sends it what it records itself.</summary>
public sealed class BrowserSpecs(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Source = "test:?size=320x240&rate=25";
    private const string Sound = ""","mimeType":"video/mp4;codecs=avc1,mp4a","videoKeyFrameIntervalDuration":1000""";

    [Fact]
    public async Task Media_plays_and_seeks_while_it_is_recorded()
    {
        var key = await chromium.RecordAsync("playing", Source, Sound);
        var page = await chromium.OpenAsync();

        await LoadAsync(page, $"/v1/recordings/{key}/media.mp4");
        var duration = await EvaluateAsync(page, "v => v.duration");
        await page.EvaluateAsync("() => document.querySelector('video').play()");
        await page.WaitForFunctionAsync("() => document.querySelector('video').currentTime > 0.2");
        await SeekAsync(page, duration - 0.6);
        await SeekAsync(page, 0.3);

        duration.ShouldBeInRange(1.5, 60);
        (await EvaluateAsync(page, "v => v.videoWidth")).ShouldBe(320);
        (await EvaluateAsync(page, "v => v.getVideoPlaybackQuality().totalVideoFrames")).ShouldBeGreaterThan(0);
        (await EvaluateAsync(page, "v => v.error ? v.error.code : 0")).ShouldBe(0);
        // It goes on behind what plays: asked again, there is more.
        await chromium.KeyAsync("playing", blobs: 8);
        await LoadAsync(page, $"/v1/recordings/{key}/media.mp4");
        (await EvaluateAsync(page, "v => v.duration")).ShouldBeGreaterThan(duration);
        await StopAsync("playing");
    }

    [Fact]
    public async Task A_growing_playlists_byte_ranges_play_through_media_source_extensions()
    {
        var key = await chromium.RecordAsync("listed", Source, Sound);
        await chromium.KeyAsync("listed", blobs: 8);
        var page = await chromium.OpenAsync();

        await page.EvaluateAsync(
            """
            async key => {
              const base = `/v1/recordings/${key}/`, video = document.querySelector('video'), source = new MediaSource();
              const lines = (await (await fetch(base + 'index.m3u8')).text()).split('\n');
              const read = async (uri, range) => {
                const [length, offset] = range.split('@').map(Number);
                const part = await fetch(base + uri, { headers: { Range: `bytes=${offset}-${offset + length - 1}` } });
                return part.arrayBuffer();
              };
              video.src = URL.createObjectURL(source);
              await new Promise(open => source.addEventListener('sourceopen', open));
              const buffer = source.addSourceBuffer('video/mp4; codecs="avc1.640028,mp4a.40.2"');
              const append = async bytes => { buffer.appendBuffer(bytes); await new Promise(done => buffer.addEventListener('updateend', done, { once: true })); };
              let range = null;
              for (const line of lines) {
                const map = /^#EXT-X-MAP:URI="(.*)",BYTERANGE="(.*)"/.exec(line);
                if (map) await append(await read(map[1], map[2]));
                else if (line.startsWith('#EXT-X-BYTERANGE:')) range = line.slice(17);
                else if (line && !line.startsWith('#')) await append(await read(line, range));
              }
              window.ended = lines.includes('#EXT-X-ENDLIST');
              await video.play();
            }
            """, key);
        await page.WaitForFunctionAsync("() => document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames > 5");

        (await EvaluateAsync(page, "v => v.buffered.length")).ShouldBe(1);
        (await EvaluateAsync(page, "v => v.buffered.end(0)")).ShouldBeGreaterThan(1.9);
        (await page.EvaluateAsync<bool>("() => window.ended")).ShouldBeFalse();
        await StopAsync("listed");
    }

    [Fact]
    public async Task A_source_is_watched_live_over_a_websocket_and_media_source_extensions()
    {
        using var sender = Send("watched", "-f lavfi -i testsrc2=size=320x240:rate=25 -f lavfi -i sine=440 -c:v libx264 -preset ultrafast -tune zerolatency -g 25 -pix_fmt yuv420p -c:a aac");
        await DefineAsync("watching", "push:watched");
        var page = await chromium.OpenAsync();

        await page.EvaluateAsync(
            """
            () => {
              const video = document.querySelector('video'), source = new MediaSource(), queue = [];
              let buffer = null;
              video.src = URL.createObjectURL(source);
              const pump = () => { if (buffer && !buffer.updating && queue.length) buffer.appendBuffer(queue.shift()); };
              source.addEventListener('sourceopen', () => {
                const socket = new WebSocket(location.origin.replace('http', 'ws') + '/v1/recorders/watching/live');
                socket.binaryType = 'arraybuffer';
                socket.onmessage = e => {
                  if (typeof e.data === 'string') {
                    window.type = e.data;
                    buffer = source.addSourceBuffer(e.data);
                    buffer.addEventListener('updateend', pump);
                  } else { queue.push(e.data); pump(); }
                };
              });
              video.play();
            }
            """);
        await page.WaitForFunctionAsync("() => document.querySelector('video').currentTime > 0.5");

        (await page.EvaluateAsync<string>("() => window.type")).ShouldStartWith("video/mp4; codecs=\"avc1.");
        (await EvaluateAsync(page, "v => v.buffered.length")).ShouldBe(1);
        (await EvaluateAsync(page, "v => v.getVideoPlaybackQuality().totalVideoFrames")).ShouldBeGreaterThan(3);
        sender.Kill();
        await page.CloseAsync();
    }

    [Fact]
    public async Task Blobs_of_the_browsers_own_recorder_are_recorded()
    {
        await DefineAsync("studio", "push:studio");
        (await chromium.Node.SendAsync(HttpMethod.Post, "/v1/recorders/studio:start")).Status.ShouldBe(HttpStatusCode.OK);
        var page = await chromium.OpenAsync();

        await page.EvaluateAsync(
            """
            async () => {
              const canvas = document.createElement('canvas');
              canvas.width = 320; canvas.height = 240;
              const pen = canvas.getContext('2d');
              let n = 0;
              setInterval(() => { pen.fillStyle = `hsl(${n++ * 7 % 360} 80% 50%)`; pen.fillRect(0, 0, 320, 240); }, 40);
              const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: 'video/webm;codecs=vp8' });
              const socket = new WebSocket(location.origin.replace('http', 'ws') + '/v1/streams/studio');
              await new Promise(opened => socket.onopen = opened);
              recorder.ondataavailable = e => socket.send(e.data);
              recorder.start(200);
              window.recorder = recorder;
            }
            """);
        var key = await chromium.KeyAsync("studio", blobs: 3);
        await page.CloseAsync();
        await StopAsync("studio");

        var folder = Path.Combine(chromium.Node.DataFolder, "recordings", key.Replace('~', '/'));
        Directory.EnumerateFiles(folder, "000001.*").Single().ShouldEndWith(".webm");
    }

    private static async Task LoadAsync(IPage page, string url)
    {
        await page.EvaluateAsync("url => { const v = document.querySelector('video'); v.src = url; v.load(); }", url);
        try
        {
            await page.WaitForFunctionAsync("() => document.querySelector('video').readyState >= 2 || document.querySelector('video').error");
        }
        finally
        {
            (await page.EvaluateAsync<string?>("() => { const e = document.querySelector('video').error; return e && e.message; }")).ShouldBeNull();
        }
    }

    private static async Task SeekAsync(IPage page, double to)
    {
        await page.EvaluateAsync("to => { const v = document.querySelector('video'); v.pause(); v.currentTime = to; }", to);
        await page.WaitForFunctionAsync("() => { const v = document.querySelector('video'); return !v.seeking && v.readyState >= 2; }");
        (await EvaluateAsync(page, "v => v.currentTime")).ShouldBe(to, 0.05);
    }

    private static async Task<double> EvaluateAsync(IPage page, string script) =>
        await page.EvaluateAsync<double>($"() => ({script})(document.querySelector('video'))");

    private async Task DefineAsync(string id, string source)
    {
        var (status, body) = await chromium.Node.SendAsync(
            HttpMethod.Post, "/v1/recorders", $$"""{"id":"{{id}}","source":"{{source}}","timeslice":300}""");
        status.ShouldBe(HttpStatusCode.Created, body?.ToJsonString());
    }

    private async Task StopAsync(string id) =>
        (await chromium.Node.SendAsync(HttpMethod.Post, $"/v1/recorders/{id}:stop")).Status.ShouldBe(HttpStatusCode.OK);

    private Process Send(string name, string input) => Process.Start(new ProcessStartInfo(
        "ffmpeg",
        $"-v error -re {input} -f mp4 -movflags frag_keyframe+empty_moov+default_base_moof -method PUT {new Uri(chromium.Node.Host.Address, $"/v1/streams/{name}")}"))!;
}
