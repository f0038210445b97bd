using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Recorder.Actors.Retention;
using Recorder.Media.Export;

namespace Recorder.Node.Tests.Contract;

/// <summary>How each documented answer is brought about: for most operations the same way, for the others by a case of their own.</summary>
internal static partial class ContractCases
{
    // What operations that need a body are sent, unless a case says otherwise.
    private static readonly Dictionary<string, string> Bodies = new(StringComparer.Ordinal)
    {
        ["DefineRecorder"] = """{"source":"test:?size=64x64&rate=10"}""",
        ["ChangeRecorder"] = """{"labels":{"hall":"1"}}""",
        ["Mark"] = """{"label":"goal"}""",
        ["ExportRecording"] = """{"container":"mp4"}""",
        ["AddWebhook"] = """{"url":"https://10.0.0.7/hook"}""",
        ["ChangeWebhook"] = """{"kinds":["stop"]}""",
        ["ChangeRecording"] = """{"hold":true}""",
        ["ArmTake"] = """{"angles":[{"recorder":"nobody"}]}""",
        ["ChangeTake"] = """{"rating":"good"}""",
        ["ProbeSource"] = """{"source":"test:?size=64x64&rate=10"}""",
        ["BeginSession"] = """{"key":"guess"}""",
        ["MarkTake"] = """{"label":"clap"}""",
    };

    private static readonly ConditionalWeakTable<ContractNodes, Task<string>> ExportableTakes = [];

