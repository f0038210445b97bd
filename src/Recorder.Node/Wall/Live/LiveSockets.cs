using System.Net.WebSockets;
using Recorder.Actors;
using Recorder.Node.Api;
using Recorder.Node.Media;
using Recorder.Node.Security;

namespace Recorder.Node.Wall;

/// <summary>The sockets of <c>/v1/wall/live</c>; their number is limited.</summary>
internal sealed class LiveSockets(NodeRuntime node, LiveViewers viewers, RegistryClient client, LevelMeters meters, PeerLinks links, ServeOptions options, TimeProvider time)
{
    public const int Most = 64;

    private static readonly TimeSpan Closing = TimeSpan.FromSeconds(1);

    private readonly LiveParts _parts = new(node, viewers, client, meters, links, options, time);
    private int _count;

    public async Task RunAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _count) > Most)
        {
            Interlocked.Decrement(ref _count);
            context.Response.Headers.RetryAfter = "10";
            throw new ProblemException(Problem.Exhausted($"{Most} pages watch the wall of this node live, the most that it allows; close one."));
        }

        try
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            using var session = new LiveSession(socket, context.GetAccess(), context.Features.Get<PeerRequest>() is not null, _parts);
            try
            {
                await session.RunAsync(cancellationToken);
            }
            catch (Exception ended) when (ended is OperationCanceledException or WebSocketException)
            {
                // The page left, or the node is stopping.
            }

            await CloseAsync(socket);
        }
        finally
        {
            Interlocked.Decrement(ref _count);
        }
    }

    private async Task CloseAsync(WebSocket socket)
    {
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).WaitAsync(Closing, time);
        }
        catch (Exception gone) when (gone is WebSocketException or TimeoutException or OperationCanceledException or IOException)
        {
        }
    }
}
