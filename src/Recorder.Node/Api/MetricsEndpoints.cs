using System.Diagnostics.Metrics;
using System.Text;
using Recorder.Node.Security;
using Recorder.Node.Telemetry;

namespace Recorder.Node.Api;

/// <summary><c>/metrics</c>: the node's meter for Prometheus.</summary>
internal static class MetricsEndpoints
{
    private const string MediaType = "text/plain";

    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", GetAsync).Requires(Role.Viewer, AccessScope.Node)
            .WithName("GetMetrics").WithTags("Health").WithSummary("Figures for Prometheus.")
            .WithQuery().AnswersMedia(200, MediaType).Refuses(400, 503);

    private static async Task<IResult> GetAsync(NodeMetrics metrics, Meter meter)
    {
        await metrics.RefreshAsync();
        return Results.Text(PrometheusText.Write(meter), $"{MediaType}; version=0.0.4", Encoding.UTF8);
    }
}
