using System.Net;

namespace Recorder.Node.Tests.Contract;

/// <summary>What the control room asks for.</summary>
internal static partial class ContractCases
{
    // What operations that need a query are asked, unless a case says otherwise.
    private static readonly Dictionary<string, string> Queries = new(StringComparer.Ordinal)
    {
        // An extent without sound: silence of which kind is to be added must be said.
        ["GetExtentSegment"] = "sound=aac-48000-1",
        ["GetWallTimeline"] = "recorder=camera&from=2026-01-01&to=2026-02-01",
    };

    private static readonly Dictionary<string, Func<ContractCall, Task<HttpResponseMessage>>> PageCases = new(StringComparer.Ordinal)
    {
        ["ProbeSource 200"] = call => call.SendAsync(),
        ["ProbeSource 503"] = call => call.With("""{"source":"rtsp://127.0.0.1:1/nobody"}""").SendAsync(),
        ["WatchWall 101"] = call => call.Upgraded().SendAsync(),
        ["WatchWall 503"] = WallCases.FillAsync,
        ["GetSession 401"] = call => call.From(IPAddress.Parse("127.0.0.8")).Having("Authorization", "Bearer guess").SendAsync(),
        ["BeginSession 401"] = call => call.From(IPAddress.Parse("127.0.0.9")).SendAsync(),
        ["BeginSession 200"] = call => call.With($$"""{"key":"{{call.Nodes.Key}}"}""").SendAsync(),
        ["GetThumbnail 503"] = call => call.Of(call.Nodes.Damaged).SendAsync(),
    };
}
