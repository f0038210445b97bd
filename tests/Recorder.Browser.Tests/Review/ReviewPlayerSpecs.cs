using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Recorder.Integration.Tests.Harness;
using Recorder.Node.Tests.Serve;
using Xunit.Abstractions;

namespace Recorder.Browser.Tests.Review;

/// <summary>Recorded angles on one wall clock, played by the page in a real browser. Each picture says when it was captured.</summary>
public sealed class ReviewPlayerSpecs(Chromium chromium, ITestOutputHelper output) : IClassFixture<Chromium>
{
    // Seconds; RECORDER_REVIEW=300 before a release: four angles instead of three.
    private static readonly int Length = int.Parse(Environment.GetEnvironmentVariable("RECORDER_REVIEW") ?? "0", CultureInfo.InvariantCulture);
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(Math.Max(2, Length / 2.0));
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(Math.Max(2, Length / 2.0));
    private static readonly double TwoFrames = 2 * ClockCameras.Frame.TotalMilliseconds;

    [Fact]
    public async Task Angles_stay_in_step_across_a_gap_and_a_moment_is_shown_at_once()
    {
        await using var node = await ServedNode.StartAsync(options => options with { Sources = options.Sources with { AllowsLoopback = true } });
        List<string> recorders = [.. Enumerable.Range(1, Length > 0 ? 4 : 3).Select(number => $"angle{number}")];
        var (begin, end) = await RecordAsync(node, recorders);
        var page = await OpenAsync(node, recorders);

        await SeekAsync(page, begin, end);
        var seen = await PlayAsync(page, begin, end);

        var gap = seen.Where(look => look["angles"]![0]!["state"]!.GetValue<string>() == "gap").ToList();
        gap.ShouldNotBeEmpty();
        gap.Select(look => look["angles"]![0]!["notice"]!.GetValue<string>()).Distinct().ShouldBe(["No recording: source lost"]);
        gap.Count(look => StripsOf(look).Count == recorders.Count - 1).ShouldBeGreaterThan(gap.Count / 2, "the others go on");
        seen.Count(look => StripsOf(look).Count == recorders.Count).ShouldBeGreaterThan(seen.Count / 3);
        var apart = seen.Select(StripsOf).Where(strips => strips.Count > 1).Select(strips => strips.Max() - strips.Min()).ToList();
        var off = seen.SelectMany(look => StripsOf(look).Select(strip => strip - look["wall"]!.GetValue<double>())).Order().ToList();
        output.WriteLine($"{seen.Count} looks: angles are up to {apart.Max():0} ms apart, {apart.Average():0} ms in the mean.");
        output.WriteLine($"A picture is {off[0]:0} to {off[^1]:0} ms, in the median {off[off.Count / 2]:0} ms from the clock.");
        apart.Max().ShouldBeLessThanOrEqualTo(TwoFrames);
    }

    private async Task SeekAsync(IPage page, double begin, double end)
    {
        var took = new List<double>();
        foreach (var part in (double[])[0.1, 0.85, 0.2, 0.95, 0.05])
        {
            var wall = begin + ((end - begin) * part);
            var found = await EvaluateAsync(page, $"review.seek({wall.ToString(CultureInfo.InvariantCulture)})");
            took.Add(found["took"]!.GetValue<double>());
            StripsOf(found).Count.ShouldBe(found["angles"]!.AsArray().Count, found.ToJsonString());
            StripsOf(found).ShouldAllBe(strip => Math.Abs(strip - wall) <= TwoFrames, found.ToJsonString());
        }

        // The first one opens the timeline and the media for the first time in the life of the node.
        output.WriteLine($"Opened in {took[0]:0} ms; seek to picture: {string.Join(", ", took.Skip(1).Select(time => $"{time:0}"))} ms.");
        took.Skip(1).Max().ShouldBeLessThan(500);
    }

