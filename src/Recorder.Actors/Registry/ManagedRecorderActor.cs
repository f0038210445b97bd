using Recorder.Actors.Events;
using Recorder.Actors.Timing;
using Recorder.Contracts;
using static Recorder.Actors.Registry.ManagedRecorderWork;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Registry;

/// <summary>
/// One recorder as it is defined: makes it when the node starts, keeps what it is meant to be, and starts it again with back-off when it
/// failed or lost its source. It does one thing at a time; what comes meanwhile waits.
/// </summary>
internal sealed class ManagedRecorderActor : ReceiveActor, IWithTimers, IWithStash
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(2);

    private readonly RegistryEnvironment _environment;
    private readonly ManagedRecorderWork _work;
    private readonly RestartBackoff _backoff;
    private readonly bool _isKept;
    private RecorderDefinition _definition;
    private RecordingId? _recording;
    private bool _isMade;
    private bool _isEnding;

    public ManagedRecorderActor(RecorderDefinition definition, RegistryEnvironment environment, bool isKept)
    {
        (_definition, _environment, _isKept) = (definition, environment, isKept);
        (_work, _backoff) = (new ManagedRecorderWork(environment), new RestartBackoff(environment.FirstDelay, LongestDelay, new Random()));
        Ready();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    public static Props PropsFor(RecorderDefinition definition, RegistryEnvironment environment, bool isKept) =>
        Props.Create(() => new ManagedRecorderActor(definition, environment, isKept));

    protected override void PreStart()
    {
        _environment.Events.Tell(new EventsProtocol.Subscribe(_definition.Id, typeof(Stopped)));
        if (_isKept)
        {
            Do(_work.MakeAsync(_definition, reply: null), ActorRefs.NoSender);
        }
    }

    // The recorder lives elsewhere and is there; the definition may be another by now than when this member was made.
    protected override void PostRestart(Exception reason)
    {
        _isMade = true;
        _environment.Events.Tell(new EventsProtocol.Subscribe(_definition.Id, typeof(Stopped)));
        Do(_work.GoOnAsync(_definition.Id), ActorRefs.NoSender);
    }

    private void Ready()
    {
        Receive<RegistryProtocol.Define>(_ => Do(_work.DefineAsync(_definition)));
        Receive<RegistryProtocol.Change>(change => Do(_work.ChangeAsync(_definition, change.Definition, _recording)));
        Receive<RegistryProtocol.Adopt>(adopt => Do(_work.AdoptAsync(adopt.Definition, _isMade)));
        Receive<RegistryProtocol.Warm>(warm => Do(_work.WarmAsync(warm.Definition, _isMade)));
        Receive<RegistryProtocol.Release>(_ => Do(_work.ReleaseAsync(_definition)));
        Receive<RegistryProtocol.Delete>(_ => Do(_work.DeleteAsync(_definition)));
        Receive<ICommand>(command => command is not (Start or Stop or Pause or Resume), _environment.Recorders.Forward);
        Receive<ICommand>(command => Do(_work.CommandAsync(_definition, command, _recording)));
        Receive<Stopped>(OnStopped);
        Receive<TryAgain>(OnTryAgain);
        Receive<RegistryProtocol.End>(_ => OnEnd());
        Receive<EventsProtocol.Subscribed>(_ => { });
    }

    private void Working()
    {
        Receive<Done>(OnDone);
        Receive<ICommand>(command => _isMade && command is not (Start or Stop or Pause or Resume), _environment.Recorders.Forward);
        Receive<RegistryProtocol.End>(_ => OnEnd());
        ReceiveAny(_ => Stash.Stash());
    }

    // What came while it was given up is answered, too: it may be asked for again where the recorder is now.
    private void Leaving()
    {
        Receive<Leave>(_ => Context.Stop(Self));
        Receive<ICommand>(_ => Sender.Tell(Gone.Refusal(_definition.Id)));
        Receive<RegistryProtocol.Change>(_ => Sender.Tell(Gone.Refusal(_definition.Id)));
        Receive<RegistryProtocol.Delete>(_ => Sender.Tell(Gone.Refusal(_definition.Id)));
        Receive<RegistryProtocol.Release>(_ => Sender.Tell(new RegistryProtocol.Released(_definition.Id, History: null)));
        // It comes back: its parent has forgotten this member by the time it hears of it.
        Receive<RegistryProtocol.Adopt>(Context.Parent.Forward);
        Receive<RegistryProtocol.Warm>(Context.Parent.Forward);
        ReceiveAny(_ => { });
    }

    private void Do(Task<Outcome> work) => Do(work, Sender);

    private void Do(Task<Outcome> work, IActorRef? asker)
    {
        Become(Working);
        var definition = _definition;
        _ = work.PipeTo(
            Self, Self, outcome => new Done(asker, outcome),
            failure => new Done(asker, new Outcome(
                definition,
                new Refused(definition.Id, RecorderState.Unknown, new MediaError(ErrorName.UnknownError, failure.Message)),
                NotMade: failure.Message)));
    }

    private void OnDone(Done done)
    {
        var outcome = done.Outcome;
        (_definition, _recording) = (outcome.Definition, outcome.Recording ?? _recording);
        if (outcome.IsGone)
        {
            Context.Parent.Tell(new Gone(_definition.Id));
            _environment.Events.Tell(new EventsActor.Labels(_definition.Id, new Dictionary<string, string>()));
            Become(Leaving);
        }
        else
        {
            Context.Parent.Tell(new Kept(_definition));
            _environment.Events.Tell(new EventsActor.Labels(_definition.Id, _definition.Labels));
            _isMade |= outcome.NotMade is null;
            if ((_isMade ? outcome.NotStarted : outcome.NotMade) is { } trouble)
            {
                var delay = _backoff.Next();
                RegistryLog.NotMade(_environment.Logger, _definition.Id, trouble, delay);
                Again(delay);
            }
            else if (_definition.Desired == RecorderState.Inactive)
            {
                Timers.Cancel(nameof(TryAgain));
                _backoff.Reset();
            }
        }

        if (outcome.Reply is { } reply)
        {
            done.Asker?.Tell(reply);
        }

        if (!outcome.IsGone)
        {
            Become(Ready);
        }

        Stash.UnstashAll();
    }

    // Only the recording that is under way counts: the end of an earlier one may be heard of late.
    private void OnStopped(Stopped stopped)
    {
        if (_isEnding || stopped.Recording != _recording || _definition.Desired == RecorderState.Inactive)
        {
            return;
        }

        switch (stopped.Reason)
        {
            case StopReason.Requested or StopReason.SourceEnded:
                Do(_work.KeepAsync(_definition with { Desired = RecorderState.Inactive }), ActorRefs.NoSender);
                break;
            case StopReason.Shutdown:
                break;
            default:
                var delay = _backoff.After(stopped);
                RegistryLog.StartsAgain(_environment.Logger, _definition.Id, stopped.Reason.ToString(), delay);
                Again(delay);
                break;
        }
    }

    private void OnTryAgain(TryAgain again)
    {
        if (!_isMade)
        {
            Do(_work.MakeAgainAsync(_definition), ActorRefs.NoSender);
        }
        else if (_definition.Desired != RecorderState.Inactive)
        {
            Do(_work.StartIfDesiredAsync(_definition, reply: null), ActorRefs.NoSender);
        }
    }

    private void OnEnd()
    {
        _isEnding = true;
        Timers.Cancel(nameof(TryAgain));
    }

    private void Again(TimeSpan delay)
    {
        if (!_isEnding)
        {
            Timers.StartSingleTimer(nameof(TryAgain), new TryAgain(), delay);
        }
    }

    /// <summary>What is kept now.</summary>
    internal sealed record Kept(RecorderDefinition Definition);

    /// <summary>It was deleted, or given up. Answered with <see cref="Leave"/>.</summary>
    internal sealed record Gone(RecorderId Recorder)
    {
        private const string Moved = "is not here any more; ask again.";

        public static Refused Refusal(RecorderId recorder) =>
            new(recorder, RecorderState.Unknown, new MediaError(ErrorName.UnknownError, $"Recorder {recorder} {Moved}"));

        /// <summary>Whether a refusal says that it was asked for in the wrong place.</summary>
        public static bool IsMeant(Refused refused) => refused.Error.Message.EndsWith(Moved, StringComparison.Ordinal);
    }

    /// <summary>Nobody sends it anything any more.</summary>
    internal sealed record Leave;

    private sealed record TryAgain;

    private sealed record Done(IActorRef? Asker, Outcome Outcome);
}