    private static readonly Dictionary<string, Func<ContractCall, Task<HttpResponseMessage>>> Cases = new(StringComparer.Ordinal)
    {
        ["DefineRecorder 201"] = call => call.SendAsync(),
        ["DefineRecorder 409"] = call => call.With($$"""{"id":"{{ContractNodes.Camera}}","source":"test:"}""").SendAsync(),
        ["ChangeRecorder 200"] = async call => await call.Of(await call.Nodes.DefineAsync()).SendAsync(),
        ["ChangeRecorder 409"] = call => call.Of(ContractNodes.Camera).With("""{"mimeType":"video/webm"}""").SendAsync(),
        ["RemoveRecorder 204"] = async call => await call.Of(await call.Nodes.DefineAsync()).SendAsync(),
        ["Start 200"] = async call => await call.Of(await call.Nodes.DefineAsync()).SendAsync(),
        ["Start 409"] = call => call.Of(ContractNodes.Camera).SendAsync(),
        ["TrustClock 200"] = call => call.SendAsync(),
        ["TrustClock 409"] = call => call.With("""{"countOffTime":true}""").SendAsync(),
        ["Stop 200"] = async call => await call.Of(await call.Nodes.DefineAsync()).SendAsync(),
        ["ExportWebm 200"] = call => call.Of(call.Nodes.WebM).SendAsync(),
        ["ExportWebm 406"] = call => call.Of(call.Nodes.Clip).SendAsync(),
        ["ExportMkv 406"] = call => call.Of(call.Nodes.Recoded).SendAsync(),
        ["ExportRecording 200"] = call => call.SendAsync(),
        ["GetSnapshot 503"] = call => call.Of(call.Nodes.Damaged).SendAsync(),
        ["WatchLive 200"] = call => call.Of(ContractNodes.Camera).SendAsync(),
        ["WatchLive 101"] = call => call.Of(ContractNodes.Camera).Upgraded().SendAsync(),
        ["WatchLive 406"] = call => call.Of(ContractNodes.Pattern).SendAsync(),
        ["ConnectStream 101"] = call => call.Upgraded().SendAsync(),
        ["GetMedia 307"] = call => call.Of(call.Nodes.UnderWay).SendAsync(),
        ["GetBlob 410"] = call => call.Of(call.Nodes.Thinned).SendAsync(),
        ["GetExtent 410"] = call => call.Of(call.Nodes.Thinned).SendAsync(),
        ["DrainNode 200"] = async call => await call.Of("contract").At(await call.Nodes.ClusteredAsync()).SendAsync(),
        ["DrainNode 409"] = call => call.Of("spec").SendAsync(),
        ["ResumeNode 200"] = async call => await call.Of("contract").At(await call.Nodes.ClusteredAsync()).SendAsync(),
        ["ResumeNode 409"] = call => call.Of("spec").SendAsync(),
        ["RemoveNode 204"] = async call => await call.Of(await call.Nodes.DeadNodeAsync()).At(await call.Nodes.ClusteredAsync()).SendAsync(),
        ["RemoveNode 409"] = call => call.Of("spec").SendAsync(),
        ["AddWebhook 201"] = call => call.SendAsync(),
        ["AddWebhook 503"] = FillWebhooksAsync,
        ["GetWebhook 200"] = async call => await call.Of(await call.Nodes.AddWebhookAsync()).SendAsync(),
        ["ChangeWebhook 200"] = async call => await call.Of(await call.Nodes.AddWebhookAsync()).SendAsync(),
        ["ArmTake 201"] = async call => await call.With(TakeOf(await call.Nodes.DefineAsync())).SendAsync(),
        ["ArmTake 409"] = async call => await call.With(TakeOf(await ArmedRecorderAsync(call.Nodes))).SendAsync(),
        ["ListTakes 200"] = call => call.SendAsync(),
        ["GetTake 200"] = async call => await call.Of(await ArmAsync(call.Nodes, await call.Nodes.DefineAsync())).SendAsync(),
        ["GetTakeSound 200"] = StartedTakeAsync,
        ["GetTakeSound 409"] = ArmedTakeAsync,
        ["GetTakeTimeline 200"] = StartedTakeAsync,
        ["GetTakeTimeline 409"] = ArmedTakeAsync,
        ["ExportTake 202"] = StartedTakeAsync,
        ["ExportTake 409"] = ArmedTakeAsync,
        ["ExportTake 503"] = async call => await BusyAsync(call.Of(await StartedAsync(call.Nodes))),
        ["ExportTake 507"] = async call => await WithoutRoomAsync(call.Of(await StartedAsync(call.Nodes))),
        ["GetTakeExport 200"] = ExportedTakeAsync,
        ["RemoveTakeExport 204"] = ExportedTakeAsync,
        ["GetTakeExportFile 200"] = ExportedTakeAsync,
        ["GetTakeExportFile 206"] = async call => await ExportedTakeAsync(call.Having("Range", "bytes=0-9")),
        ["GetTakeExportFile 304"] = async call => await ExportedTakeAsync(call.Having("If-None-Match", "*")),
        ["GetTakeExportFile 416"] = async call => await ExportedTakeAsync(call.Having("Range", "bytes=999999999-")),
        ["ChangeTake 200"] = async call => await call.Of(await ArmAsync(call.Nodes, await call.Nodes.DefineAsync())).SendAsync(),
        ["StartTake 200"] = async call => await StartAsync(call.Nodes, await ArmAsync(call.Nodes, await call.Nodes.DefineAsync())),
        ["StartTake 409"] = async call => await call.Of(await ArmAsync(call.Nodes, "nobody-at-all")).SendAsync(),
        ["StopTake 200"] = async call => await call.Of(await ArmAsync(call.Nodes, await call.Nodes.DefineAsync())).SendAsync(),
        ["MarkTake 200"] = StartedTakeAsync,
        ["MarkTake 409"] = ArmedTakeAsync,
        ["PauseTake 200"] = StartedTakeAsync,
        ["PauseTake 409"] = ArmedTakeAsync,
        ["ResumeTake 200"] = StartedTakeAsync,
        ["ResumeTake 409"] = ArmedTakeAsync,
        ["SplitTake 200"] = StartedTakeAsync,
        ["SplitTake 409"] = ArmedTakeAsync,
        ["RequestDataTake 200"] = StartedTakeAsync,
        ["RequestDataTake 409"] = ArmedTakeAsync,
        ["RemoveWebhook 204"] = async call => await call.Of(await call.Nodes.AddWebhookAsync()).SendAsync(),
    };

    /// <summary>The cases for one operation and status.</summary>
    public static IEnumerable<string> Special => Cases.Keys.Concat(PageCases.Keys);

