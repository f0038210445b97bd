using System.Net.ServerSentEvents;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Runtime;
using Recorder.Node.Api;
using Recorder.Node.Security;

namespace Recorder.Node.Wall;

/// <summary>The walls of the other nodes. Used by one actor.</summary>
internal interface IWallPeers
{
    /// <summary>Which node has which recorder. From here on the living ones tell <paramref name="listener"/> of theirs.</summary>
    IReadOnlyList<WallRoute> Find(IActorRef listener);

    /// <summary>Nobody listens any more.</summary>
    void Stop();
}

/// <summary>
/// Reads the wall of each other living node over its own stream, while somebody looks at this one. The listener hears of
/// <see cref="WallActor.PeerTold"/> and <see cref="WallActor.PeerMissed"/>.
/// </summary>
internal sealed class WallPeers(ClusterRuntime cluster, PeerLinks links, TimeProvider time) : IWallPeers
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // Another node says at least every two seconds that it is there.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, (Uri Url, CancellationTokenSource Ending)> _reading = new(StringComparer.Ordinal);

    public IReadOnlyList<WallRoute> Find(IActorRef listener)
    {
        var living = cluster.View.Members.Where(member => member.IsAlive && member.Name != cluster.Name).ToDictionary(member => member.Name, StringComparer.Ordinal);
        foreach (var name in _reading.Keys.Where(name => living.GetValueOrDefault(name)?.Url != _reading[name].Url).ToList())
            End(name);

        foreach (var member in living.Values.Where(member => !_reading.ContainsKey(member.Name)))
        {
            var ending = new CancellationTokenSource();
            _reading.Add(member.Name, (member.Url, ending));
            _ = FollowAsync(member, listener, ending.Token);
        }

        return [.. cluster.Routes.All.Select(route => new WallRoute(route.Definition, route.Holder?.Name, route.Holder?.IsAlive ?? false))];
    }

    public void Stop() => _reading.Keys.ToList().ForEach(End);

    private void End(string name)
    {
        if (_reading.Remove(name, out var reading))
            reading.Ending.Cancel();
    }

    private async Task FollowAsync(ClusterMember member, IActorRef listener, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var detail = $"Node {member.Name} has ended its answer.";
            try
            {
                await ReadAsync(member, listener, cancellationToken);
            }
            catch (Exception broken) when (broken is HttpRequestException or IOException or JsonException or OperationCanceledException or FormatException)
            {
                detail = $"Node {member.Name} does not answer.";
            }

            if (cancellationToken.IsCancellationRequested)
                return;

            listener.Tell(new WallActor.PeerMissed(member.Name, detail), ActorRefs.NoSender);
            try
            {
                await Task.Delay(RetryAfter, time, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ReadAsync(ClusterMember member, IActorRef listener, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(Silence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        using var response = await links.SendAsync(member.Url, HttpMethod.Get, WallEndpoints.Path, Access.Unguarded, null, null, either.Token);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(either.Token);
        await foreach (var item in SseParser.Create(body, static (_, data) => data.ToArray()).EnumerateAsync(either.Token))
        {
            silence.CancelAfter(Silence);
            if (item.EventType == WallStream.Whole)
                listener.Tell(new WallActor.PeerTold(member.Name, true, JsonSerializer.Deserialize(item.Data, WallJsonContext.Default.WallPage)!.Tiles, []), ActorRefs.NoSender);
            else if (item.EventType == WallStream.Changed && JsonSerializer.Deserialize(item.Data, WallJsonContext.Default.WallChanges) is { } changes)
                listener.Tell(new WallActor.PeerTold(member.Name, false, changes.Tiles, changes.Gone), ActorRefs.NoSender);
        }
    }
}
