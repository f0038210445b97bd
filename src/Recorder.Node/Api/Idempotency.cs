using Microsoft.AspNetCore.Builder;

namespace Recorder.Node.Api;

/// <summary>Marks an endpoint that takes <c>Idempotency-Key</c>.</summary>
internal sealed record IdempotencyMetadata;

internal static class Idempotency
{
    public const string Header = "Idempotency-Key";

    public static RouteHandlerBuilder IsIdempotent(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new IdempotencyMetadata());
}