    private static async Task<List<JsonNode>> PlayAsync(IPage page, double begin, double end)
    {
        await EvaluateAsync(page, $"review.seek({begin.ToString(CultureInfo.InvariantCulture)})");
        var seen = await EvaluateAsync(page, $"review.play({end.ToString(CultureInfo.InvariantCulture)})");
        return [.. seen.AsArray().Select(look => look!)];
    }

    private async Task<IPage> OpenAsync(ServedNode node, List<string> recorders)
    {
        var page = await chromium.OpenAsync(node.Host.Address);
        // With the policy of the page itself.
        await page.GotoAsync(node.Host.Address.ToString());
        await Strips.PrepareAsync(page);
        await page.EvaluateAsync(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Review", "watch-strips.js")), recorders);
        return page;
    }

    private static async Task<JsonNode> EvaluateAsync(IPage page, string expression) =>
        JsonNode.Parse((await page.EvaluateAsync<JsonElement>(expression).WaitAsync(TimeSpan.FromSeconds(60 + Length))).GetRawText())!;

    // The first camera is cut and comes back.
    private static async Task<(double Begin, double End)> RecordAsync(ServedNode node, List<string> recorders)
    {
        await using var steady = await ClockCameras.StartAsync(recorders.Count - 1);
        var cut = await ClockCameras.StartAsync(1);
        try
        {
            var sources = recorders.Select((_, index) => index == 0 ? cut.Uri(1) : steady.Uri(index)).ToList();
            foreach (var (id, source) in recorders.Zip(sources))
            {
                await node.SendAsync(HttpMethod.Post, "/v1/recorders", $$"""{"id":"{{id}}","source":"{{source}}","timeslice":500}""");
                await node.SendAsync(HttpMethod.Post, $"/v1/recorders/{id}:start");
            }

            await UntilAsync(node, recorders, lanes => lanes.All(pieces => pieces is [{ } piece] && piece.To - piece.From > Before.TotalMilliseconds));
            await cut.DisposeAsync();
            var left = (await LanesAsync(node, recorders))[0][0].To;
            await UntilAsync(node, recorders, lanes => lanes[1][^1].To - left > Away.TotalMilliseconds);
            cut = await ClockCameras.StartAsync(1, $"--port {cut.Port}");
            await UntilAsync(node, recorders, lanes => lanes[0] is [_, { } back] && back.To - back.From > After.TotalMilliseconds);
            foreach (var id in recorders)
                await node.SendAsync(HttpMethod.Post, $"/v1/recorders/{id}:stop");

            var recorded = await LanesAsync(node, recorders);
            // A browser shows the last frames of what may still grow only when others follow.
            return (recorded.Max(pieces => pieces[0].From) + 100, recorded.Min(pieces => pieces[^1].To) - 1000);
        }
        finally
        {
            await cut.DisposeAsync();
        }
    }

    private static async Task UntilAsync(ServedNode node, List<string> recorders, Func<List<List<(double From, double To)>>, bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60 + Length));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!holds(await LanesAsync(node, recorders)))
            await tick.WaitForNextTickAsync(patience.Token);
    }

    private static async Task<List<List<(double From, double To)>>> LanesAsync(ServedNode node, List<string> recorders)
    {
        var (from, to) = (DateTime.UtcNow.AddHours(-1), DateTime.UtcNow.AddHours(1));
        var (_, body) = await node.SendAsync(
            HttpMethod.Get, $"/v1/timeline?recorder={string.Join(',', recorders)}&from={from:O}&to={to:O}&resolution=0");
        return [.. body!["lanes"]!.AsArray().Select(lane => lane!["pieces"]!.AsArray().Select(piece => (Milliseconds(piece!["from"]!), Milliseconds(piece["to"]!))).ToList())];
    }

    private static double Milliseconds(JsonNode time) =>
        (DateTimeOffset.Parse(time.GetValue<string>(), CultureInfo.InvariantCulture) - DateTimeOffset.UnixEpoch).TotalMilliseconds;

    private static List<double> StripsOf(JsonNode look) =>
        [.. look["angles"]!.AsArray().Where(angle => angle!["strip"] is not null).Select(angle => angle!["strip"]!.GetValue<double>())];
}
