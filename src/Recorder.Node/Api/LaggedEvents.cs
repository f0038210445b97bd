using Recorder.Contracts.Json;

namespace Recorder.Node.Api;

/// <summary>Tells a reader of server-sent events that events are gone.</summary>
internal static class LaggedEvents
{
    /// <summary>Writes <c>lagged</c> and, for clients of earlier versions, <c>reset</c>.</summary>
    /// <param name="id">Where the reader goes on.</param>
    /// <param name="oldest">The number of the oldest event that is left.</param>
    public static string Write(EventsProtocol.Lagged lagged, string id, long oldest)
    {
        var node = lagged.Node.Length > 0 ? $"\"node\":\"{lagged.Node}\"," : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            id: {{id}}
            event: lagged
            data: {{ProtocolJson.Write(lagged)}}

            id: {{id}}
            event: reset
            data: {"event":"reset",{{node}}"oldest":{{oldest}},"lagged":true}


            """);
    }
}
