namespace Recorder.Node.Http;

/// <summary>A refusal or failure as HTTP answers it: RFC 9457, <c>application/problem+json</c>.</summary>
internal sealed record Problem
{
    public const string MediaType = "application/problem+json";

    /// <summary>The DOM's name of the error, for programs: <c>InvalidStateError</c>, <c>NotFoundError</c>, …</summary>
    public required string Name { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>The kind of problem; the same for every problem of the kind.</summary>
    public required string Title { get; init; }

    /// <summary>One or two sentences that say what is wrong, where, and what to do, with credentials masked.</summary>
    public required string Detail { get; init; }

    /// <summary>The recorder's state, if it refused a command.</summary>
    public RecorderState? State { get; init; }

    public static Problem Syntax(string detail) => Of(400, "SyntaxError", "The request cannot be read.", detail);
    public static Problem Type(string detail) => Of(400, "TypeError", "A value is of the wrong type.", detail);

    /// <summary>The request names something unknown, or something that cannot be recorded.</summary>
    public static Problem NotSupported(string detail) => Of(400, nameof(ErrorName.NotSupportedError), "Not supported.", detail);
    public static Problem Unauthenticated(string detail) => Of(401, "NotAllowedError", "An API key is needed.", detail);
    public static Problem Forbidden(string detail) => Of(403, nameof(ErrorName.SecurityError), "That is not allowed.", detail);
    public static Problem NotFound(string detail) => Of(404, "NotFoundError", "Not found.", detail);

    public static Problem InvalidState(string detail, RecorderState? state = null) =>
        Of(409, nameof(ErrorName.InvalidStateError), "The command does not fit the recorder's state.", detail) with { State = state };

    public static Problem KeyReused(string detail) => Of(422, "ConstraintError", "The Idempotency-Key was used before.", detail);

    public static Problem Unavailable(string detail) =>
        Of(503, nameof(ErrorName.UnknownError), "The node cannot answer now.", detail);

    public static Problem Exhausted(string detail) => Of(503, "QuotaExceededError", "A limit of the node is reached.", detail);
    public static Problem Unexpected(string detail) => Of(500, nameof(ErrorName.UnknownError), "The node failed.", detail);

    public static Problem Refused(RecorderProtocol.Refused refused) => refused.Error.Name switch
    {
        ErrorName.NotSupportedError => NotSupported(refused.Error.Message) with { State = refused.State },
        ErrorName.SecurityError => Forbidden(refused.Error.Message) with { State = refused.State },
        ErrorName.InvalidStateError or ErrorName.InvalidModificationError =>
            InvalidState(refused.Error.Message, refused.State) with { Name = refused.Error.Name.ToString() },
        _ => Unavailable(refused.Error.Message) with { State = refused.State },
    };

    /// <summary>For a status that came without a text.</summary>
    public static Problem OfStatus(int status, HttpRequest request) => status switch
    {
        400 => Syntax("The request is malformed; check its path, query and headers."),
        401 => Unauthenticated("Send an API key as 'Authorization: Bearer KEY'."),
        403 => Forbidden("The API key does not allow this."),
        404 => NotFound($"There is no endpoint {request.Method} {request.Path}; /openapi/v1.json lists all endpoints."),
        405 => Of(405, "NotSupportedError", "The method is not allowed here.",
            $"{request.Method} is not possible at {request.Path}; the Allow header and /openapi/v1.json say what is."),
        408 => Of(408, "TimeoutError", "The request came too slowly.", "The body did not arrive in time; send it at once."),
        413 => Of(413, "QuotaExceededError", "The body is too long.", "Send less: definitions and commands are small."),
        414 => Of(414, "QuotaExceededError", "The URL is too long.", "Send less in the URL."),
        415 => Of(415, "NotSupportedError", "The body's type is not supported.", "Send JSON, with Content-Type: application/json."),
        416 => Of(416, "NotSupportedError", "The range is not there.", "Ask for a range within the resource."),
        431 => Of(431, "QuotaExceededError", "The headers are too long.", "Send fewer or shorter headers."),
        >= 500 => Unexpected("Something went wrong; the node's log says what.") with { Status = status },
        _ => Of(status, nameof(ErrorName.UnknownError), "The request was refused.", "Check the request against /openapi/v1.json."),
    };

    public static Problem Of(int status, string name, string title, string detail) =>
        new() { Status = status, Name = name, Title = title, Detail = detail };
}
