using Recorder.Actors.Recording;
using Recorder.Actors.Registry;

namespace Recorder.Node.Wall;

/// <summary>What the wall's actor needs of its node.</summary>
/// <param name="ReadFreeBytes">Reads what is free on the volume of the recordings; null when it cannot be read.</param>
/// <param name="Others">The other nodes; null on a node on its own.</param>
internal sealed record WallEnvironment(IActorRef Registry, IActorRef Recorders, Func<Task<long?>> ReadFreeBytes, TimeProvider Time, IWallPeers? Others);

/// <summary>
/// Keeps the table of a node's wall and tells its feed what changed: states at most ten times a second, figures every two seconds, and those only while
/// somebody looks. One for all viewers.
/// </summary>
internal sealed class WallActor : ReceiveActor, IWithTimers
{
    internal static readonly TimeSpan Coalescing = TimeSpan.FromMilliseconds(100);
    internal static readonly TimeSpan FigureInterval = TimeSpan.FromSeconds(2);

    // Recorders answer at once; those that hang are not waited for.
    private static readonly TimeSpan Answering = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RouteInterval = TimeSpan.FromSeconds(1);

    private readonly WallTable _table;
    private readonly WallFeed _feed;
    private readonly WallEnvironment _environment;
    private readonly TaskCompletionSource _ready;
    private int _viewers;
    private int _localViewers;
    private bool _isReading;
    private bool _isDefined;
    private long? _freeBytes;

    /// <param name="ready">Set when the feed has what the recorders answered.</param>
    public WallActor(WallTable table, WallFeed feed, WallEnvironment environment, TaskCompletionSource ready)
    {
        (_table, _feed, _environment, _ready) = (table, feed, environment, ready);
        Receive<RecorderCondition>(condition => Change(() => _table.Apply(condition, Now)));
        Receive<RegistryProtocol.Noted>(OnNoted);
        Receive<RegistryProtocol.Definitions>(OnDefinitions);
        Receive<Publish>(_ => OnPublish());
        Receive<Ask>(_ => OnAsk());
        Receive<Measure>(_ => OnMeasure());
        Receive<FreeBytes>(free => (_isReading, _freeBytes) = (false, free.Value));
        Receive<Viewers>(OnViewers);
        Receive<FindRoutes>(_ => Change(() => _table.Route(_environment.Others!.Find(Self))));
        Receive<PeerTold>(told => Change(() => _table.Hear(told.Node, told.IsWhole, told.Tiles, told.Gone)));
        Receive<PeerMissed>(missed => Change(() => _table.Miss(missed.Node, missed.Detail)));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private DateTimeOffset Now => _environment.Time.GetUtcNow();

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(RecorderCondition));
        Context.System.EventStream.Subscribe(Self, typeof(RegistryProtocol.Noted));
        _environment.Registry.Tell(new RegistryProtocol.List());
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _environment.Others?.Stop();
    }

    private void OnNoted(RegistryProtocol.Noted noted) => Change(() =>
    {
        if (noted.Definition is { } definition)
            _table.Define(definition, Now);
        else
            _table.Remove(noted.Recorder);
    });

    private void OnDefinitions(RegistryProtocol.Definitions all) => Change(() =>
    {
        foreach (var definition in all.Recorders)
            _table.Define(definition, Now);

        _isDefined = true;
        OnAsk();
    });

    private void OnAsk()
    {
        _environment.Recorders.Tell(RecorderControl.GetCondition.Instance);
        if (!_isReading)
        {
            _isReading = true;
            _ = _environment.ReadFreeBytes().PipeTo(Self, Self, free => new FreeBytes(free), _ => new FreeBytes(null));
        }

        Timers.StartSingleTimer(nameof(Measure), new Measure(), Answering);
    }

    private void OnMeasure()
    {
        // A volume that does not answer: what was free is not what is free.
        _freeBytes = _isReading ? null : _freeBytes;
        _table.Measure(_freeBytes);
        OnPublish();
        if (_isDefined)
            _ready.TrySetResult();
    }

    private void OnViewers(Viewers viewers)
    {
        (_viewers, _localViewers) = (_viewers + viewers.Added, _localViewers + (viewers.IsPeer ? 0 : viewers.Added));
        if (_viewers == 0)
        {
            Timers.Cancel(nameof(Ask));
        }
        else if (!Timers.IsTimerActive(nameof(Ask)))
        {
            OnAsk();
            Timers.StartPeriodicTimer(nameof(Ask), new Ask(), FigureInterval);
        }

        if (_environment.Others is null)
            return;

        if (_localViewers == 0)
        {
            Timers.Cancel(nameof(FindRoutes));
            _environment.Others.Stop();
            Change(_table.ForgetOthers);
        }
        else if (!Timers.IsTimerActive(nameof(FindRoutes)))
        {
            Timers.StartPeriodicTimer(nameof(FindRoutes), new FindRoutes(), TimeSpan.Zero, RouteInterval);
        }
    }

    private void Change(Action change)
    {
        change();
        if (_table.HasChanged && !Timers.IsTimerActive(nameof(Publish)))
            Timers.StartSingleTimer(nameof(Publish), new Publish(), Coalescing);
    }

    private void OnPublish()
    {
        Timers.Cancel(nameof(Publish));
        var (tiles, gone) = _table.Take(Now);
        if (tiles.Count + gone.Count > 0)
            _feed.Publish(new FrameChange([.. tiles.Select(TileFrame.Of)], gone));
    }

    /// <param name="IsPeer">Whether it is another node, which tells its own viewers.</param>
    internal sealed record Viewers(int Added, bool IsPeer);

    /// <summary>Another node told of its recorders.</summary>
    internal sealed record PeerTold(string Node, bool IsWhole, IReadOnlyList<WallTile> Tiles, IReadOnlyList<RecorderId> Gone);

    /// <summary>Another node does not answer.</summary>
    internal sealed record PeerMissed(string Node, string Detail);

    private sealed record Publish;
    private sealed record Ask;
    private sealed record Measure;
    private sealed record FindRoutes;
    private sealed record FreeBytes(long? Value);
}
