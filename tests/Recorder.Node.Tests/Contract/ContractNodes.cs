using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Recorder.Actors;
using Recorder.Actors.Retention;
using Recorder.Cluster;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Runtime;
using Recorder.Integration.Tests.Harness;
using Recorder.Node.Configuration;
using Recorder.Node.Media;
using Recorder.Node.Security;
using Recorder.Node.Tests.Api;
using Recorder.Node.Tests.Cli;
using Recorder.Node.Tests.Media;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Contract;

/// <summary>A node with keys, recorders and recordings, and one that is sick: its catalogue is closed and its fleet has died.</summary>
public sealed class ContractNodes : IAsyncLifetime
{
    private readonly Folder _files = new();
    private readonly Dictionary<string, Task<HttpResponseMessage>> _ill = [];
    private ServedNode _well = null!;
    private ServedNode _sick = null!;
    private EventReader? _reader;
    private int _count;
    private readonly Lazy<Task<ServedNode>> _clustered;

    public ContractNodes() => _clustered = new Lazy<Task<ServedNode>>(StartClusteredAsync);

    /// <summary>The node that works.</summary>
    internal HttpClient Well => _well.Client;

    /// <summary>The node that cannot answer; it has no keys.</summary>
    internal HttpClient Sick => _sick.Client;

    /// <summary>A key of the node that works, for everything.</summary>
    internal string Key { get; private set; } = "";

    /// <summary>H.264 in MP4, ended, three extents.</summary>
    internal string Clip { get; private set; } = "";

    /// <summary>VP8 in WebM, ended.</summary>
    internal string WebM { get; private set; } = "";

    /// <summary>The same as <see cref="Clip"/>, and retention has removed its first extent.</summary>
    internal string Thinned { get; private set; } = "";

    /// <summary>As <see cref="WebM"/>, with files that no demuxer can read.</summary>
    internal string Damaged { get; private set; } = "";

    /// <summary>H.264 and then VP9, in MP4, ended.</summary>
    internal string Recoded { get; private set; } = "";

    /// <summary>H.264, under way, by the recorder <see cref="Camera"/>.</summary>
    internal string UnderWay { get; private set; } = "";

    /// <summary>A recorder that records a source that is encoded already.</summary>
    internal const string Camera = "camera";

    /// <summary>A recorder whose source sends pictures as they are.</summary>
    internal const string Pattern = "clip";

    internal Exports Exports => _well.Host.Services.GetRequiredService<Exports>();

    internal Actors.Capture.PushStreams Streams => _well.Host.Services.GetRequiredService<RecorderRuntime>().Streams;

    public async Task InitializeAsync()
    {
        await RecordedMedia.RunAsync(
            "ffmpeg", "-v error -f lavfi -i testsrc2=size=64x64:rate=10 -t 10 -c:v libx264 -g 10 -preset ultrafast -pix_fmt yuv420p " + _files["source.mp4"]);
        _well = await ServedNode.StartAsync(options => options with
        {
            BodyLimit = 4096,
            Sources = new SourcePolicyOptions { Folders = [_files.Path] },
        });
        Key = _well.Host.Services.GetRequiredService<ApiKeyRing>().Add(Role.Admin, null, [], null);
        Well.DefaultRequestHeaders.Authorization = new("Bearer", Key);
        Clip = await RecordAsync(Pattern, "video/mp4;codecs=avc1");
        WebM = await RecordAsync("webm", "video/webm;codecs=vp8");
        Thinned = await RecordAsync("thinned", "video/mp4;codecs=avc1");
        await ThinAsync();
        Damaged = await RecordAsync("damaged", "video/webm;codecs=vp8");
        Damage();
        var vp9 = await RecordAsync("vp9", "video/mp4;codecs=vp9");
        Recoded = $"recoded~{Clip.Split('~')[1]}";
        await RecordedMedia.JoinAsync(FolderOf(Recoded), "recoded", TimeSpan.Zero, [FolderOf(Clip), FolderOf(vp9)]);
        await PostAsync("/v1/recorders", new JsonObject
        {
            ["id"] = Camera,
            ["source"] = $"file:{_files["source.mp4"]}?loop",
            ["mimeType"] = "video/mp4;codecs=avc1",
            ["timeslice"] = 200,
            ["fragmentDuration"] = 200,
        });
        await PostAsync($"/v1/recorders/{Camera}:start");
        UnderWay = await RecordingOfAsync(Camera, recording => recording["blobs"]!.GetValue<long>() > 0);

        _sick = await ServedNode.StartAsync(options => options with { SubscriberLimit = 1 });
        _reader = await EventReader.OpenAsync(Sick, "/v1/events");
        var node = _sick.Host.Services.GetRequiredService<NodeRuntime>();
        await node.Takes.GracefulStop(TimeSpan.FromSeconds(10));
        await node.Registry.GracefulStop(TimeSpan.FromSeconds(10));
        await ((IAsyncDisposable)node.Catalogue).DisposeAsync();
    }

