using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Recorder.FFmpeg;

namespace Recorder.Browser.Tests.Field;

/// <summary>
/// Eight cameras that misbehave at random, all kinds mixed, recorded by a node: every frame that was sent is in a file or in a gap, each file
/// decodes, and every timeline plays in a browser.
/// </summary>
public sealed class FieldSoakSpecs(Chromium chromium) : IClassFixture<Chromium>
{
    // Seconds; RECORDER_SOAK=600 before a release.
    private static readonly int Length = int.Parse(Environment.GetEnvironmentVariable("RECORDER_SOAK") ?? "20", CultureInfo.InvariantCulture);
    private static readonly int Seed = int.Parse(Environment.GetEnvironmentVariable("RECORDER_SOAK_SEED") ?? "1", CultureInfo.InvariantCulture);

    // Between a frame's way out of the camera and its arrival.
    private static readonly TimeSpan Latency = TimeSpan.FromSeconds(1.5);

    [Fact]
    public async Task Cameras_that_misbehave_lose_nothing_that_is_not_told_and_play_in_a_browser()
    {
        FieldClip[] clips = [FieldClip.Make("320x240", "main", 250), FieldClip.Make("320x240", "baseline", 250), FieldClip.Make("480x360", "main", 250)];
        var cameras = new List<FieldCamera>();
        try
        {
            for (var i = 0; i < 8; i++)
            {
                cameras.Add(new FieldCamera(clips, Script(new Random((Seed * 100) + i)), speaksFirst: i % 3 != 2));
                await StartAsync($"field{i}", cameras[i].Url);
            }

            await Task.Delay(TimeSpan.FromSeconds(Length));
            await EachAsync(cameras, WatchLiveAsync);
            for (var i = 0; i < cameras.Count; i++)
                (await chromium.Node.SendAsync(HttpMethod.Post, $"/v1/recorders/field{i}:stop")).Status.ShouldBe(HttpStatusCode.OK);
        }
        finally
        {
            foreach (var camera in cameras)
                await camera.DisposeAsync();
        }

        await EachAsync(cameras, CheckAsync);
    }

    // Two at a time, each in a page of its own.
    private Task EachAsync(List<FieldCamera> cameras, Func<IPage, string, FieldCamera, Task> look) => Task.WhenAll(Enumerable.Range(0, 2).Select(async first =>
    {
        var page = await chromium.OpenAsync();
        await page.AddScriptTagAsync(new PageAddScriptTagOptions { Path = Path.Combine(AppContext.BaseDirectory, "hls.light.min.js") });
        for (var i = first; i < cameras.Count; i += 2)
            await look(page, $"field{i}", cameras[i]);

        await page.CloseAsync();
    }));

    private static List<Stretch> Script(Random random)
    {
        var kinds = Enum.GetValues<Misbehaviour>().Where(kind => kind != Misbehaviour.None).ToArray();
        var script = new List<Stretch> { new(Misbehaviour.None, TimeSpan.FromSeconds(2)) };
        for (var total = 2.0; total < Length; total += script[^1].Length.TotalSeconds + script[^2].Length.TotalSeconds)
        {
            var doing = kinds[random.Next(kinds.Length)];
            var seconds = doing switch
            {
                Misbehaviour.Freezes => 7,
                Misbehaviour.FallsSilent => 6,
                Misbehaviour.SendsLongGroups => 9,
                _ => 2,
            };
            script.Add(new Stretch(doing, TimeSpan.FromSeconds(seconds)));
            script.Add(new Stretch(Misbehaviour.None, TimeSpan.FromSeconds(1 + (2 * random.NextDouble()))));
        }

        return script;
    }

    private async Task StartAsync(string id, string source)
    {
        var (status, body) = await chromium.Node.SendAsync(HttpMethod.Post, "/v1/recorders", $$"""{"id":"{{id}}","source":"{{source}}","timeslice":1000}""");
        status.ShouldBe(HttpStatusCode.Created, body?.ToJsonString());
        (await chromium.Node.SendAsync(HttpMethod.Post, $"/v1/recorders/{id}:start")).Status.ShouldBe(HttpStatusCode.OK);
    }

