using System.Net.WebSockets;
using Recorder.Actors;
using Recorder.Cluster.Nodes;
using Recorder.Node.Api;
using Recorder.Node.Media;
using Recorder.Node.Security;

namespace Recorder.Node.Wall;

/// <summary>What all sockets of a node share.</summary>
internal sealed record LiveParts(NodeRuntime Node, LiveViewers Viewers, RegistryClient Client, LevelMeters Meters, PeerLinks Links, ApiKeyRing Keys, ServeOptions Options,
    TimeProvider Time);

/// <summary>One socket: reads its wishes and carries each out, wherever the recorder is.</summary>
internal sealed class LiveSession(WebSocket socket, Access access, bool isFromPeer, LiveParts parts) : IDisposable
{
    private const int MostText = 64 << 10;

    // Bytes that wait for one socket; beyond, whole groups of pictures are left out.
    private const long MostQueued = 16L << 20;

    // How soon a recorder that moved to another node is followed.
    private static readonly TimeSpan RouteInterval = TimeSpan.FromSeconds(1);

    private readonly LiveQueue _queue = new(MostQueued);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<RecorderId, (bool Preview, CancellationTokenSource Ending)> _channels = [];
    private readonly Dictionary<string, (PeerLive Live, CancellationTokenSource Ending, LiveWish Wish)> _peers = new(StringComparer.Ordinal);
    private LiveWish _wish = LiveWish.Nothing;

    /// <summary>Runs until the page or the node ends.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var outlet = new LiveOutlet(socket, parts.Options.SubscriberTimeout, parts.Time, ending.Token);
        using var levels = new LevelTeller(outlet, parts.Meters, parts.Client, parts.Time);
        var work = new[] { ReadAsync(outlet, levels, ending.Token), levels.RunAsync(ending.Token), FollowMovesAsync(outlet, levels, ending.Token) };
        try
        {
            await await Task.WhenAny(work);
        }
        finally
        {
            await ending.CancelAsync();
            // Why it ended is known, and the rest ends for the same reason.
            await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        foreach (var ending in _channels.Values.Select(channel => channel.Ending).Concat(_peers.Values.Select(peer => peer.Ending)))
        {
            ending.Cancel();
            ending.Dispose();
        }

        _turn.Dispose();
    }

    private async Task ReadAsync(LiveOutlet outlet, LevelTeller levels, CancellationToken cancellationToken)
    {
        var buffer = new byte[MostText];
        while (true)
        {
            var (length, isTooLong, isClose) = await ReceiveAsync(buffer, cancellationToken);
            if (isClose)
                return;

            try
            {
                var wish = isTooLong ? throw new ProblemException(Problem.Exhausted($"A message has at most {MostText} bytes.")) : LiveWish.Read(buffer.AsMemory(0, length), access);
                await ApplyAsync(wish, outlet, levels, cancellationToken);
            }
            catch (ProblemException refused)
            {
                await outlet.TellAsync(new LiveProblem(refused.Problem), WallJson.Plain.LiveProblem);
            }
        }
    }

    private async Task<(int Length, bool IsTooLong, bool IsClose)> ReceiveAsync(byte[] buffer, CancellationToken cancellationToken)
    {
        var (length, isTooLong) = (0, false);
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
                return (0, false, true);

            length += received.Count;
            if (received.EndOfMessage)
                return (length, isTooLong, false);

            // The rest is read and forgotten.
            if (length == buffer.Length)
                (length, isTooLong) = (0, true);
        }
    }

    private async Task FollowMovesAsync(LiveOutlet outlet, LevelTeller levels, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(RouteInterval, parts.Time, cancellationToken);
            // A node that asks for its page finds this out itself.
            if (!isFromPeer && parts.Keys.IsOver(access))
                return;

            // Also a source that was changed is listened to from here on.
            if (parts.Node.Joined is not null || _wish.Levels.Count > 0)
                await ApplyAsync(null, outlet, levels, cancellationToken);
        }
    }

    /// <param name="wish">Null for the one before.</param>
    private async Task ApplyAsync(LiveWish? wish, LiveOutlet outlet, LevelTeller levels, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _wish = wish ?? _wish;
            // A node that asks for its page gets what is here, so that no two nodes ask each other in turn.
            var holders = _wish.Watch.Keys.Concat(_wish.Levels).Distinct().ToDictionary(recorder => recorder, HolderOf);
            var here = _wish.Of(recorder => holders[recorder] is null);
            ApplyHere(here, outlet, cancellationToken);
            await levels.WishAsync(here.Levels);
            await ApplyThereAsync(holders, outlet, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private ClusterMember? HolderOf(RecorderId recorder) => isFromPeer ? null : parts.Client.FindHolder(recorder);

    private void ApplyHere(LiveWish wish, LiveOutlet outlet, CancellationToken cancellationToken)
    {
        foreach (var recorder in _channels.Keys.Where(recorder => !wish.Watch.TryGetValue(recorder, out var preview) || preview != _channels[recorder].Preview).ToList())
        {
            _channels.Remove(recorder, out var channel);
            channel.Ending.Cancel();
            channel.Ending.Dispose();
        }

        foreach (var (recorder, preview) in wish.Watch.Where(item => !_channels.ContainsKey(item.Key)))
        {
            var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _channels.Add(recorder, (preview, ending));
            _ = RunAsync(new LiveChannel(recorder, preview, outlet, _queue, parts.Viewers, parts.Client, parts.Time).RunAsync, ending.Token);
        }
    }

    private async Task ApplyThereAsync(Dictionary<RecorderId, ClusterMember?> holders, LiveOutlet outlet, CancellationToken cancellationToken)
    {
        var wished = holders.Values.OfType<ClusterMember>().DistinctBy(member => member.Name).ToDictionary(member => member.Name, StringComparer.Ordinal);
        foreach (var name in _peers.Keys.Where(name => wished.GetValueOrDefault(name)?.Url != _peers[name].Live.Member.Url).ToList())
        {
            _peers.Remove(name, out var peer);
            await peer.Ending.CancelAsync();
            peer.Ending.Dispose();
        }

        foreach (var member in wished.Values)
        {
            var wish = _wish.Of(recorder => holders[recorder]?.Name == member.Name);
            if (_peers.TryGetValue(member.Name, out var known))
            {
                if (!known.Wish.Write().AsSpan().SequenceEqual(wish.Write()))
                {
                    _peers[member.Name] = known with { Wish = wish };
                    await known.Live.WishAsync(wish, cancellationToken);
                }

                continue;
            }

            var (live, ending) = (new PeerLive(member, parts.Links, access, outlet, parts.Time), CancellationTokenSource.CreateLinkedTokenSource(cancellationToken));
            await live.WishAsync(wish, cancellationToken);
            _peers.Add(member.Name, (live, ending, wish));
            _ = RunAsync(live.RunAsync, ending.Token);
        }
    }

    // The socket or the wish has ended; or the socket broke, which its reader finds out as well.
    private async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(cancellationToken);
        }
        catch (Exception ended) when (ended is OperationCanceledException or WebSocketException or ObjectDisposedException or IOException)
        {
        }
        catch
        {
            // A page that waits for ever is worse than one that connects again.
            socket.Abort();
            throw;
        }
    }
}
