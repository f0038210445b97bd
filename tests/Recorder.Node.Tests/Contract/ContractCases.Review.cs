namespace Recorder.Node.Tests.Contract;

/// <summary>What a page for reviewing asks for.</summary>
internal static partial class ContractCases
{
    private static readonly Dictionary<string, Func<ContractCall, Task<HttpResponseMessage>>> ReviewCases = new(StringComparer.Ordinal)
    {
        ["ProbeSource 200"] = call => call.SendAsync(),
        ["ProbeSource 503"] = call => call.With("""{"source":"rtsp://127.0.0.1:1/nobody"}""").SendAsync(),
        ["GetThumbnail 503"] = call => call.Of(call.Nodes.Damaged).SendAsync(),
    };
}
