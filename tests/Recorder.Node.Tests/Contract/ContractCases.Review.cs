namespace Recorder.Node.Tests.Contract;

/// <summary>What a page for reviewing asks for.</summary>
internal static partial class ContractCases
{
    private static readonly Dictionary<string, Func<ContractCall, Task<HttpResponseMessage>>> ReviewCases = new(StringComparer.Ordinal)
    {
        ["GetThumbnail 503"] = call => call.Of(call.Nodes.Damaged).SendAsync(),
    };
}
