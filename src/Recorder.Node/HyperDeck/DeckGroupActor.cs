namespace Recorder.Node.HyperDeck;

/// <summary>
/// Follows the recorders of a group: looks at all of them when one raises an event, now and then, and when asked to. An event says only that there is
/// something to see, so that a late one changes nothing.
/// </summary>
internal sealed partial class DeckGroupActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly IDeckGroup _group;
    private readonly IActorRef _events;
    private readonly IActorRef _router;
    private readonly ILogger _logger;
    private readonly List<IActorRef> _asking = [];
    private readonly List<IActorRef> _waiting = [];
    private GroupState _state;
    private bool _isLooking;
    private bool _mustLookAgain;
    private bool _hasFailed;

    public DeckGroupActor(IDeckGroup group, GroupState state, IActorRef events, IActorRef router, ILogger logger)
    {
        (_group, _state, _events, _router, _logger) = (group, state, events, router, logger);
        Receive<RecorderProtocol.Started>(started => group.Has(started.Recorder), OnStarted);
        Receive<RecorderProtocol.IEvent>(raised => group.Has(raised.Recorder) && raised is not (RecorderProtocol.DataAvailable or RecorderProtocol.BlobDurable), _ => Look());
        Receive<Refresh>(_ =>
        {
            (_isLooking ? _waiting : _asking).Add(Sender);
            Look();
        });
        Receive<Tick>(_ => Look());
        Receive<Wish>(wish => _state = _state.Begin is null ? _state with { Wished = wish.Name } : _state);
        Receive<Spilled>(spilled => Become(_state.Spill(spilled.At)));
        Receive<GroupLook>(OnLook);
        Receive<Status.Failure>(OnFailure);
        ReceiveAny(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(IDeckGroup group, GroupState state, IActorRef events, IActorRef router, ILogger logger) =>
        Props.Create(() => new DeckGroupActor(group, state, events, router, logger));

    protected override void PreStart()
    {
        _events.Tell(new EventsProtocol.Subscribe());
        Timers.StartPeriodicTimer(nameof(Tick), new Tick(), TimeSpan.Zero, Interval);
    }

    private void OnStarted(RecorderProtocol.Started started)
    {
        Become(_state.With(started));
        // So the name is kept, and found in the recording's timeline.
        if (_state.Wished is { } name)
            _router.Tell(new RecorderProtocol.Mark(started.Recorder, name));

        Look();
    }

    private void Look()
    {
        _mustLookAgain |= _isLooking;
        if (_isLooking)
            return;

        _isLooking = true;
        _ = _group.LookAsync().PipeTo(Self);
    }

    private void OnLook(GroupLook look)
    {
        _hasFailed = false;
        Become(_state.With(look));
        Looked();
    }

    private void OnFailure(Status.Failure failure)
    {
        if (!_hasFailed)
            LogNotSeen(failure.Cause, _state.Name);

        _hasFailed = true;
        Looked();
    }

    private void Looked()
    {
        foreach (var asker in _asking)
            asker.Tell(new Refreshed());

        _asking.Clear();
        _asking.AddRange(_waiting);
        _waiting.Clear();
        var again = _mustLookAgain;
        (_isLooking, _mustLookAgain) = (false, false);
        if (again)
            Look();
    }

    private void Become(GroupState next)
    {
        var before = _state;
        _state = next;
        _group.Publish(next, next.ChangeFrom(before));
    }

    [LoggerMessage(EventId = 7210, Level = LogLevel.Warning, Message = "The recorders of the HyperDeck group {Group} could not be asked")]
    private partial void LogNotSeen(Exception cause, string group);

    /// <summary>Answered with <see cref="Refreshed"/> after a look that began later.</summary>
    public sealed record Refresh;

    public sealed record Refreshed;

    /// <summary>Names the next clip.</summary>
    public sealed record Wish(string? Name);

    /// <summary>The clip ended and the next began.</summary>
    public sealed record Spilled(DateTimeOffset At);

    private sealed record Tick;
}
