using Recorder.Actors.Events;
using Recorder.Actors.Timing;
using Recorder.Contracts;
using static Recorder.Actors.Registry.ManagedRecorderWork;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Registry;

/// <summary>Keeps one recorder in its desired state. Does one thing at a time; other messages wait.</summary>
internal sealed partial class ManagedRecorderActor : ReceiveActor, IWithTimers, IWithStash
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(2);

    private readonly RegistryEnvironment _environment;
    private readonly ManagedRecorderWork _work;
    private readonly RestartBackoff _backoff;
    private readonly bool _isPersisted;
    private RecorderDefinition _definition;
    private RecordingId? _recording;
    private bool _isCreated;
    private bool _isEnding;

    // Another node hands it over to this one, or this one to another. It does not record yet or no more, and would refuse commands that need a recording.
    private bool _isMoving;
    private bool _isOffered;

    public ManagedRecorderActor(RecorderDefinition definition, RegistryEnvironment environment, bool isPersisted)
    {
        (_definition, _environment, _isPersisted) = (definition, environment, isPersisted);
        (_work, _backoff) = (new ManagedRecorderWork(environment), new RestartBackoff(environment.FirstDelay, LongestDelay, new Random()));
        Ready();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    public static Props PropsFor(RecorderDefinition definition, RegistryEnvironment environment, bool isPersisted) =>
        Props.Create(() => new ManagedRecorderActor(definition, environment, isPersisted));

    protected override void PreStart()
    {
        _environment.Events.Tell(new EventsProtocol.Subscribe(_definition.Id, typeof(Stopped)));
        if (_isPersisted)
            Do(_work.CreateAsync(_definition, reply: null), ActorRefs.NoSender);
    }

    // The actor of the recorder still runs, and the definition may have changed since this actor was first created.
    protected override void PostRestart(Exception reason)
    {
        _isCreated = true;
        _environment.Events.Tell(new EventsProtocol.Subscribe(_definition.Id, typeof(Stopped)));
        Do(_work.ContinueAsync(_definition.Id), ActorRefs.NoSender);
    }

    private void Ready()
    {
        Receive<RegistryProtocol.Define>(_ => Do(_work.DefineAsync(_definition)));
        Receive<RegistryProtocol.Change>(change => Do(_work.ChangeAsync(_definition, _pending, change.Definition, _recording)));
        Receive<RegistryProtocol.Follow>(follow => Do(_work.FollowAsync(_definition, follow.Definition, _recording)));
        Receive<RegistryProtocol.Accept>(accept => Move(_work.AcceptAsync(accept.Definition, _isCreated)));
        Receive<RegistryProtocol.Offer>(offer => Move(_work.PrepareAsync(offer.Definition, _isCreated), isOffered: true));
        Receive<RegistryProtocol.HandOver>(_ => Move(_work.HandOverAsync(_definition)));
        Receive<RegistryProtocol.Delete>(_ => Do(_work.DeleteAsync(_definition)));
        Receive<ICommand>(Waits, _ => Stash.Stash());
        Receive<ICommand>(command => command is not (Start or Stop or Pause or Resume), _environment.Recorders.Forward);
        Receive<ICommand>(command => Do(_work.CommandAsync(_definition, _pending, command, _recording)));
        Receive<Stopped>(OnStopped);
        Receive<RetryStart>(OnRetryStart);
        Receive<ApplyPending>(OnApplyPending);
        Receive<RegistryProtocol.End>(_ => OnEnd());
        Receive<EventsProtocol.Subscribed>(_ => { });
    }

    private void Working()
    {
        Receive<Done>(OnDone);
        Receive<ICommand>(command => _isCreated && command is not (Start or Stop or Pause or Resume) && !Waits(command), _environment.Recorders.Forward);
        Receive<RegistryProtocol.End>(_ => OnEnd());
        ReceiveAny(_ => Stash.Stash());
    }

    // The recorder was handed over or deleted. Callers are told to ask the router again.
    private void Ended()
    {
        Receive<NoMoreMessages>(_ => Context.Stop(Self));
        Receive<ICommand>(_ => Sender.Tell(new RegistryProtocol.Moved(_definition.Id)));
        Receive<RegistryProtocol.Change>(_ => Sender.Tell(new RegistryProtocol.Moved(_definition.Id)));
        Receive<RegistryProtocol.Delete>(_ => Sender.Tell(new RegistryProtocol.Moved(_definition.Id)));
        Receive<RegistryProtocol.HandOver>(_ => Sender.Tell(new RegistryProtocol.HandedOver(_definition.Id, History: null)));
        // The recorder returns to this node: the parent creates another actor for it.
        Receive<RegistryProtocol.Accept>(Context.Parent.Forward);
        Receive<RegistryProtocol.Offer>(Context.Parent.Forward);
        ReceiveAny(_ => { });
    }

    private bool Waits(ICommand command) => _isMoving && command is not GetStatus;

    private void Move(Task<Outcome> work, bool isOffered = false)
    {
        (_isMoving, _isOffered) = (true, isOffered);
        Do(work);
    }

    private void Do(Task<Outcome> work) => Do(work, Sender);

    private void Do(Task<Outcome> work, IActorRef? asker)
    {
        Become(Working);
        var (definition, pending) = (_definition, _pending);
        _ = work.PipeTo(
            Self, Self, outcome => new Done(asker, outcome),
            failure => new Done(asker, new Outcome(
                definition,
                new Refused(definition.Id, RecorderState.Unknown, new MediaError(ErrorName.UnknownError, failure.Message)),
                NotCreated: failure.Message)
            { Pending = pending }));
    }

    private void OnDone(Done done)
    {
        var outcome = done.Outcome;
        _isMoving &= _isOffered;
        if (_pending is null && outcome.Pending is not null)
            RegistryLog.ChangeWaits(_environment.Logger, _definition.Id);

        (_definition, _pending, _recording) = (outcome.Definition, outcome.Pending, outcome.Recording ?? _recording);
        if (outcome.IsEnded)
        {
            Context.Parent.Tell(new Finished(_definition.Id));
            _environment.Events.Tell(new EventsActor.Labels(_definition.Id, new Dictionary<string, string>()));
            Become(Ended);
        }
        else
        {
            Context.Parent.Tell(new Persisted(Registered, _pending is not null));
            _environment.Events.Tell(new EventsActor.Labels(_definition.Id, _definition.Labels));
            ApplyPendingSoon();
            _isCreated |= outcome.NotCreated is null;
            if ((_isCreated ? outcome.NotStarted : outcome.NotCreated) is { } reason)
            {
                var delay = _backoff.Next();
                RegistryLog.NotStarted(_environment.Logger, _definition.Id, reason, delay);
                RetryIn(delay);
            }
            else if (_definition.Desired == RecorderState.Inactive)
            {
                Timers.Cancel(nameof(RetryStart));
                _backoff.Reset();
            }
        }

        if (outcome.Reply is { } reply)
            done.Asker?.Tell(reply);

        if (!outcome.IsEnded)
            Become(Ready);

        Stash.UnstashAll();
    }

    // Ignores the stop event of an earlier recording, which may arrive late.
    private void OnStopped(Stopped stopped)
    {
        if (_isEnding || stopped.Recording != _recording || _definition.Desired == RecorderState.Inactive)
            return;

        switch (stopped.Reason)
        {
            case StopReason.Requested or StopReason.SourceEnded:
                Do(_work.PersistAsync(_definition with { Desired = RecorderState.Inactive }, _pending), ActorRefs.NoSender);
                break;
            case StopReason.Shutdown:
                break;
            default:
                var delay = _backoff.After(stopped);
                RegistryLog.WillRestart(_environment.Logger, _definition.Id, stopped.Reason.ToString(), delay);
                RetryIn(delay);
                break;
        }
    }

    private void OnRetryStart(RetryStart retry)
    {
        if (_pending is not null)
            Do(_work.FollowAsync(_definition, _pending, _recording), ActorRefs.NoSender);
        else if (!_isCreated)
            Do(_work.CreateAgainAsync(_definition), ActorRefs.NoSender);
        else if (_definition.Desired != RecorderState.Inactive)
            Do(_work.StartIfDesiredAsync(_definition, reply: null), ActorRefs.NoSender);
    }

    private void OnEnd()
    {
        _isEnding = true;
        Timers.Cancel(nameof(RetryStart));
    }

    private void RetryIn(TimeSpan delay)
    {
        if (!_isEnding)
            Timers.StartSingleTimer(nameof(RetryStart), new RetryStart(), delay);
    }

    /// <param name="Definition">The definition as it is registered.</param>
    /// <param name="IsChangePending">Whether the recorder still records as it was defined before.</param>
    internal sealed record Persisted(RecorderDefinition Definition, bool IsChangePending);

    /// <summary>The recorder was deleted or handed over. Answered with <see cref="NoMoreMessages"/>.</summary>
    internal sealed record Finished(RecorderId Recorder);

    /// <summary>The registry sends nothing more: the actor can stop.</summary>
    internal sealed record NoMoreMessages;

    private sealed record RetryStart;

    private sealed record Done(IActorRef? Asker, Outcome Outcome);
}