    private async Task CheckAsync(IPage page, string id, FieldCamera camera)
    {
        var recordings = await RecordingsOf(id);
        recordings.ShouldNotBeEmpty(camera.ToString());
        var found = new Dictionary<int, int>();
        var gaps = new List<(DateTimeOffset From, DateTimeOffset To)>();
        foreach (var key in recordings)
        {
            var folder = Path.Combine(chromium.Node.DataFolder, "recordings", key.Replace('~', '/'));
            foreach (var file in Directory.EnumerateFiles(folder, "0*.mp4").Order(StringComparer.Ordinal))
            {
                await DecodeAsync(file, camera);
                foreach (var number in NumbersIn(file))
                    found[number] = found.GetValueOrDefault(number) + 1;
            }

            var timeline = (await chromium.Node.SendAsync(HttpMethod.Get, $"/v1/recordings/{key}/timeline")).Body!;
            foreach (var gap in timeline["gaps"]!.AsArray())
                gaps.Add((gap!["from"]!.GetValue<DateTimeOffset>(), gap["to"]!.GetValue<DateTimeOffset>()));

            await PlayAsync(page, key, camera);
        }

        found.Where(frame => frame.Value > 1).Select(frame => frame.Key).ShouldBeEmpty($"{id} has frames twice: {camera}");
        var sent = camera.Sent;
        var (first, last) = (found.Keys.Min(), found.Keys.Max());
        var missing = sent.Where(frame => frame.Number > first && frame.Number < last && !found.ContainsKey(frame.Number))
            .Where(frame => !gaps.Exists(gap => frame.At >= gap.From - Latency && frame.At <= gap.To + Latency)).ToList();
        missing.ShouldBeEmpty($"{id} lost frames without a word: {camera}\ngaps: {string.Join(", ", gaps.Select(gap => $"{gap.From:ss.fff}-{gap.To:ss.fff}"))}");
        // Opening a camera takes round trips, and the next key frame may be two seconds away: on a busy machine more frames pass.
        first.ShouldBeLessThan(sent[0].Number + 150);
    }

    private async Task<List<string>> RecordingsOf(string id)
    {
        var (_, body) = await chromium.Node.SendAsync(HttpMethod.Get, $"/v1/recordings?recorder={id}");
        return [.. body!["recordings"]!.AsArray().Select(recording => recording!["key"]!.GetValue<string>())];
    }

    private static async Task DecodeAsync(string file, FieldCamera camera)
    {
        var start = new System.Diagnostics.ProcessStartInfo("ffmpeg") { RedirectStandardError = true };
        foreach (var argument in (string[])["-v", "error", "-nostdin", "-i", file, "-map", "0", "-f", "null", "-"])
            start.ArgumentList.Add(argument);

        using var process = System.Diagnostics.Process.Start(start)!;
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        // The null muxer's own complaint about sound that is a tick early.
        said.Split('\n').Where(line => line.Length > 0 && !line.Contains("monotonically", StringComparison.Ordinal) && !line.Contains("Last message repeated", StringComparison.Ordinal))
            .ShouldBeEmpty($"{file}: {camera}");
    }

