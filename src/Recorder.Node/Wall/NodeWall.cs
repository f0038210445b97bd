using Recorder.Actors;
using Recorder.Actors.Storage;
using Recorder.Node.Api;
using Recorder.Node.Security;

namespace Recorder.Node.Wall;

/// <summary>The wall of a node, made for its first viewer and shared by all. The number of viewers is limited.</summary>
internal sealed class NodeWall
{
    // Only the registry is waited for: recorders that hang must not keep a viewer from seeing the others.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IActorRef _actor;
    private readonly ServeOptions _options;
    private readonly ApiKeyRing _keys;
    private readonly TimeProvider _time;
    private int _count;

    public NodeWall(NodeRuntime node, PeerLinks links, ApiKeyRing keys, ServeOptions options, TimeProvider time)
    {
        (_keys, _options, _time) = (keys, options, time);
        var cluster = node.Joined;
        var table = new WallTable(options.Node, recorder => cluster?.View.Holds(recorder) ?? true);
        var environment = new WallEnvironment(
            node.Registry, node.Runtime.Recorders, () => Task.Run(() => IDisk.FindFreeBytes(LocalDisk.Instance, node.Options.RecordingsFolder)), time,
            cluster is null ? null : new WallPeers(cluster, links, time));
        _actor = node.Runtime.System.ActorOf(Props.Create(() => new WallActor(table, Feed, environment, _ready)), "wall");
    }

    public WallFeed Feed { get; } = new();

    /// <summary>Shows a viewer the wall until it goes.</summary>
    /// <exception cref="TimeoutException">The viewer takes nothing.</exception>
    public async Task ShowAsync(HttpResponse response, WallFilter filter, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _count) > _options.SubscriberLimit)
        {
            Interlocked.Decrement(ref _count);
            response.Headers.RetryAfter = "10";
            throw new ProblemException(Problem.Exhausted($"{_options.SubscriberLimit} viewers look at the wall already; close one, or raise subscriberLimit."));
        }

        var isPeer = filter.Node is not null;
        _actor.Tell(new WallActor.Viewers(1, isPeer), ActorRefs.NoSender);
        try
        {
            using var subscription = Feed.Subscribe();
            await ReadyAsync(cancellationToken);
            await new WallStream(response, Feed, filter, () => !isPeer && _keys.IsOver(filter.Access), _options.SubscriberTimeout, _time).RunAsync(subscription, cancellationToken);
        }
        finally
        {
            _actor.Tell(new WallActor.Viewers(-1, isPeer), ActorRefs.NoSender);
            Interlocked.Decrement(ref _count);
        }
    }

    private async Task ReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _ready.Task.WaitAsync(Patience, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new ProblemException(Problem.Unavailable($"The node did not say which recorders it has within {Patience.TotalSeconds} s; try again."));
        }
    }
}
