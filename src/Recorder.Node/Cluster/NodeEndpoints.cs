using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Recorder.Actors;
using Recorder.Actors.Cluster;
using Recorder.Node.Api;
using Recorder.Node.Configuration;
using Recorder.Node.Http;

namespace Recorder.Node.Cluster;

/// <summary>A node of the cluster; durations are milliseconds.</summary>
internal sealed class NodeAnswer
{
    /// <summary>Its name.</summary>
    public required string Id { get; init; }

    /// <summary>Where it is reached.</summary>
    public required string Url { get; init; }

    /// <summary>up, draining, dead or left.</summary>
    public required string State { get; init; }

    /// <summary>Rises with every join.</summary>
    public long Epoch { get; init; }

    /// <summary>How much it takes, compared with the others.</summary>
    public int Capacity { get; init; }

    /// <summary>What it is near to.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Recorders that it has.</summary>
    public int Recorders { get; init; }

    /// <summary>Bytes a second that it records.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>What a write to its disk takes.</summary>
    public TimeSpan WriteLatency { get; init; }

    public static NodeAnswer Of(Member member) => new()
    {
        Id = member.Identity.Id,
        Url = member.Identity.Url.ToString(),
        State = member.State == MemberState.Left ? "left" : !member.IsAlive ? "dead" : member.State == MemberState.Draining ? "draining" : "up",
        Epoch = member.Epoch,
        Capacity = member.Identity.Capacity,
        Labels = member.Identity.Labels,
        Recorders = member.Owned,
        BytesPerSecond = member.Load.BytesPerSecond,
        WriteLatency = member.Load.WriteLatency,
    };
}

/// <summary>The nodes of the cluster.</summary>
/// <param name="Nodes">By name.</param>
internal sealed record NodeList(IReadOnlyList<NodeAnswer> Nodes);

/// <summary><c>/v1/nodes</c>: who takes part.</summary>
internal static class NodeEndpoints
{
    public static void MapNodes(this IEndpointRouteBuilder routes)
    {
        var nodes = routes.MapGroup("/v1/nodes").WithTags("Nodes");
        nodes.MapGet("", ListAsync).WithName("ListNodes").WithSummary("The nodes of the cluster; a node on its own is the only one.")
            .WithQuery().Answers<NodeList>(200).Refuses(400, 503);
        nodes.MapGet("/events", WatchAsync).WithName("WatchNodes")
            .WithSummary("The nodes of the cluster, and what becomes of them as it happens: joined, draining, resumed, died, returned, left.")
            .WithQuery().AnswersMedia(200, "text/event-stream").Refuses(400);
        nodes.MapPost("/{id}:drain", (string id, NodeRuntime node, ServeOptions options, HttpContext context) => SetAsync(id, MemberState.Draining, node, options, context))
            .WithName("DrainNode").WithSummary("Lets a node hand over what it records, and take nothing more.")
            .WithQuery().Answers<NodeAnswer>(200).Refuses(400, 404, 409);
        nodes.MapPost("/{id}:resume", (string id, NodeRuntime node, ServeOptions options, HttpContext context) => SetAsync(id, MemberState.Up, node, options, context))
            .WithName("ResumeNode").WithSummary("Lets a node that was drained take part again.")
            .WithQuery().Answers<NodeAnswer>(200).Refuses(400, 404, 409);
        nodes.MapDelete("/{id}", RemoveAsync).WithName("RemoveNode").WithSummary("Removes a node that is gone for good.")
            .WithQuery().Answers(204).Refuses(400, 404, 409);
    }

    private static async Task<IResult> ListAsync(NodeRuntime node, RecorderClient fleet, ServeOptions options, HttpContext context)
    {
        if (node.Cluster is { } cluster)
        {
            return TypedResults.Ok(new NodeList([.. (await cluster.Node.Store.MembersAsync(context.RequestAborted)).Select(NodeAnswer.Of)]));
        }

        return TypedResults.Ok(new NodeList([await OnlyAsync(fleet, options, context)]));
    }

    private static async Task WatchAsync(
        NodeRuntime node, RecorderClient fleet, ServeOptions options, HttpContext context, TimeProvider time, IHostApplicationLifetime lifetime)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await new NodeEventStream(context.Response, time).RunAsync(
                node.Cluster is null ? [await OnlyAsync(fleet, options, context)] : [], node.Cluster, node.Runtime.System, options.SubscriberTimeout, ending.Token);
        }
        catch (Exception gone) when (gone is OperationCanceledException or TimeoutException && context.Response.HasStarted)
        {
            context.Abort();
        }
    }

    private static async Task<NodeAnswer> OnlyAsync(RecorderClient fleet, ServeOptions options, HttpContext context) => new()
    {
        Id = options.Node,
        Url = $"{context.Request.Scheme}://{context.Request.Host}",
        State = "up",
        Capacity = options.Capacity,
        Recorders = (await fleet.ListHereAsync()).Count,
    };

    private static async Task<IResult> SetAsync(
        string id, MemberState state, NodeRuntime node, ServeOptions options, HttpContext context)
    {
        var cluster = Cluster(id, node, options);
        return await cluster.Node.Store.SetStateAsync(id, state, context.RequestAborted)
            && (await cluster.Node.Store.MembersAsync(context.RequestAborted)).FirstOrDefault(member => member.Identity.Id == id) is { } member
            ? TypedResults.Ok(NodeAnswer.Of(member))
            : throw Unknown(id);
    }

    private static async Task<IResult> RemoveAsync(string id, NodeRuntime node, ServeOptions options, HttpContext context)
    {
        try
        {
            return await Cluster(id, node, options).Node.Store.ForgetNodeAsync(id, context.RequestAborted) ? TypedResults.NoContent() : throw Unknown(id);
        }
        catch (ClusterRefusedException refused)
        {
            throw new ProblemException(Problem.InvalidState(refused.Message));
        }
    }

    private static ClusterRuntime Cluster(string id, NodeRuntime node, ServeOptions options) => node.Cluster ?? throw (id != options.Node
        ? Unknown(id)
        : new ProblemException(Problem.InvalidState("This node is on its own: start it with --cluster to take part in one.")));

    private static ProblemException Unknown(string id) =>
        new(Problem.NotFound($"There is no node '{id}'; GET /v1/nodes lists what there is."));
}
