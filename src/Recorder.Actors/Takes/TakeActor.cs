using Recorder.Contracts;
using static Recorder.Actors.Takes.TakeOrders;
using static Recorder.Contracts.TakeProtocol;

namespace Recorder.Actors.Takes;

/// <summary>
/// One take: armed → committed → recording → ending → done. What it decides is stored before it is done, so that a take goes on when its process died. Its
/// recorders never depend on it: each knows the take and its moment, and records until it is told to stop.
/// </summary>
internal sealed partial class TakeActor : ReceiveActor, IWithTimers, IWithStash
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(30);

    // The answer to a request to arm is due within 200 ms.
    private static readonly TimeSpan ArmDeadline = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan CommandDeadline = TimeSpan.FromSeconds(3);

    private readonly TakesEnvironment _environment;
    private List<IActorRef>? _waiting = [];
    private Take _take;
    private int _rounds;
    private long? _free;

    public TakeActor(Take take, TakesEnvironment environment)
    {
        (_take, _environment) = (take, environment);
        Become(BehaviourOf(take.State));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    private DateTimeOffset Now => _environment.Now;

    protected override void PreStart()
    {
        switch (_take.State)
        {
            case TakeState.Armed:
                ArmAll();
                break;
            case TakeState.Committed:
                AwaitMoment();
                break;
            case TakeState.Ending:
                StopAll();
                break;
            case TakeState.Done:
                Context.SetReceiveTimeout(IdleTime);
                break;
            default:
                Look();
                break;
        }

        if (_take.IsOpen)
            Timers.StartPeriodicTimer(nameof(Tick), new Tick(), Interval);

        JamSync.StartFor(_take, _environment, Context);
    }

    // A disk that does not answer must not keep the take from its recorders.
    private void ReadFreeBytes()
    {
        long? free = null;
        _ = _environment.Blocking(() => free = _environment.Files.FreeBytes(_environment.RecordingsFolder)).PipeTo(
            Self, Self, () => new Free(free), _ => new Free(null));
    }

    private Action BehaviourOf(TakeState state) => state switch
    {
        TakeState.Armed => Armed,
        TakeState.Committed => Committed,
        TakeState.Ending => Ending,
        TakeState.Done => Done,
        _ => Recording,
    };

    private void Armed()
    {
        // Their answers may be faster than whoever waits for them: then the take is told at once.
        Receive<Introduce>(_ => _waiting is not null, introduce => _waiting!.Add(introduce.Asker));
        Receive<TakeRound.Done>(OnArmed);
        Receive<Tick>(_ => ArmAll());
        Receive<Start>(OnStart);
        Receive<Stop>(OnLetGo);
        Receive<Command>(command => Refuse($"Take {_take.Id} has not begun: there is nothing to {TakeCommands.NameOf(command.Verb)}."));
        Receive<Mark>(_ => Refuse($"Take {_take.Id} has not begun: mark it when it records."));
        InEveryState();
    }

    private void Committed()
    {
        Receive<MomentCame>(_ => Begin());
        Receive<Start>(_ => Refuse($"Take {_take.Id} begins at {_take.At:O} already."));
        Receive<Stop>(OnLetGo);
        Receive<Command>(command => Refuse($"Take {_take.Id} has not begun: there is nothing to {TakeCommands.NameOf(command.Verb)}."));
        Receive<Mark>(_ => Refuse($"Take {_take.Id} has not begun: mark it when it records."));
        Receive<TakeRound.Done>(done => UpdateReadiness(done.Answers));
        Receive<Tick>(_ => ArmAll());
        InEveryState();
    }

    // A round of commands is under way: what is asked meanwhile waits for its end.
    private void Commanding()
    {
        Receive<TakeRound.Done>(done => done.Kind is TakeRoundKind.Start or TakeRoundKind.Stop or TakeRoundKind.Command, OnCommanded);
        Receive<TakeRound.Done>(_ => _rounds--);
        Receive<Get>(_ => Sender.Tell(_take));
        Receive<Tick>(_ => { });
        ReceiveAny(_ => Stash.Stash());
    }

    private void Recording()
    {
        Receive<TakeRound.Done>(OnLooked);
        Receive<Tick>(_ => Look());
        Receive<Start>(_ => Refuse($"Take {_take.Id} records already."));
        Receive<Stop>(OnStop);
        Receive<Command>(OnCommand);
        Receive<Mark>(OnMark);
        InEveryState();
    }

    private void Ending()
    {
        Receive<TakeRound.Done>(OnEnded);
        Receive<Tick>(_ => _rounds == 0, _ => StopAll());
        Receive<Start>(_ => Refuse($"Take {_take.Id} is ending: arm another one."));
        Receive<Stop>(OnGiveUp);
        Receive<Command>(_ => Refuse($"Take {_take.Id} is ending."));
        Receive<Mark>(OnMark);
        InEveryState();
    }

    private void Done()
    {
        Receive<Start>(_ => Refuse($"Take {_take.Id} has ended: arm another one."));
        Receive<Stop>(_ => Sender.Tell(_take));
        Receive<Command>(_ => Refuse($"Take {_take.Id} has ended."));
        Receive<Mark>(OnMark);
        Receive<ReceiveTimeout>(_ => Context.Stop(Self));
        InEveryState();
    }

    private void InEveryState()
    {
        Receive<Get>(_ => Sender.Tell(_take));
        Receive<ChangeSlate>(OnChange);
        Receive<Introduce>(introduce => introduce.Asker.Tell(_take));
        Receive<JamSync.Read>(read => Decide(read.Of(_take), asker => asker.Tell(_take)));
        Receive<Free>(free => _free = free.Bytes);
        Receive<Retire>(_ => Context.Stop(Self));
        ReceiveAny(_ => { });
    }

    // What has happened is so, whether it can be stored or not: it is stored with the next step.
    private void StoreFact(Take next, Action then) => Store(next, then, isFact: true);

    // Nothing else is done until it is stored; a decision that cannot be stored is not made.
    private void Store(Take next, Action then, bool isFact = false)
    {
        var asker = Sender;
        next = _environment.Stamp(next);
        Become(() =>
        {
            Receive<Stored>(stored =>
            {
                if (stored.Failure is { } reason)
                    TakesLog.NotStored(_environment.Logger, _take.Id, reason);

                if (stored.Failure is null || isFact)
                {
                    _take = next;
                    Become(BehaviourOf(next.State));
                    Context.Parent.Tell(new Updated(next));
                    then();
                }
                else
                {
                    Become(BehaviourOf(_take.State));
                    asker.Tell(TakeRefusal.NotStored(stored.Failure));
                }

                Stash.UnstashAll();
            });
            Receive<TakeRound.Done>(_ => _rounds--);
            Receive<Tick>(_ => { });
            ReceiveAny(_ => Stash.Stash());
        });
        _ = _environment.StoreAsync(next).PipeTo(
            Self, Self, () => new Stored(null), failure => new Stored(failure.Message));
    }

    private void Ask(TakeRoundKind kind, IEnumerable<RecorderProtocol.ICommand> commands, TimeSpan deadline)
    {
        _rounds++;
        IReadOnlyList<RecorderProtocol.ICommand> all = [.. commands];
        var router = _environment.Router;
        Context.ActorOf(Props.Create(() => new TakeRound(router, kind, all, deadline)));
    }

    private void Refuse(string message) => Sender.Tell(TakeRefusal.State(message));

    private sealed record Tick;

    private sealed record MomentCame;

    private sealed record Free(long? Bytes);

    private sealed record Stored(string? Failure);
}
