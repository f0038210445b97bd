using Microsoft.Extensions.Hosting;
using Recorder.Actors;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Runtime;
using Recorder.Cluster.Wire;
using Recorder.Node.Security;

namespace Recorder.Node.Api;

/// <summary>A node of the cluster; durations are milliseconds.</summary>
internal sealed class NodeAnswer
{
    /// <summary>Its name.</summary>
    public required string Id { get; init; }

    /// <summary>Where it is reached.</summary>
    public required string Url { get; init; }

    /// <summary>up, draining, apart (it lives, in another formation of the cluster or joining), dead or left.</summary>
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

    /// <summary>When the certificate of its control plane expires; missing without one.</summary>
    public DateTimeOffset? CertificateUntil { get; init; }

    public static NodeAnswer Of(ClusterMember member) => new()
    {
        Id = member.Name,
        Url = member.Url.ToString(),
        State = member.State,
        Epoch = member.Card.Run,
        Capacity = member.Card.Capacity,
        Labels = member.Card.Labels,
        Recorders = member.IsAlive ? member.Card.Recorders : 0,
        BytesPerSecond = member.Card.BytesPerSecond,
        WriteLatency = member.Card.WriteLatency,
        CertificateUntil = member.Card.Certificate?.Until,
    };
}

/// <summary>The nodes of the cluster.</summary>
/// <param name="Nodes">By name.</param>
internal sealed record NodeList(IReadOnlyList<NodeAnswer> Nodes)
{
    /// <summary>Nodes that this one was told to join and does not; absent if there are none.</summary>
    public IReadOnlyList<NotJoined>? NotJoined { get; init; }
}

/// <summary>A node that is not joined.</summary>
/// <param name="Address">As <c>--join</c> names it.</param>
/// <param name="Reason">Why, in a sentence without its subject.</param>
internal sealed record NotJoined(string Address, string Reason);

/// <summary><c>/v1/nodes</c>: who takes part.</summary>
internal static class NodeEndpoints
{
    private const int LongestOfStranger = 64 * 1024;

    public static void MapNodes(this IEndpointRouteBuilder routes)
    {
        var nodes = routes.MapGroup("/v1/nodes").WithTags("Nodes");
        nodes.MapGet("", ListAsync).WithName("ListNodes").WithSummary("The nodes of the cluster; a node on its own is the only one.")
            .WithQuery().Answers<NodeList>(200).Refuses(400, 503);
        nodes.MapGet("/events", WatchAsync).WithName("WatchNodes")
            .WithSummary("The nodes of the cluster, and what becomes of them as it happens: joined, draining, resumed, died, returned, left.")
            .WithQuery().AnswersMedia(200, "text/event-stream").Refuses(400);
        // A node that has another key is told so, which its key does not allow it to ask.
        nodes.MapPost("/self/greeting", GreetAsync).AllowAnonymous().ExcludeFromDescription();
        nodes.MapPost("/{id}:drain", (string id, NodeRuntime node, ServeOptions options, PeerLinks links, HttpContext context) => SetAsync(id, true, node, options, links, context))
            .WithName("DrainNode").WithSummary("Lets a node hand over what it records, and take nothing more.")
            .WithQuery().Answers<NodeAnswer>(200).Refuses(400, 404, 409);
        nodes.MapPost("/{id}:resume", (string id, NodeRuntime node, ServeOptions options, PeerLinks links, HttpContext context) => SetAsync(id, false, node, options, links, context))
            .WithName("ResumeNode").WithSummary("Lets a node that was drained take part again.")
            .WithQuery().Answers<NodeAnswer>(200).Refuses(400, 404, 409);
        nodes.MapDelete("/{id}", RemoveAsync).WithName("RemoveNode").WithSummary("Removes a node that is gone for good.")
            .WithQuery().Answers(204).Refuses(400, 404, 409);
    }

    private static async Task<IResult> ListAsync(NodeRuntime node, RegistryClient fleet, ServeOptions options, HttpContext context)
    {
        if (node.Joined is { } cluster)
        {
            var problems = cluster.Greetings.Problems;
            return TypedResults.Ok(new NodeList([.. cluster.ReadMembers().Select(NodeAnswer.Of)])
            {
                NotJoined = problems.Count == 0 ? null : [.. problems.Select(problem => new NotJoined(problem.Address, problem.Reason))],
            });
        }

        return TypedResults.Ok(new NodeList([await OnlyAsync(fleet, options, context)]));
    }

