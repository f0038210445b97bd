using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Recorder.Node.Http;

/// <summary>The body that an endpoint takes. Not ASP.NET's own: that would choose between endpoints by the type of content.</summary>
internal sealed record BodyMetadata(Type Type, bool IsRequired);

/// <summary>What an endpoint says of itself, for the OpenAPI document and the specs made from it.</summary>
internal static class Documentation
{
    private static readonly string[] Json = ["application/json"];
    private static readonly string[] ProblemJson = [Problem.MediaType];

    /// <summary>It answers with this.</summary>
    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder endpoint, int status) =>
        endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(T), Json));

    /// <summary>It answers without a body.</summary>
    public static RouteHandlerBuilder Answers(this RouteHandlerBuilder endpoint, int status) =>
        endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(void)));

    /// <summary>It answers with bytes or text of another type.</summary>
    public static RouteHandlerBuilder AnswersMedia(this RouteHandlerBuilder endpoint, int status, params string[] mediaTypes) =>
        endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(string), mediaTypes));

    /// <summary>It can refuse with these, each a <see cref="Problem"/>.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params int[] statuses)
    {
        foreach (var status in statuses)
        {
            endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(Problem), ProblemJson));
        }

        return endpoint;
    }

    /// <summary>It takes <c>Idempotency-Key</c>.</summary>
    public static RouteHandlerBuilder IsIdempotent(this RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(new IdempotencyMetadata()).Refuses(422, 503);

    /// <summary>It takes a body of JSON.</summary>
    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder endpoint, bool isRequired = true) =>
        endpoint.WithMetadata(new BodyMetadata(typeof(T), isRequired));
}
