using System.Text.Json.Serialization;
using Akka.Actor;
using Recorder.Actors;
using Recorder.Actors.Storage;
using Recorder.Actors.Takes;
using Recorder.Cluster.Runtime;
using Recorder.Cluster.Takes;
using Recorder.Contracts;
using Recorder.Contracts.Json;
using Recorder.Node.Api;
using Recorder.Node.Media;
using Recorder.Node.Security;

namespace Recorder.Node.Cluster;

/// <summary>What the nodes of a cluster ask each other, and nobody else: commands for recorders, and copies of takes.</summary>
internal static class PeerEndpoints
{
    public const string Takes = "/v1/nodes/self/takes";
    public const string Numbers = "/v1/nodes/self/takes:reserve";

    // Who asks gives up sooner.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static void MapPeers(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(PeerAnswer.Path, CommandAsync).WithQuery().ExcludeFromDescription();
        routes.MapGet(Takes, (HttpContext context, NodeRuntime node) =>
            TypedResults.Bytes(JsonSerializer.SerializeToUtf8Bytes([.. JoinedOf(context, node).Takes.Heads], PeerJson.Default.TakeHeadArray), "application/json"))
            .WithQuery().ExcludeFromDescription();
        routes.MapGet(Takes + "/{take}", ReadTakeAsync).WithQuery().ExcludeFromDescription();
        routes.MapPut(Takes + "/{take}", HearTakeAsync).WithQuery().ExcludeFromDescription();
        routes.MapPeerRecordings();
        routes.MapPost(Numbers, ReserveAsync).WithQuery().ExcludeFromDescription();
    }

    private static async Task<IResult> CommandAsync(HttpContext context, NodeRuntime node)
    {
        var cluster = JoinedOf(context, node);
        var command = ReadMessage<RecorderProtocol.ICommand>(await JsonBody.ReadBytesAsync(context.Request));
        // One that has moved is not sent on: its new holder is asked by whoever asks again.
        var answer = cluster.View.Holds(command.Recorder) ? await AskAsync(node.Registry, command) : null;
        // Of a take's recorders on several nodes, each has its own volume.
        if (answer is RecorderProtocol.Armed armed)
            answer = armed with { Node = cluster.Name, FreeBytes = await Task.Run(() => IDisk.FindFreeBytes(LocalDisk.Instance, node.Options.RecordingsFolder)) };

        if (answer is null || PeerAnswer.Write(answer) is not { } written)
            return Results.StatusCode(StatusCodes.Status421MisdirectedRequest);

        context.Response.Headers[PeerAnswer.KindHeader] = written.Kind;
        return Results.Text(written.Json, "application/json");
    }

    private static async Task<IResult> ReadTakeAsync(string take, HttpContext context, NodeRuntime node)
    {
        JoinedOf(context, node);
        return await AskAsync(node.Takes, new TakesActor.ReadCopy(new TakeId(take))) is TakesActor.HearAnswer { Newer: { } known }
            ? Results.Text(ProtocolJson.Write(known), "application/json")
            : Results.NoContent();
    }

    private static async Task<IResult> HearTakeAsync(string take, HttpContext context, NodeRuntime node)
    {
        JoinedOf(context, node);
        var copy = ReadMessage<Take>(await JsonBody.ReadBytesAsync(context.Request));
        return await AskAsync(node.Takes, new TakesActor.Hear(copy)) switch
        {
            TakesActor.HearAnswer { Newer: { } newer } => Results.Text(ProtocolJson.Write(newer), "application/json"),
            TakesActor.HearAnswer => Results.NoContent(),
            var refused => throw new ProblemException(Problem.Unavailable(refused is TakeProtocol.Refused { Error.Message: var why } ? why : $"Take {take} cannot be stored.")),
        };
    }

    private static async Task<IResult> ReserveAsync(HttpContext context, NodeRuntime node)
    {
        JoinedOf(context, node);
        var input = await JsonBody.ReadAsync(context.Request, PeerJson.Default.NumberWanted);
        return await AskAsync(node.Takes, new TakesActor.Reserve(input.Scene, input.Number)) is TakesActor.Reserved reserved
            ? Results.Text(reserved.Before.ToString(CultureInfo.InvariantCulture), "application/json")
            : throw new ProblemException(Problem.Unavailable("Numbers of takes cannot be stored on this node."));
    }

    private static async Task<object> AskAsync(IActorRef actor, object message)
    {
        try
        {
            return await actor.Ask<object>(message, Patience);
        }
        catch (AskTimeoutException)
        {
            throw new ProblemException(Problem.Unavailable($"This node gave no answer in {Patience.TotalSeconds} s."));
        }
    }

    private static T ReadMessage<T>(byte[] body)
    {
        try
        {
            return ProtocolJson.Read<T>(System.Text.Encoding.UTF8.GetString(body));
        }
        catch (JsonException unknown)
        {
            throw new ProblemException(Problem.NotSupported($"This version does not know the message: {unknown.Message}"));
        }
    }

    private static ClusterRuntime JoinedOf(HttpContext context, NodeRuntime node) =>
        context.Features.Get<PeerRequest>() is null
            ? throw new ProblemException(Problem.Forbidden("Only another node of the cluster may ask this; use /v1/recorders and /v1/takes instead."))
            : node.Joined ?? throw new ProblemException(Problem.Unavailable("This node is in no cluster yet; try again in a moment."));
}

/// <summary>A number that a node wants for a take of a scene.</summary>
internal sealed class NumberWanted
{
    public string Scene { get; set; } = "";

    public int Number { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(TakeIdConverter)])]
[JsonSerializable(typeof(TakeHead[]))]
[JsonSerializable(typeof(NumberWanted))]
internal sealed partial class PeerJson : JsonSerializerContext;
