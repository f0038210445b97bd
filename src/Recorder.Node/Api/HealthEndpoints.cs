using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Recorder.Actors;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Timing;
using Recorder.Node.Configuration;
using Recorder.Node.Http;

namespace Recorder.Node.Api;

/// <summary>How the node is.</summary>
/// <param name="Status"><c>ok</c> or <c>failing</c>.</param>
/// <param name="Reasons">What fails, one sentence each.</param>
internal sealed record HealthAnswer(string Status, IReadOnlyList<string> Reasons)
{
    /// <summary>What somebody should look at though the node does its work, one sentence each; absent without any.</summary>
    public IReadOnlyList<string>? Warnings { get; init; }
}

/// <summary><c>/health</c>: for whoever watches over the process.</summary>
internal static class HealthEndpoints
{
    private const long LeastFree = 64L << 20;

    private static readonly TimeSpan Shortly = TimeSpan.FromSeconds(2);

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").WithTags("Health").AllowAnonymous();
        health.MapGet("/live", () => TypedResults.Ok(new HealthAnswer("ok", [])))
            .WithName("GetLive").WithSummary("Whether the process answers.").Answers<HealthAnswer>(200);
        health.MapGet("/ready", ReadyAsync)
            .WithName("GetReady").WithSummary("Whether the node can do its work; what keeps it from that, and what to look at, is named.")
            .Answers<HealthAnswer>(200).Answers<HealthAnswer>(503);
    }

    private static async Task<IResult> ReadyAsync(NodeRuntime node, ServeOptions options)
    {
        string?[] found = [await CatalogueProblemAsync(node), ClusterProblem(node), DiskProblem(options)];
        var reasons = found.OfType<string>().ToList();
        var answer = new HealthAnswer(reasons.Count == 0 ? "ok" : "failing", reasons) { Warnings = ClockWarning(node) is { } warning ? [warning] : null };
        return reasons.Count == 0
            ? TypedResults.Ok(answer)
            : TypedResults.Json(answer, ApiJson.Options, statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    // It records as before: nobody may take it out of service for that.
    private static string? ClockWarning(NodeRuntime node) =>
        node.Clock.ReadClocks() is { IsTrusted: false } jumped ? $"clock: {NodeClock.Describe(jumped)}" : null;

    private static async Task<string?> CatalogueProblemAsync(NodeRuntime node)
    {
        try
        {
            var health = await node.CatalogueActor.Ask<CatalogueActor.Health>(new CatalogueActor.GetHealth(), Shortly);
            await node.LocalCatalogue.FindRecorderAsync(default, CancellationToken.None).WaitAsync(Shortly);
            return health.IsWriting ? null
                : $"catalogue: the database takes nothing, and {health.Waiting} events wait for it; recording goes on.";
        }
        catch (Exception failed) when (failed is CatalogueUnavailableException or AskTimeoutException or TimeoutException or ObjectDisposedException)
        {
            return "catalogue: the database does not answer; recording goes on.";
        }
    }

    private static string? ClusterProblem(NodeRuntime node) =>
        node.Cluster is { Node.IsInTouch: false } ? "cluster: its database does not answer; what is recorded goes on." : null;

    private static string? DiskProblem(ServeOptions options)
    {
        try
        {
            var free = new DriveInfo(options.DataFolder).AvailableFreeSpace;
            return free >= LeastFree ? null
                : $"disk: {free >> 20} MiB are free on the volume of {options.DataFolder}; make room, or tighten the retention of recorders.";
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return $"disk: the volume of {options.DataFolder} does not answer ({failed.Message}).";
        }
    }
}