    private static ContractCall CallOf(ContractNodes nodes, ApiOperation operation)
    {
        var call = new ContractCall(nodes, operation);
        call = Queries.TryGetValue(operation.Name, out var query) ? call.Asking(query) : call;
        return Bodies.TryGetValue(operation.Id, out var body) ? call.With(body) : call;
    }

    /// <summary>Makes an operation answer with a status.</summary>
    public static Task<HttpResponseMessage> BringAboutAsync(ContractNodes nodes, ApiOperation operation, int status)
    {
        var call = CallOf(nodes, operation);
        var name = $"{operation.Name} {status}";
        return Cases.TryGetValue(name, out var own) || PageCases.TryGetValue(name, out own) ? own(call) : BringAboutAsync(call, status);
    }

    private static Task<HttpResponseMessage> BringAboutAsync(ContractCall call, int status) => status switch
    {
        200 when call.Operation.Path.Contains(':', StringComparison.Ordinal) => RecordingThenAsync(call),
        200 or 204 => call.SendAsync(),
        206 => call.Having("Range", "bytes=0-9").SendAsync(),
        304 => UnchangedAsync(call),
        400 => (call.Operation.TakesBody ? call.With("{") : call.Asking("bogus=1")).SendAsync(),
        401 => call.Having("Authorization", "").SendAsync(),
        // A page of somebody else's, in a browser on the node's machine.
        403 => call.Ill().Having("Host", "evil.example").SendAsync(),
        404 => call.Of(call.Operation.Path.Contains("{key}", StringComparison.Ordinal) ? "nobody~nothing" : "nobody").SendAsync(),
        406 => call.Of(call.Nodes.WebM).SendAsync(),
        409 when call.Operation.Path.StartsWith("/v1/streams", StringComparison.Ordinal) => TakenAsync(call),
        409 => call.Of(ContractNodes.Pattern).SendAsync(),
        413 => call.With($$"""{"x":"{{new string('x', 8000)}}"}""").SendAsync(),
        415 => call.With("hello", "text/plain").SendAsync(),
        416 => call.Having("Range", "bytes=999999999-").SendAsync(),
        422 => KeyReusedAsync(call),
        429 => GuessAsync(call),
        503 when call.Operation.Name.StartsWith("Export", StringComparison.Ordinal) => BusyAsync(call),
        503 => call.Nodes.IllAsync(call.Operation, operation => CallOf(call.Nodes, operation).Ill().SendAsync()),
        507 => WithoutRoomAsync(call),
        _ => throw new InvalidOperationException($"{call.Operation.Id} documents {status}, and no case brings it about: add one."),
    };

    // What a command changes is a recorder of its own.
    private static async Task<HttpResponseMessage> RecordingThenAsync(ContractCall call)
    {
        var id = await call.Nodes.DefineAsync();
        await call.Nodes.PostAsync($"/v1/recorders/{id}:start");
        return await call.Of(id).SendAsync();
    }

    private static string TakeOf(string recorder) => $$"""{"angles":[{"recorder":"{{recorder}}"}]}""";

    private static ContractCall CallOf(ContractNodes nodes, string id) =>
        CallOf(nodes, ApiContract.Instance.Operations.Single(operation => operation.Id == id));

    private static async Task<string> ArmAsync(ContractNodes nodes, string recorder)
    {
        using var answer = await CallOf(nodes, "ArmTake").With(TakeOf(recorder)).SendAsync();
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
    }

    private static async Task<string> ArmedRecorderAsync(ContractNodes nodes)
    {
        var recorder = await nodes.DefineAsync();
        await ArmAsync(nodes, recorder);
        return recorder;
    }

    private static async Task<HttpResponseMessage> StartAsync(ContractNodes nodes, string take)
    {
        HttpResponseMessage? answer = null;
        await Eventually.HoldsAsync("the recorder is ready", async () =>
        {
            answer?.Dispose();
            answer = await CallOf(nodes, "StartTake").Of(take).SendAsync();
            return answer.IsSuccessStatusCode;
        });
        return answer!;
    }

    private static async Task<HttpResponseMessage> StartedTakeAsync(ContractCall call) => await call.Of(await StartedAsync(call.Nodes)).SendAsync();

