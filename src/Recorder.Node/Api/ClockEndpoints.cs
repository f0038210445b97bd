using Recorder.Actors;
using Recorder.Actors.Timing;
using Recorder.Node.Security;

namespace Recorder.Node.Api;

/// <summary>The node's clocks; durations are milliseconds.</summary>
internal sealed class ClockAnswer
{
    /// <summary>Whether the node trusts its system clock.</summary>
    public ClockStatus Status { get; init; }

    /// <summary>The system clock's time, which recordings are stamped with.</summary>
    public DateTimeOffset SystemTime { get; init; }

    /// <summary>The node's own time, which retention uses.</summary>
    public DateTimeOffset NodeTime { get; init; }

    /// <summary>How far the system clock is ahead of the node's time; negative if it is behind.</summary>
    public TimeSpan Offset { get; init; }

    /// <summary>Whether the node may have been off for the offset, so that countOffTime is possible.</summary>
    public bool MayCountOffTime { get; init; }

    /// <summary>One sentence about the state, and what to do.</summary>
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
    /// Whether the node was off for the time by which the system clock is ahead. If true, earlier recordings get older by that time, and
    /// retention may remove them at once. If false, recordings keep their age, as after a wrong clock was corrected. false.
    /// </summary>
    public bool CountOffTime { get; init; }
}

/// <summary><c>/v1/clock</c>: whether the node trusts its system clock, and the request to trust it.</summary>
internal static class ClockEndpoints
{
    public static void MapClock(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/clock", (NodeRuntime node) => TypedResults.Ok(ClockAnswer.Of(node.Clock.ReadClocks())))
            .Requires(Role.Viewer, AccessScope.Node).WithName("GetClock").WithTags("Clock")
            .WithSummary("Whether the node trusts its system clock. A clock that jumped is not trusted, and nothing is removed by age.")
            .WithQuery().Answers<ClockAnswer>(200).Refuses(400);
        routes.MapPost("/v1/clock:trust", TrustAsync)
            .WithName("TrustClock").WithTags("Clock").WithSummary("Makes the node trust the system clock, so that removal by age continues.")
            .WithQuery().Takes<ClockInput>(isRequired: false).Answers<ClockAnswer>(200).Refuses(400, 409, 413, 415, 503);
    }

    private static async Task<IResult> TrustAsync(NodeRuntime node, HttpRequest request)
    {
        var input = await JsonBody.ReadAsync(request, ApiJsonContext.Default.ClockInput, new ClockInput());
        return await node.TrustClockAsync(input.CountOffTime, request.HttpContext.RequestAborted) is { } now
            ? TypedResults.Ok(ClockAnswer.Of(now))
            : throw new ProblemException(Problem.InvalidState(
                "There is no time off to count, because the system clock was not ahead after a restart; leave 'countOffTime' out."));
    }
}
