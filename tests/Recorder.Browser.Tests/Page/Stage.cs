using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Recorder.Integration.Tests.Harness;
using Recorder.Node.Tests.Serve;

namespace Recorder.Browser.Tests.Page;

/// <summary>A node, cameras whose pictures carry a clock strip, 25 a second, and a recorder for each: left, right, top, door.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private static readonly string[] Names = ["left", "right", "top", "door"];
    private ClockCameras _cameras;

    private Stage(ServedNode node, ClockCameras cameras) => (Node, _cameras) = (node, cameras);

    /// <summary>The time from one picture of a camera to the next, in milliseconds.</summary>
    public static double Frame => 40;

    public ServedNode Node { get; }

    public Uri Address => Node.Host.Address;

    public IReadOnlyList<string> Recorders { get; private set; } = [];

    public static async Task<Stage> OpenAsync(int count, string more = "")
    {
        // Another process may keep a core busy.
        Microsoft.Playwright.Assertions.SetDefaultExpectTimeout(20_000);
        var node = await ServedNode.StartAsync(options => options with { Sources = options.Sources with { AllowsLoopback = true } });
        var stage = new Stage(node, await ClockCameras.StartAsync(count, $"--rate 25 {more}"));
        stage.Recorders = Names[..count];
        foreach (var (name, index) in stage.Recorders.Select((name, index) => (name, index)))
            await stage.DefineAsync(name, stage._cameras.Uri(index + 1));

        return stage;
    }

    public async Task DefineAsync(string id, string source) =>
        (await Node.SendAsync(HttpMethod.Post, "/v1/recorders", $$"""{"id":"{{id}}","source":"{{source}}","timeslice":500}""")).Status.ShouldBe(HttpStatusCode.Created);

    /// <summary>A recorder whose camera is off.</summary>
    public Task DefineOffAsync(string id) => DefineAsync(id, $"rtsp://127.0.0.1:{FreePort.Take()}/off");

    /// <summary>Records a take of all cameras by the API; meanwhile something happens.</summary>
    public async Task<JsonNode> RecordAsync(string scene, Func<JsonNode, Task>? meanwhile = null, params string[] off)
    {
        var angles = string.Join(',', Recorders.Concat(off).Select(id => $$"""{"recorder":"{{id}}"}"""));
        var (status, armed) = await Node.SendAsync(HttpMethod.Post, "/v1/takes", $$"""{"scene":"{{scene}}","angles":[{{angles}}]}""");
        status.ShouldBe(HttpStatusCode.Created, armed?.ToJsonString());
        var id = armed!["id"]!.GetValue<string>();
        await UntilAsync(id, take => Angles(take).Count(angle => angle["state"]!.GetValue<string>() == "ready") == Recorders.Count);
        await Node.SendAsync(HttpMethod.Post, $"/v1/takes/{id}:start", "{}");
        var running = await UntilAsync(id, take => Angles(take).Count(angle => angle["state"]!.GetValue<string>() == "recording") == Recorders.Count);
        await RecordedAsync(running, TimeSpan.FromSeconds(4));
        if (meanwhile is not null)
            await meanwhile(running);

        await Node.SendAsync(HttpMethod.Post, $"/v1/takes/{id}:stop", "{}");
        return await UntilAsync(id, take => take["state"]!.GetValue<string>() == "done");
    }

    /// <summary>Waits until all angles have so much media from the take's moment on.</summary>
    public async Task RecordedAsync(JsonNode take, TimeSpan length, int pieces = 1)
    {
        var (from, to) = (DateTime.UtcNow.AddHours(-1), DateTime.UtcNow.AddHours(1));
        var at = Time(take["at"]!);
        await UntilAsync($"/v1/timeline?recorder={string.Join(',', Recorders)}&from={from:O}&to={to:O}&resolution=0", timeline => timeline["lanes"]!.AsArray()
            .All(lane => lane!["pieces"]!.AsArray() is { Count: > 0 } have && Time(have[^1]!["to"]!) - at > length)
            && timeline["lanes"]!.AsArray().Max(lane => lane!["pieces"]!.AsArray().Count) >= pieces);
    }

    /// <summary>All cameras are cut, and come back.</summary>
    public async Task CutAsync(JsonNode take)
    {
        var port = _cameras.Port;
        await _cameras.DisposeAsync();
        foreach (var id in Recorders)
            await UntilAsync($"/v1/recorders/{id}", recorder => recorder["sourceStatus"]!.GetValue<string>() == "lost");

        _cameras = await ClockCameras.StartAsync(Recorders.Count, $"--rate 25 --port {port}");
        await RecordedAsync(take, TimeSpan.FromSeconds(6), pieces: 2);
    }

    public Task<JsonNode> UntilAsync(string takeOrPath, Func<JsonNode, bool> holds) => WaitAsync(Node, takeOrPath.StartsWith('/') ? takeOrPath : $"/v1/takes/{takeOrPath}", holds);

    public static IEnumerable<JsonNode> Angles(JsonNode take) => take["angles"]!.AsArray().Select(angle => angle!);

    public static DateTimeOffset Time(JsonNode time) => DateTimeOffset.Parse(time.GetValue<string>(), CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        await _cameras.DisposeAsync();
    }

    public static async Task<JsonNode> WaitAsync(ServedNode node, string path, Func<JsonNode, bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            var (status, body) = await node.SendAsync(HttpMethod.Get, path);
            if (status == HttpStatusCode.OK && holds(body!))
                return body!;

            await tick.WaitForNextTickAsync(patience.Token);
        }
    }
}