    private static async Task<string> StartedAsync(ContractNodes nodes)
    {
        var take = await ArmAsync(nodes, await nodes.DefineAsync());
        using var started = await StartAsync(nodes, take);
        return take;
    }

    // At the rate of the others there is no time code.
    private static async Task<string> StartExportableAsync(ContractNodes nodes)
    {
        await nodes.PostAsync("/v1/recorders", new JsonObject { ["id"] = "exportable", ["source"] = "test:?size=64x64&rate=25&audio=off", ["mimeType"] = "video/mp4;codecs=avc1" });
        var take = await ArmAsync(nodes, "exportable");
        using var started = await StartAsync(nodes, take);
        return take;
    }

    private static async Task<HttpResponseMessage> ExportedTakeAsync(ContractCall call)
    {
        var take = await ExportableTakes.GetValue(call.Nodes, StartExportableAsync);
        JsonNode export = null!;
        await Eventually.HoldsAsync("a file of the take is exported", async () =>
        {
            using var answer = await CallOf(call.Nodes, "ExportTake").Of(take).SendAsync();
            if (!answer.IsSuccessStatusCode)
                return false;

            var path = answer.Headers.Location!.ToString();
            await Eventually.HoldsAsync("the export is over", async () =>
            {
                export = JsonNode.Parse(await call.Nodes.Well.GetStringAsync(path))!;
                return export["state"]!.GetValue<string>() != "making";
            });
            return export["files"]!.AsArray().Any(file => file!["state"]!.GetValue<string>() == "done");
        });
        var file = export["files"]!.AsArray().First(file => file!["state"]!.GetValue<string>() == "done")!["file"]!.GetValue<string>();
        return await call.Of(take).Exporting(export["id"]!.GetValue<string>(), file).SendAsync();
    }

    private static async Task<HttpResponseMessage> ArmedTakeAsync(ContractCall call) =>
        await call.Of(await ArmAsync(call.Nodes, await call.Nodes.DefineAsync())).SendAsync();

    private static async Task<HttpResponseMessage> UnchangedAsync(ContractCall call)
    {
        using var first = await CallOf(call.Nodes, call.Operation).SendAsync();
        return await call.Having("If-None-Match", first.Headers.ETag!.ToString()).SendAsync();
    }

    private static async Task<HttpResponseMessage> TakenAsync(ContractCall call)
    {
        using var session = call.Nodes.Streams.TryBegin("taken");
        return await (call.Operation.Method == HttpMethod.Get ? call.Upgraded() : call).Of("taken").SendAsync();
    }

    private static async Task<HttpResponseMessage> KeyReusedAsync(ContractCall call)
    {
        var key = $"{Guid.NewGuid()}";
        var stop = ApiContract.Instance.Operations.Single(operation => operation.Id == "Stop");
        using var first = await new ContractCall(call.Nodes, stop).Having("Idempotency-Key", key).Of("nobody").SendAsync();
        return await call.Having("Idempotency-Key", key).SendAsync();
    }

    private static async Task<HttpResponseMessage> GuessAsync(ContractCall call)
    {
        const int MoreThanAreLet = 40;
        for (var guess = 0; guess < MoreThanAreLet; guess++)
        {
            var answer = await CallOf(call.Nodes, call.Operation).Having("Authorization", "Bearer guess").SendAsync();
            if ((int)answer.StatusCode != 401)
                return answer;

            answer.Dispose();
        }

        return await call.SendAsync();
    }

    private static async Task<HttpResponseMessage> FillWebhooksAsync(ContractCall call)
    {
        var added = new List<string>();
        try
        {
            while (true)
            {
                var answer = await CallOf(call.Nodes, call.Operation).SendAsync();
                if (!answer.IsSuccessStatusCode)
                    return answer;

                added.Add(answer.Headers.Location!.ToString());
                answer.Dispose();
            }
        }
        finally
        {
            foreach (var path in added)
                (await call.Nodes.Well.DeleteAsync(path)).Dispose();
        }
    }