    public async Task DisposeAsync()
    {
        _reader?.Dispose();
        await _sick.DisposeAsync();
        if (_clustered.IsValueCreated)
            await (await _clustered.Value).DisposeAsync();

        await _well.DisposeAsync();
        _files.Dispose();
    }

    /// <summary>A node of a cluster, the only one.</summary>
    internal async Task<HttpClient> ClusteredAsync() => (await _clustered.Value).Client;

    /// <summary>A node of that cluster that died long ago.</summary>
    internal async Task<string> DeadNodeAsync()
    {
        await _clustered.Value;
        return "dead";
    }

    private static async Task<ServedNode> StartClusteredAsync()
    {
        var port = FreePort.Take();
        return await ServedNode.StartAsync(options =>
        {
            Directory.CreateDirectory(options.DataFolder);
            using var known = NodeStore.Open(options.DataFolder);
            known.Write(new NodeCard
            {
                Node = "dead",
                Start = new StartId(1),
                Folder = "x",
                Cluster = "x",
                Url = new Uri("http://127.0.0.1:1/"),
                Host = "127.0.0.1",
                Port = 1,
            });
            return options with { Node = "contract", Listen = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port) };
        });
    }

    /// <summary>What the sick node answers; it takes its time, so all that will be asked for is asked at once.</summary>
    internal Task<HttpResponseMessage> IllAsync(ApiOperation operation, Func<ApiOperation, Task<HttpResponseMessage>> ask)
    {
        lock (_ill)
        {
            if (_ill.Count == 0)
            {
                foreach (var each in ApiContract.Instance.Operations.Where(it => ApiContract.Instance.StatusesOf(it).Contains(503)))
                    _ill.Add(each.Id, ask(each));
            }

            return _ill[operation.Id];
        }
    }

    /// <summary>Defines a recorder of its own for a case; its id.</summary>
    internal async Task<string> DefineAsync()
    {
        var id = $"case-{Interlocked.Increment(ref _count)}";
        await PostAsync("/v1/recorders", new JsonObject { ["id"] = id, ["source"] = "test:?size=64x64&rate=10&audio=off" });
        return id;
    }

    /// <summary>Adds a webhook; its id.</summary>
    internal async Task<string> AddWebhookAsync() =>
        (await PostAsync("/v1/webhooks", new JsonObject { ["url"] = "https://10.0.0.7/hook" }))["id"]!.GetValue<string>();

    internal async Task<JsonNode> PostAsync(string path, JsonNode? body = null)
    {
        using var content = new StringContent(body?.ToJsonString() ?? "", null, "application/json");
        using var answer = await Well.PostAsync(path, content);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue($"{path}: {text}");
        return JsonNode.Parse(text)!;
    }

    private string FolderOf(string key) => Path.Combine([_well.DataFolder, "recordings", .. key.Split('~')]);

    private async Task<string> RecordAsync(string id, string type)
    {
        await PostAsync("/v1/recorders", new JsonObject
        {
            ["id"] = id,
            ["source"] = "test:?size=64x64&rate=10&pace=fast&duration=3s&audio=off",
            ["mimeType"] = type,
            ["timeslice"] = 500,
            ["extentDuration"] = 1000,
            ["videoKeyFrameIntervalDuration"] = 1000,
        });
        await PostAsync($"/v1/recorders/{id}:start");
        return await RecordingOfAsync(id, recording => recording["endedAt"] is not null);
    }

    private async Task<string> RecordingOfAsync(string recorder, Func<JsonNode, bool> holds)
    {
        var key = "";
        await Eventually.HoldsAsync($"{recorder} has recorded", async () =>
        {
            var list = JsonNode.Parse(await Well.GetStringAsync($"/v1/recordings?recorder={recorder}"))!["recordings"]!.AsArray();
            key = list.Count > 0 && holds(list[0]!) ? list[0]!["key"]!.GetValue<string>() : "";
            return key.Length > 0;
        });
        return key;
    }

    private IEnumerable<FileInfo> FilesOf(string key, string pattern) =>
        new DirectoryInfo(Path.Combine(_well.DataFolder, "recordings", key.Replace('~', Path.DirectorySeparatorChar))).EnumerateFiles(pattern);

    private async Task ThinAsync()
    {
        var bytes = FilesOf(Thinned, "*.mp4").Sum(file => file.Length);
        using var answer = await Well.PatchAsync(
            "/v1/recorders/thinned", new StringContent($$"""{"retention": {"maxBytes": {{bytes - 1}} } }""", null, "application/json"));
        answer.EnsureSuccessStatusCode();
        var node = _well.Host.Services.GetRequiredService<NodeRuntime>();
        await Eventually.HoldsAsync("retention has removed an extent", async () =>
            (await node.Retention.Ask<RetentionActor.Swept>(new RetentionActor.Sweep(), TimeSpan.FromSeconds(10))).Removed > 0);
    }

    private void Damage()
    {
        foreach (var file in FilesOf(Damaged, "*.webm"))
            File.WriteAllBytes(file.FullName, [.. Enumerable.Repeat((byte)0xff, (int)file.Length)]);
    }
}