    private static async Task WatchAsync(
        NodeRuntime node, RegistryClient fleet, ServeOptions options, HttpContext context, TimeProvider time, IHostApplicationLifetime lifetime)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await new NodeEventStream(context.Response, options.SubscriberTimeout, time).RunAsync(
                node.Joined is null ? [await OnlyAsync(fleet, options, context)] : [], node.Joined, ending.Token);
        }
        catch (Exception gone) when (gone is OperationCanceledException or TimeoutException && context.Response.HasStarted)
        {
            context.Abort();
        }
    }

    private static async Task<NodeAnswer> OnlyAsync(RegistryClient fleet, ServeOptions options, HttpContext context) => new()
    {
        Id = options.Node,
        Url = $"{context.Request.Scheme}://{context.Request.Host}",
        State = "up",
        Capacity = options.Capacity,
        Recorders = (await fleet.ListHereAsync()).Count,
    };

    private static async Task<IResult> SetAsync(string id, bool drains, NodeRuntime node, ServeOptions options, PeerLinks links, HttpContext context)
    {
        var cluster = Cluster(id, node, options);
        if (cluster.View.Find(id) is not { } member)
            throw Unknown(id);

        if (id == cluster.Name)
        {
            cluster.Node.IsDraining = drains;
            return TypedResults.Ok(NodeAnswer.Of(cluster.ReadMembers().First(known => known.Name == id)));
        }

        if (!member.IsAlive)
            throw new ProblemException(Problem.InvalidState($"Node {id} does not answer; 'recorder node rm {id}' forgets a node that is gone for good."));

        var path = $"/v1/nodes/{id}:{(drains ? "drain" : "resume")}";
        using var answer = await links.SendAsync(member.Url, HttpMethod.Post, path, context.GetAccess(), null, null, context.RequestAborted);
        answer.EnsureSuccessStatusCode();
        return TypedResults.Ok(JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(context.RequestAborted), ApiJsonContext.Default.NodeAnswer));
    }

    private static async Task<IResult> RemoveAsync(string id, NodeRuntime node, ServeOptions options, PeerLinks links, HttpContext context)
    {
        var cluster = Cluster(id, node, options);
        if (cluster.View.Find(id) is { IsAlive: true })
            throw new ProblemException(Problem.InvalidState($"Node {id} lives: drain and stop it first, or let it be."));

        // Of a node that one of them still knew, all would hear again.
        if (context.Features.Get<PeerRequest>() is null)
            await Task.WhenAll(cluster.View.Members.Where(member => member.IsAlive && member.Name != cluster.Name).Select(ForgetThereAsync));

        return await cluster.ForgetAsync(id, context.RequestAborted) ? TypedResults.NoContent() : throw Unknown(id);

        async Task ForgetThereAsync(ClusterMember member)
        {
            try
            {
                using var _ = await links.SendAsync(member.Url, HttpMethod.Delete, $"/v1/nodes/{id}", context.GetAccess(), null, null, context.RequestAborted);
            }
            catch (HttpRequestException)
            {
                // It forgets the node when somebody asks it to.
            }
        }
    }

    private static async Task<IResult> GreetAsync(NodeRuntime node, RefusedGreetings refused, HttpContext context)
    {
        if (node.Joined is not { } cluster || context.Features.Get<PeerRequest>() is null)
        {
            // A node whose seal is out of time asks again.
            if (!context.Response.Headers.ContainsKey(PeerSeal.TimeHeader) && await ReadStrangerAsync(context.Request) is { } stranger)
                refused.Say(stranger.Card, isOnItsOwn: node.Joined is null);

            return new ProblemResult(node.Joined is null
                ? Problem.InvalidState("This node is on its own: start it with --join to take part in a cluster.")
                : Problem.Unauthenticated("Only nodes that have the key of this cluster may ask for this."));
        }

        // A node that nobody named is known from here on to those that it names.
        if (await JsonSerializer.DeserializeAsync(context.Request.Body, WireJson.Default.Greeting, context.RequestAborted) is { } asking)
            cluster.Greetings.Hear(asking);

        return Results.Json(cluster.Greeting, WireJson.Default.Greeting);
    }

    private static async Task<Greeting?> ReadStrangerAsync(HttpRequest request)
    {
        try
        {
            return await SealedBody.HoldAsync(request, LongestOfStranger) is { Length: > 0 } body ? JsonSerializer.Deserialize(body.Span, WireJson.Default.Greeting) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ClusterRuntime Cluster(string id, NodeRuntime node, ServeOptions options) => node.Joined ?? throw (id != options.Node
        ? Unknown(id)
        : new ProblemException(Problem.InvalidState("This node is on its own: start it with --join to take part in a cluster.")));

    private static ProblemException Unknown(string id) =>
        new(Problem.NotFound($"There is no node '{id}'; GET /v1/nodes lists what there is."));
}