    private static async Task<HttpResponseMessage> BusyAsync(ContractCall call)
    {
        await EarlierExportsEndAsync(call);
        using var one = call.Nodes.Exports.Begin(PlanOf(1));
        using var other = call.Nodes.Exports.Begin(PlanOf(1));
        return await call.SendAsync();
    }

    private static async Task<HttpResponseMessage> WithoutRoomAsync(ContractCall call)
    {
        await EarlierExportsEndAsync(call);
        // What is free is promised to another export but for less than one needs.
        var drive = new DriveInfo(Path.GetTempPath());
        var room = drive.AvailableFreeSpace - new RetentionOptions().MinimumFreeOf(drive.TotalSize);
        using var other = call.Nodes.Exports.Begin(PlanOf((room - (100L << 20)) / 21 * 20));
        return await call.SendAsync();
    }

    // For its reader an export is over a moment before it is for the node.
    private static Task EarlierExportsEndAsync(ContractCall call) => Eventually.HoldsAsync("earlier exports are over", () => call.Nodes.Exports.Count == 0);

    private static ExportPlan PlanOf(long bytes) => new([], TimeSpan.Zero, null, bytes, false);
}

/// <summary>A request of an operation as it is documented, and what is to be different.</summary>
internal sealed class ContractCall(ContractNodes nodes, ApiOperation operation)
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);
    private string? _subject;
    private string _export = "none";
    private string _file = "none";
    private string _query = "";
    private (string Text, string Type)? _body;
    private bool _isIll;
    private HttpClient? _at;

    public ContractNodes Nodes => nodes;

    public ApiOperation Operation => operation;

    /// <summary>About this recorder, recording, stream or webhook.</summary>
    public ContractCall Of(string subject)
    {
        _subject = subject;
        return this;
    }

    /// <summary>About this export of a take, and this file of it.</summary>
    public ContractCall Exporting(string export, string file)
    {
        (_export, _file) = (export, file);
        return this;
    }

    public ContractCall With(string body, string type = "application/json")
    {
        _body = (body, type);
        return this;
    }

    public ContractCall Asking(string query)
    {
        _query = "?" + query;
        return this;
    }

    /// <summary>With a header; empty leaves it out.</summary>
    public ContractCall Having(string header, string value)
    {
        _headers[header] = value;
        return this;
    }

    /// <summary>To the node that cannot answer.</summary>
    public ContractCall Ill()
    {
        _isIll = true;
        return this;
    }

    /// <summary>To another node, which has no keys.</summary>
    public ContractCall At(HttpClient node)
    {
        _at = node;
        return this;
    }

    /// <summary>As a WebSocket is opened.</summary>
    public ContractCall Upgraded() =>
        Having("Connection", "Upgrade").Having("Upgrade", "websocket").Having("Sec-WebSocket-Version", "13")
            .Having("Sec-WebSocket-Key", Convert.ToBase64String(Guid.NewGuid().ToByteArray()));

    public async Task<HttpResponseMessage> SendAsync()
    {
        using var request = new HttpRequestMessage(operation.Method, new Uri((_at ?? (_isIll ? nodes.Sick : nodes.Well)).BaseAddress!, PathOf() + _query));
        if (!_headers.ContainsKey("Authorization"))
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", nodes.Key);

        foreach (var (name, value) in _headers.Where(header => header.Value.Length > 0))
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue(name);

        if (_body is { } body)
            request.Content = new StringContent(body.Text, null, body.Type);

        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private string PathOf() => operation.Path
        .Replace("{id}", _subject ?? (operation.Path.Contains("webhooks", StringComparison.Ordinal) ? "none" : ContractNodes.Camera), StringComparison.Ordinal)
        .Replace("{take}", _subject ?? "none", StringComparison.Ordinal)
        .Replace("{export}", _export, StringComparison.Ordinal)
        .Replace("{file}", _file, StringComparison.Ordinal)
        .Replace("{key}", _subject ?? nodes.Clip, StringComparison.Ordinal)
        .Replace("{name}", _subject ?? "studio", StringComparison.Ordinal)
        .Replace("{seq}", "1", StringComparison.Ordinal)
        .Replace("{number}", "1.mp4", StringComparison.Ordinal);
}
