using System.Net.WebSockets;
using Recorder.Actors;
using Recorder.Node.Api;
using Recorder.Node.Media;
using Recorder.Node.Security;

namespace Recorder.Node.Wall;

/// <summary>The sockets of <c>/v1/wall/live</c>; their number is limited.</summary>
internal sealed class LiveSockets(NodeRuntime node, LiveViewers viewers, RegistryClient client, LevelMeters meters, PeerLinks links, ApiKeyRing keys, ServeOptions options, TimeProvider time)
{
    public const int Most = 64;

    private const int MostOfKey = 24;
    private const int MostOfPeers = 256;
    private const string FromPeers = ":peers";
    private const string WithoutKey = ":none";

    private static readonly TimeSpan Closing = TimeSpan.FromSeconds(1);

    private readonly LiveParts _parts = new(node, viewers, client, meters, links, keys, options, time);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    public async Task RunAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var isFromPeer = context.Features.Get<PeerRequest>() is not null;
        var holder = isFromPeer ? FromPeers : context.GetAccess().Key?.Id ?? WithoutKey;
        Begin(holder, isFromPeer, context.Response);
        try
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            using var session = new LiveSession(socket, context.GetAccess(), isFromPeer, _parts);
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
            End(holder);
        }
    }

    // Pages of other nodes are counted there; and one key must not shut out the others.
    private void Begin(string holder, bool isFromPeer, HttpResponse response)
    {
        lock (_gate)
        {
            var (own, all) = (_counts.GetValueOrDefault(holder), _counts.Where(count => count.Key != FromPeers).Sum(count => count.Value));
            var refusal = isFromPeer ? own >= MostOfPeers ? "Too many pages of other nodes watch recorders of this one; close one." : null
                : all >= Most ? $"{Most} pages watch the wall of this node live, the most that it allows; close one."
                : own >= MostOfKey && holder != WithoutKey ? $"{MostOfKey} pages watch the wall live with your key, the most that a node allows; close one."
                : null;
            if (refusal is not null)
            {
                response.Headers.RetryAfter = "10";
                throw new ProblemException(Problem.Exhausted(refusal));
            }

            _counts[holder] = own + 1;
        }
    }

    private void End(string holder)
    {
        lock (_gate)
        {
            if (--_counts[holder] == 0)
                _counts.Remove(holder);
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