    private static List<int> NumbersIn(string file)
    {
        var numbers = new List<int>();
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = file });
        var batch = PacketBatch.Rent();
        while (demuxer.Read(batch) == ReadResult.Appended)
        {
            if (demuxer.Streams[batch[0].Track].Parameters.Kind == MediaKind.Video && FieldClip.NumberOf(batch.Data(0)) is { } number)
                numbers.Add(number);

            batch.Release();
            batch = PacketBatch.Rent();
        }

        batch.Release();
        return numbers;
    }

    // By media.mp4, and by HLS with the player that most pages use: the beginning, the middle and the end, because to watch ten minutes of eight
    // cameras would take long.
    private static async Task PlayAsync(IPage page, string key, FieldCamera camera)
    {
        foreach (var name in (string[])["media.mp4", "index.m3u8"])
        {
            var watched = await page.EvaluateAsync<string>(
                """
                async url => {
                  const v = document.querySelector('video'), isHls = url.endsWith('.m3u8');
                  let fatal = '', hls = null;
                  const error = () => fatal || (v.error && v.error.message);
                  const until = async holds => {
                    const deadline = performance.now() + 60000;
                    while (!error() && !holds() && performance.now() < deadline) await new Promise(r => setTimeout(r, 50));
                    return !error() && holds();
                  };
                  const segments = () => hls.levels[0].details.fragments;
                  const buffered = () => [...Array(v.buffered.length).keys()].map(i => [v.buffered.start(i), v.buffered.end(i)]);
                  // hls.js 1.7.4 stands for ever when a seek interrupts the loading of an initialisation segment: so it has loaded all it wants before it seeks.
                  const isLoaded = () => !isHls || buffered().some(([, end]) => end > segments().findLast(one => !one.gap).end - 0.5);
                  if (isHls) {
                    hls = new Hls({ maxBufferLength: 3600, maxBufferSize: 1e9 });
                    hls.on(Hls.Events.ERROR, (_, e) => { if (e.fatal) fatal = `${e.details}: ${e.error && e.error.message}`; });
                    hls.loadSource(url);
                    hls.attachMedia(v);
                  } else {
                    v.src = url;
                    v.load();
                  }
                  let seen = '';
                  for (const part of [0, 0.5, 1]) {
                    let begin = 0;
                    if (!await until(() => v.readyState >= 2) || (part > 0 && !await until(isLoaded))) {
                      seen = error() || `is not loaded for ${part}`;
                    } else {
                      v.currentTime = begin = Math.max(0, part * (v.duration - 3));
                      v.playbackRate = 2;
                      v.play().catch(() => {});
                      if (!await until(() => v.ended || v.currentTime > begin + 1)) seen = error() || `stands, begun at ${begin}`;
                    }
                    if (seen) break;
                  }
                  if (seen) seen += `: at ${v.currentTime} of ${v.duration}, state ${v.readyState}, seeking ${v.seeking}, buffered ${JSON.stringify(buffered())}, segments `
                    + (isHls ? segments().map(one => `${one.start.toFixed(2)} ${one.gap ? 'gap' : one.stats.loaded}`) : 'none');
                  if (hls) hls.destroy();
                  return seen;
                }
                """,
                $"/v1/recordings/{key}/{name}");
            watched.Length.ShouldBe(0, $"{name} of {key}: {watched}\n{camera}");
        }
    }

    private static async Task WatchLiveAsync(IPage page, string id, FieldCamera camera)
    {
        var watched = await page.EvaluateAsync<string>(
            """
            async id => {
              const v = document.querySelector('video'), source = new MediaSource(), queue = [];
              let buffer = null, error = '';
              v.src = URL.createObjectURL(source);
              await new Promise(open => source.addEventListener('sourceopen', open, { once: true }));
              const pump = () => {
                try {
                  while (buffer && !buffer.updating && queue.length && typeof queue[0] === 'string') buffer.changeType(queue.shift());
                  if (buffer && !buffer.updating && queue.length) buffer.appendBuffer(queue.shift());
                } catch (e) { error = String(e); }
              };
              const socket = new WebSocket(location.origin.replace('http', 'ws') + `/v1/recorders/${id}/live`);
              socket.binaryType = 'arraybuffer';
              socket.onmessage = e => {
                if (typeof e.data === 'string' && !buffer) { buffer = source.addSourceBuffer(e.data); buffer.onupdateend = pump; }
                else { queue.push(e.data); pump(); }
              };
              const deadline = performance.now() + 30000;
              while (!error && !v.error && v.currentTime < 1 && performance.now() < deadline) {
                v.play().catch(() => {});
                await new Promise(r => setTimeout(r, 100));
              }
              socket.close();
              return error || (v.error ? v.error.message : v.currentTime < 1 ? `stands at ${v.currentTime}` : '');
            }
            """, id);
        watched.ShouldBe("", $"live of {id}: {camera}");
    }
}
