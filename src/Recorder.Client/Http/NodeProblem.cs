using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recorder.Contracts;

namespace Recorder.Client;

/// <summary>An answer that is not a success (RFC 9457), in the words of the contract.</summary>
internal sealed record NodeProblem(HttpStatusCode Status, MediaError Error, RecorderState State, TimeSpan? RetryAfter)
{
    /// <summary>Whether another node, or the same one later, can give another answer.</summary>
    public bool IsPassing => (int)Status is 421 or 429 or >= 500;

    /// <summary>Whether the node may have carried out the request: it failed, or something between failed.</summary>
    public bool IsOutcomeUnknown => (int)Status is >= 500 and not 503;

    /// <summary>Whether this node refuses the caller, who may have a key for another one.</summary>
    public bool IsAboutTheKey => Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;

    public RecorderRefusedException ToException() => new(Error, State, (int)Status);

    public static async Task<NodeProblem> ReadAsync(Uri node, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var retryAfter = response.Headers.RetryAfter?.Delta;
        if (response.Content.Headers.ContentType?.MediaType is "application/problem+json")
        {
            try
            {
                var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
                if (JsonNode.Parse(bytes) is JsonObject problem)
                    return Of(response.StatusCode, Text(problem, "name"), Text(problem, "detail"), Text(problem, "state"), retryAfter);
            }
            catch (JsonException)
            {
                // The sentence below then stands for it.
            }
        }

        return Of(
            response.StatusCode, "",
            $"The server at {node.GetLeftPart(UriPartial.Authority)} answered {(int)response.StatusCode} ({response.ReasonPhrase}). If it is not a node, check its address.",
            "", retryAfter);
    }

    private static NodeProblem Of(HttpStatusCode status, string name, string detail, string state, TimeSpan? retryAfter) => new(
        status, new MediaError(NameOf(status, name), detail), Enum.TryParse<RecorderState>(state, ignoreCase: true, out var known) ? known : RecorderState.Unknown,
        retryAfter);

    private static ErrorName NameOf(HttpStatusCode status, string name) =>
        Enum.TryParse<ErrorName>(name, out var known) ? known
        : status switch
        {
            HttpStatusCode.BadRequest => ErrorName.NotSupportedError,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ErrorName.SecurityError,
            HttpStatusCode.NotFound or HttpStatusCode.Conflict => ErrorName.InvalidStateError,
            _ => ErrorName.UnknownError,
        };

    private static string Text(JsonObject problem, string name) =>
        problem[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
}
