using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Recorder.Actors;
using Recorder.Actors.Timing;
using Recorder.Contracts;
using Recorder.Node.Http;
using Recorder.Node.Security;

namespace Recorder.Node.Api;

/// <summary>The node's clocks; durations are milliseconds.</summary>
internal sealed class ClockAnswer
{
    /// <summary>Whether the node goes by its system clock.</summary>
    public ClockStatus Status { get; init; }

    /// <summary>What the system clock says: recordings are stamped with it.</summary>
    public DateTimeOffset SystemTime { get; init; }

    /// <summary>The node's time, by which retention goes.</summary>
    public DateTimeOffset NodeTime { get; init; }

    /// <summary>How far the system clock is ahead of it; less than 0 is behind.</summary>
    public TimeSpan Offset { get; init; }

    /// <summary>Whether the node may have been off for that long, so that countOffTime can be said.</summary>
    public bool MayCountOffTime { get; init; }

    /// <summary>One sentence: what is, and what to do.</summary>
    public string Detail { get; init; } = "";

    public static ClockAnswer Of(ClockState state) => new()
    {
        Status = state.IsTrusted ? ClockStatus.Trusted : ClockStatus.Distrusted,
        SystemTime = state.Wall,
        NodeTime = state.Time,
        Offset = state.Offset,
        MayCountOffTime = state.MayCountOffTime,
        Detail = NodeClock.Describe(state),
    };
}

/// <summary>Body of POST clock:trust.</summary>
internal sealed class ClockInput
{
    /// <summary>
    /// Whether the time by which the system clock is ahead went by while the node was off: what was recorded before gets older by it, and may go at
    /// once. Without, everything keeps its age, as after a wrong clock was set right. false.
    /// </summary>
    public bool CountOffTime { get; init; }
}

/// <summary><c>/v1/clock</c>: whether the node believes its system clock, and an operator's word on it.</summary>
internal static class ClockEndpoints
{
    public static void MapClock(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/clock", (NodeRuntime node) => TypedResults.Ok(ClockAnswer.Of(node.Clock.ReadClocks())))
            .Requires(Role.Viewer, AccessScope.Node).WithName("GetClock").WithTags("Clock")
            .WithSummary("Whether the node goes by its system clock. One that jumped is not trusted: nothing is removed by age.")
            .WithQuery().Answers<ClockAnswer>(200).Refuses(400);
        routes.MapPost("/v1/clock:trust", TrustAsync)
            .WithName("TrustClock").WithTags("Clock").WithSummary("Says that the system clock is right: removing by age goes on by it.")
            .WithQuery().Takes<ClockInput>(isRequired: false).Answers<ClockAnswer>(200).Refuses(400, 409, 413, 415, 503);
    }

    private static async Task<IResult> TrustAsync(NodeRuntime node, HttpRequest request)
    {
        var input = await JsonBody.ReadAsync(request, ApiJsonContext.Default.ClockInput, new ClockInput());
        return await node.TrustClockAsync(input.CountOffTime, request.HttpContext.RequestAborted) is { } now
            ? TypedResults.Ok(ClockAnswer.Of(now))
            : throw new ProblemException(Problem.InvalidState(
                "There is no time off to count: the system clock did not come back ahead after a restart. Leave 'countOffTime' out."));
    }
}
