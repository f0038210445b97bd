using System.Net.WebSockets;
using Microsoft.AspNetCore.Http.Features;
using Recorder.Actors;
using Recorder.Actors.Capture;
using Recorder.Node.Security;

namespace Recorder.Node.Media;

/// <summary><c>/v1/streams/{name}</c>: WebM or fragmented MP4 that is sent here becomes the source <c>push:{name}</c>. Until a
/// recorder or viewer reads the stream a limited amount of it is buffered; then the sender has to wait.</summary>
internal static class PushEndpoints
{
    private const int BlockSize = 64 * 1024;

    // How long sent media may wait for a reader; a source that failed is opened again within that time.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static void MapPush(this IEndpointRouteBuilder routes)
    {
        routes.MapPut("/v1/streams/{name}", SendAsync).WithName("SendStream").WithTags("Live")
            .Requires(Role.Operator, AccessScope.Node)
            .WithSummary("Sends WebM or fragmented MP4 as the source push:{name}, until the body ends.")
            .WithQuery().Answers(204).Refuses(400, 409);
        routes.MapGet("/v1/streams/{name}", ConnectAsync).WithName("ConnectStream").WithTags("Live")
            .Requires(Role.Operator, AccessScope.Node)
            .WithSummary("Sends the source push:{name} over a WebSocket: the binary messages are the stream.")
            .WithQuery().Answers(101).Refuses(400, 409);
    }

    /// <summary>Lets the body of a request be as long and as slow as media is.</summary>
    public static void LiftLimits(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;

        if (context.Features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            // A sender of a still scene sends little, and one that waits for a reader sends nothing.
            rate.MinDataRate = null;
        }
    }

    private static async Task<IResult> SendAsync(string name, HttpContext context, RecorderRuntime runtime, TimeProvider time)
    {
        using var session = Begin(name, runtime);
        LiftLimits(context);
        var body = context.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(context.RequestAborted);
            var refusal = default(string);
            foreach (var part in read.Buffer)
                refusal ??= await session.WriteAsync(part, context.RequestAborted);

            body.AdvanceTo(read.Buffer.End);
            refusal ??= read.IsCompleted ? await session.DrainAsync(Patience, time, context.RequestAborted) : null;
            if (refusal is not null)
                throw new ProblemException(Problem.InvalidState(refusal));

            if (read.IsCompleted)
                return TypedResults.NoContent();
        }
    }

    private static async Task ConnectAsync(string name, HttpContext context, RecorderRuntime runtime, TimeProvider time)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            throw new ProblemException(Problem.NotSupported("Connect with a WebSocket, or send the stream as the body of a PUT."));

        using var session = Begin(name, runtime);
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[BlockSize];
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
                var refusal = received.MessageType switch
                {
                    WebSocketMessageType.Binary => await session.WriteAsync(buffer.AsMemory(0, received.Count), context.RequestAborted),
                    WebSocketMessageType.Text => "Media comes as binary messages.",
                    _ => await session.DrainAsync(Patience, time, context.RequestAborted) ?? "",
                };
                if (refusal is not null)
                {
                    var status = refusal.Length == 0 ? WebSocketCloseStatus.NormalClosure : WebSocketCloseStatus.PolicyViolation;
                    await socket.CloseAsync(status, refusal, context.RequestAborted);
                    return;
                }
            }
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException)
        {
            // The next sender of this name continues the source.
        }
    }

    private static PushSession Begin(string name, RecorderRuntime runtime) =>
        !RecorderId.TryParse(name, out _)
            ? throw new ProblemException(Problem.Type($"'{name}' is not a stream name; expected 1 to 64 letters, digits, '.', '_' or '-'."))
            : runtime.Streams.TryBegin(name)
                ?? throw new ProblemException(Problem.InvalidState($"Stream '{name}' already has a sender, or the node receives as many streams as it can; end one of them first."));
}
