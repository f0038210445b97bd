using Microsoft.Extensions.Logging;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Registry;
using Recorder.Contracts;

namespace Recorder.Actors.Cluster;

/// <summary>
/// This node's part in the cluster: renews its lease, takes recorders that nobody owns, gives away what is too much, and lets go of what
/// another node has taken. It does one step at a time; a database that is away is asked again, and what is recorded goes on.
/// </summary>
internal sealed partial class ClusterActor : ReceiveActor, IWithTimers
{
    private readonly ClusterNode _node;
    private readonly ILogger _logger;
    private readonly HashSet<RecorderId> _offered = [];
    private readonly Dictionary<RecorderId, long> _warmed = [];
    private readonly Dictionary<RecorderId, long> _leaving = [];
    private readonly HashSet<IActorRef> _subscribers = [];
    private bool _isStepping;
    private bool _isAgain;
    private bool _isEnding;
    private int _unclaimed;
    private IActorRef? _ended;

    public ClusterActor(ClusterNode node, ILogger logger)
    {
        (_node, _logger) = (node, logger);
        Receive<Tick>(_ => Step());
        Receive<Stepped>(OnStepped);
        Receive<Failed>(OnFailed);
        Receive<RegistryProtocol.Ready>(_ => { });
        Receive<Warm>(OnWarm);
        Receive<RegistryProtocol.HandedOver>(OnReleased);
        Receive<GivenAway>(OnGivenAway);
        Receive<End>(OnEnd);
        Receive<SubscribeMembers>(_ =>
        {
            _subscribers.Add(Context.Watch(Sender));
            Sender.Tell(new Members(_node.View?.Members ?? []));
        });
        Receive<Terminated>(died => _subscribers.Remove(died.ActorRef));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(ClusterNode node, ILogger logger) => Props.Create(() => new ClusterActor(node, logger));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(Tick), new Tick(), TimeSpan.Zero, _node.Options.Interval);
        var self = Self;
        _ = _node.Store.ListenAsync(() => self.Tell(new Tick()), _node.Ending);
    }

    // What was under way is asked for again: every step of it may be taken twice.
    protected override void PreRestart(Exception reason, object message) => ClusterLog.StepFailed(_logger, reason.Message);

    private void Step()
    {
        if (_isStepping)
        {
            _isAgain = true;
            return;
        }

        (_isStepping, _isAgain) = (true, false);
        var (unclaimed, offered, isEnding) = (_unclaimed, _offered.ToHashSet(), _isEnding);
        _ = _node.StepAsync(unclaimed, offered, isEnding).PipeTo(Self, Self, stepped => new Stepped(stepped), cause => new Failed(cause));
    }

    private void OnStepped(Stepped stepped)
    {
        _isStepping = false;
        var step = stepped.Step;
        if (_node.TrySetView(step.View, out var changes))
        {
            ClusterLog.Back(_logger);
        }

        foreach (var change in changes)
        {
            ClusterLog.Member(_logger, change.Member.Identity.Id, change.Change);
            foreach (var subscriber in _subscribers)
            {
                subscriber.Tell(change);
            }
        }

        _unclaimed = step.View.Claimable > step.Claims.Count ? _unclaimed + 1 : 0;
        Take(step.Claims);
        foreach (var lost in step.Lost.Where(id => !_leaving.ContainsKey(id)))
        {
            ClusterLog.Fenced(_logger, lost);
            LetGo(lost);
            _node.Tenures.Drop(lost);
            _offered.Remove(lost);
        }

        Prepare(step.View.Warming);
        _offered.UnionWith(step.Offered);
        foreach (var ready in step.View.Ready.Where(_offered.Contains))
        {
            LetGo(ready);
        }

        if (_isAgain)
        {
            Step();
        }

        EndIfNothingIsLeft();
    }

    private void Take(IReadOnlyList<Claim> claims)
    {
        if (claims.Count > 0)
        {
            ClusterLog.Claimed(_logger, claims.Count, string.Join(", ", claims.Select(claim => claim.Definition.Id)));
        }

        foreach (var claim in claims)
        {
            _warmed.Remove(claim.Definition.Id);
            _node.Past.Expect(claim);
            // In this order: who finds that it is here finds it made.
            _node.Fleet.Tell(new RegistryProtocol.Accept(claim.Definition));
            _node.Tenures.Take(claim.Definition.Id, claim.Token, claim.History.LastSequence);
        }
    }

    // A recorder that stays warm is not asked for twice; one whose owner changed its mind is let go again.
    private void Prepare(IReadOnlyList<Ownership> warming)
    {
        foreach (var recorder in _warmed.Keys.Where(id => !warming.Any(it => it.Definition.Id == id)).ToList())
        {
            if (_node.Time.GetElapsedTime(_warmed[recorder]) > WarmTime && !_node.Tenures.Holds(recorder))
            {
                _warmed.Remove(recorder);
                LetGo(recorder);
            }
        }

        foreach (var ownership in warming.Where(it => _warmed.TryAdd(it.Definition.Id, _node.Time.GetTimestamp())))
        {
            var id = ownership.Definition.Id;
            _ = _node.Fleet.Ask<object>(new RegistryProtocol.Offer(ownership.Definition), WarmingTime)
                .ContinueWith(_ => new Warm(id), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).PipeTo(Self, Self);
        }
    }

    private void OnWarm(Warm warm) => _ = _node.Store.ReadyAsync(warm.Recorder, _node.Id, _node.Ending).PipeTo(Self, Self, () => new Tick(), cause => new Failed(cause));

    private void LetGo(RecorderId recorder)
    {
        if (_leaving.TryAdd(recorder, _node.Tenures.HeldOf(recorder)?.Token ?? 0))
        {
            _node.Tenures.Leave(recorder);
            _node.Fleet.Tell(new RegistryProtocol.HandOver(recorder));
        }
    }

    private void OnReleased(RegistryProtocol.HandedOver released) =>
        _ = _node.GiveAwayAsync(released, _leaving.GetValueOrDefault(released.Recorder)).PipeTo(
            Self, Self, () => new GivenAway(released.Recorder, null), cause => new GivenAway(released.Recorder, cause));

    private void OnGivenAway(GivenAway given)
    {
        if (given.Cause is { } cause)
        {
            // Its lease says it soon enough.
            ClusterLog.NotCompleted(_logger, given.Recorder, cause.Message);
        }
        else
        {
            ClusterLog.Released(_logger, given.Recorder);
        }

        _offered.Remove(given.Recorder);
        // It may have come back meanwhile, under another.
        if (_leaving.Remove(given.Recorder, out var token) && _node.Tenures.HeldOf(given.Recorder)?.Token == token)
        {
            _node.Tenures.Drop(given.Recorder);
        }

        Step();
        EndIfNothingIsLeft();
    }

    private void OnFailed(Failed failed)
    {
        _isStepping = false;
        switch (failed.Cause)
        {
            case CatalogueUnavailableException away:
                if (_node.TryLoseTouch())
                {
                    ClusterLog.Away(_logger, away.Message);
                }

                break;
            case OperationCanceledException:
                break;
            default:
                ClusterLog.StepFailed(_logger, failed.Cause.ToString());
                break;
        }
    }

    private void OnEnd(End end)
    {
        (_isEnding, _ended) = (true, Sender);
        foreach (var (recorder, _) in _node.Tenures.All)
        {
            LetGo(recorder);
        }

        EndIfNothingIsLeft();
    }

    private void EndIfNothingIsLeft()
    {
        if (_isEnding && _leaving.Count == 0)
        {
            _ended?.Tell(new Ended());
            _ended = null;
        }
    }
}
