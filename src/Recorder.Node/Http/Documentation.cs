using Microsoft.AspNetCore.Http.Metadata;

namespace Recorder.Node.Http;

/// <summary>ASP.NET's own metadata would also make routing choose between endpoints by content type.</summary>
internal sealed record BodyMetadata(Type Type, bool IsRequired);

/// <summary>Describes endpoints for the OpenAPI document and the specs that read it.</summary>
internal static class Documentation
{
    private static readonly string[] Json = ["application/json"];
    private static readonly string[] ProblemJson = [Problem.MediaType];

    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder endpoint, int status) =>
        endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(T), Json));

    public static RouteHandlerBuilder Answers(this RouteHandlerBuilder endpoint, int status) =>
        endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(void)));

    public static RouteHandlerBuilder AnswersMedia(this RouteHandlerBuilder endpoint, int status, params string[] mediaTypes) =>
        endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(string), mediaTypes));

    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params int[] statuses)
    {
        foreach (var status in statuses)
            endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(Problem), ProblemJson));

        return endpoint;
    }

    public static RouteHandlerBuilder IsIdempotent(this RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(new IdempotencyMetadata()).Refuses(422, 503);

    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder endpoint, bool isRequired = true) =>
        endpoint.WithMetadata(new BodyMetadata(typeof(T), isRequired));
}
