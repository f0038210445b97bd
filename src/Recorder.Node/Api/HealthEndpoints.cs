using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Recorder.Node.Api;

/// <summary>How the node is.</summary>
/// <param name="Status"><c>ok</c> or <c>failing</c>.</param>
/// <param name="Reasons">What fails, one sentence each.</param>
internal sealed record HealthAnswer(string Status, IReadOnlyList<string> Reasons);

/// <summary><c>/health</c>: for whoever watches over the process.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => TypedResults.Ok(new HealthAnswer("ok", [])))
            .WithName("GetLive").WithTags("Health").WithSummary("Whether the process answers.");
    }
}
