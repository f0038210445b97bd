using Recorder.Actors;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Timing;

namespace Recorder.Node.Api;

/// <summary>The node's health.</summary>
/// <param name="Status"><c>ok</c> or <c>failing</c>.</param>
/// <param name="Reasons">The failures, a sentence each.</param>
internal sealed record HealthAnswer(string Status, IReadOnlyList<string> Reasons)
{
    /// <summary>Warnings that do not keep the node from its work, a sentence each; absent if there are none.</summary>
    public IReadOnlyList<string>? Warnings { get; init; }
}

/// <summary><c>/health</c>: for process supervisors.</summary>
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
            .WithName("GetReady").WithSummary("Whether the node can do its work, with the reasons if it cannot, and warnings.")
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

    // A warning only: the node records as before and must stay in service.
    private static string? ClockWarning(NodeRuntime node) =>
        node.Clock.ReadClocks() is { IsTrusted: false } jumped ? $"clock: {NodeClock.Describe(jumped)}" : null;

    private static async Task<string?> CatalogueProblemAsync(NodeRuntime node)
    {
        try
        {
            var health = await node.CatalogueActor.Ask<CatalogueActor.Health>(new CatalogueActor.GetHealth(), Shortly);
            await node.LocalCatalogue.FindRecorderAsync(default, CancellationToken.None).WaitAsync(Shortly);
            return health.IsWriting ? null
                : $"catalogue: cannot write to the database, {health.Waiting} events wait; recording continues.";
        }
        catch (Exception failed) when (failed is CatalogueUnavailableException or AskTimeoutException or TimeoutException or ObjectDisposedException)
        {
            return "catalogue: the database does not answer; recording continues.";
        }
    }

    private static string? ClusterProblem(NodeRuntime node) =>
        node.Joined is { View.IsInFormation: false } ? "cluster: this node is part of no formation; recording continues." : null;

    private static string? DiskProblem(ServeOptions options)
    {
        try
        {
            var free = new DriveInfo(options.DataFolder).AvailableFreeSpace;
            return free >= LeastFree ? null
                : $"disk: {free >> 20} MiB are free on the volume of {options.DataFolder}; free some space, or shorten the retention of recorders.";
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return $"disk: the volume of {options.DataFolder} does not answer ({failed.Message}).";
        }
    }
}
