using Recorder.Contracts;
using static Recorder.Contracts.TakeProtocol;

namespace Recorder.Actors.Takes;

/// <summary>
/// The parent of this node's takes: numbers them, lends each its recorders, and goes on with those that were open when the process ended. Takes that are done
/// have no actor until somebody asks for them.
/// </summary>
internal sealed partial class TakesActor : ReceiveActor, IWithTimers
{
    private const int MostListed = 200;

    // Of takes that are done. Older ones are read from their files.
    private const int MostRemembered = 1_000;

    private static readonly TimeSpan ReopenDelay = TimeSpan.FromSeconds(1);

    private readonly TakesEnvironment _environment;
    private readonly SortedDictionary<string, Take> _takes = new(StringComparer.Ordinal);
    private readonly Dictionary<TakeId, IActorRef> _actors = [];
    private readonly Dictionary<RecorderId, TakeId> _lent = [];
    private long _armed;

    public TakesActor(TakesEnvironment environment, IReadOnlyList<Take> takes)
    {
        _environment = environment;
        // A take of before this node was in a cluster is its own.
        foreach (var take in takes)
            Note(environment.Own(take));

        Receive<Arm>(OnArm);
        Receive<Numbered>(OnNumbered);
        Receive<Change>(OnChange);
        Receive<Renumbered>(renumbered => Forward(renumbered.Change.Take, new TakeOrders.ChangeSlate(renumbered.Change, renumbered.Number), renumbered.Asker));
        Receive<NotNumbered>(OnNotNumbered);
        Receive<Loaded>(OnLoaded);
        Receive<Reopen>(reopen => Reopened(reopen.Take));
        Receive<IRequest>(request => Forward(request.Take, request, Sender));
        Receive<List>(list => Sender.Tell(new TakeProtocol.Takes(
            [.. _takes.Values.Reverse().Where(take => IsWithin(take, list)).Take(Math.Clamp(list.Limit, 1, MostListed))])));
        Receive<TakeOrders.Updated>(updated => Note(updated.Take));
        ReceiveFromOtherNodes();
        Receive<Terminated>(OnTerminated);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(TakesEnvironment environment, IReadOnlyList<Take> takes) => Props.Create(() => new TakesActor(environment, takes));

    protected override void PreStart()
    {
        foreach (var take in _takes.Values.Where(take => take.IsOpen && Holds(take)).ToList())
            Open(take);

        if (_environment.Cluster is not null)
            Timers.StartPeriodicTimer(nameof(Watch), new Watch(), WatchInterval);
    }

    // A take that fails goes on with what is stored of it; its recorders are not affected.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void OnArm(Arm arm)
    {
        if (SlateCheck.Find(arm) is { } wrong)
        {
            Sender.Tell(TakeRefusal.NotSupported(wrong));
            return;
        }

        if (arm.Angles.FirstOrDefault(angle => _lent.ContainsKey(angle.Recorder)) is { } busy)
        {
            var id = _lent[busy.Recorder];
            var holder = _takes.TryGetValue(id.Value, out var open)
                ? $"take {open.Slate.Take} of scene {open.Slate.Scene} ({id}), which is {open.State.ToString().ToLowerInvariant()}"
                : $"take {id}, which is being armed";
            Sender.Tell(TakeRefusal.State($"Recorder {busy.Recorder} belongs to {holder}: stop that take first."));
            return;
        }

        // The names are checked before a number is used up for them.
        var take = Make(arm);
        if ((SlateNames.Name(take.Slate, take.Angles, out _) ?? SlateCheck.FindTwins(take.Angles)) is { } nameless)
        {
            Sender.Tell(TakeRefusal.NotSupported(nameless));
            return;
        }

        foreach (var angle in arm.Angles)
            _lent[angle.Recorder] = take.Id;

        var asker = Sender;
        Number(take.Slate, number => new Numbered(take, number, asker), asker, take);
    }

    private void OnNumbered(Numbered numbered)
    {
        var take = SlateNames.Number(numbered.Take, numbered.Number);
        Note(take);
        // Another node may have asked for it already, or have told of it.
        (_actors.GetValueOrDefault(take.Id) ?? Open(take)).Tell(new TakeOrders.Introduce(numbered.Asker));
    }

    private void OnNotNumbered(NotNumbered failed)
    {
        foreach (var recorder in _lent.Where(entry => entry.Value == failed.Take).Select(entry => entry.Key).ToList())
            _lent.Remove(recorder);

        failed.Asker.Tell(TakeRefusal.NotStored(failed.Reason));
    }

    private void OnChange(Change change)
    {
        if (!_takes.TryGetValue(change.Take.Value, out var take))
        {
            Forward(change.Take, new TakeOrders.ChangeSlate(change, Number: null), Sender);
            return;
        }

        var slate = SlateChanges.Apply(take.Slate, change, number: null, _environment.Now).Slate;
        if (SlateCheck.Find(slate) is { } wrong)
            Sender.Tell(TakeRefusal.NotSupported(wrong));
        else if (slate.Scene == take.Slate.Scene && slate.Project == take.Slate.Project)
            Forward(change.Take, new TakeOrders.ChangeSlate(change, Number: null), Sender);
        else
        {
            var asker = Sender;
            Number(slate, number => new Renumbered(change, number, asker), asker);
        }
    }

    // A number is durable before anybody sees it: no other take gets it, whatever happens to this one.
    private void Number(Slate slate, Func<int, object> then, IActorRef asker, Take? made = null) =>
        _ = NumberAsync(slate, [.. _takes.Values], made).PipeTo(Self, Self, number => then(number), failure => new NotNumbered(asker, made?.Id, failure.Message));

    private async Task<int> NumberAsync(Slate slate, IReadOnlyList<Take> known, Take? made)
    {
        var (files, number) = (_environment.Files, 0);
        if (_environment.Cluster is { } cluster)
        {
            var scene = TakeFiles.SceneOf(slate);
            await _environment.Blocking(() => files.Reserve(scene, TakeFiles.HighestOf(scene, known))).ConfigureAwait(false);
            number = await cluster.ReserveAsync(scene, wanted => GrantAsync(scene, wanted)).ConfigureAwait(false);
        }
        else
        {
            await _environment.Blocking(() => number = files.NextNumber(slate, known)).ConfigureAwait(false);
        }

        if (made is not null)
            await _environment.StoreAsync(SlateNames.Number(made, number)).ConfigureAwait(false);

        return number;
    }

    private Take Make(Arm arm)
    {
        var now = _environment.Now;
        return _environment.Stamp(new Take
        {
            Id = _environment.NameTake(now, ++_armed),
            State = TakeState.Armed,
            Slate = arm.Slate with { Take = 0 },
            ArmedAt = now,
            IsStrict = arm.IsStrict,
            Rate = TimeCodeRate.TryParse(arm.Rate, out var rate) ? rate.ToString() : arm.Rate,
            IsDropFrame = arm.IsDropFrame,
            TimeCodeRecorder = arm.TimeCodeRecorder,
            Timeslice = arm.Timeslice,
            LeastTimeLeft = arm.LeastTimeLeft,
            Angles =
            [
                .. arm.Angles.Select((angle, index) => new TakeAngle
                {
                    Recorder = angle.Recorder,
                    Camera = angle.Camera ?? angle.Recorder.Value,
                    Angle = angle.Angle ?? NameOf(index),
                    Reel = angle.Reel ?? "1",
                    State = AngleState.NotReady,
                    Obstacle = TakeObstacle.Unreachable,
                    Detail = $"Recorder {angle.Recorder} has not answered yet.",
                }),
            ],
        });
    }

    // A, B, …, Z, AA, AB, …
    private static bool IsWithin(Take take, List list) => !(take.EndedAt <= list.From) && !((take.At ?? take.ArmedAt) >= list.To);

    private static string NameOf(int index) => index < 26 ? ((char)('A' + index)).ToString() : NameOf((index / 26) - 1) + NameOf(index % 26);

    private void Note(Take take)
    {
        _takes[take.Id.Value] = take;
        _environment.Cluster?.Note(take);
        foreach (var angle in take.Angles)
        {
            if (take.IsOpen && angle.State != AngleState.Stopped)
                _lent[angle.Recorder] = take.Id;
            else if (_lent.GetValueOrDefault(angle.Recorder) == take.Id)
                _lent.Remove(angle.Recorder);
        }

        if (_takes.Count > MostRemembered && _takes.Values.FirstOrDefault(old => !old.IsOpen) is { } oldest)
            _takes.Remove(oldest.Id.Value);
    }

    private void Forward(TakeId id, object message, IActorRef asker)
    {
        if (_actors.TryGetValue(id, out var actor))
            actor.Tell(message, asker);
        else if (_takes.TryGetValue(id.Value, out var take) && !Holds(take))
            ForwardElsewhere(take, message, asker);
        else if (take is not null)
            Open(take).Tell(message, asker);
        else
            _ = FindAsync(id).PipeTo(Self, Self, found => new Loaded(id, found, message, asker), _ => new Loaded(id, null, message, asker));
    }

    private async Task<Take?> FindAsync(TakeId id)
    {
        Take? found = null;
        await _environment.Blocking(() => found = _environment.Files.Find(id)).ConfigureAwait(false);
        return found;
    }

    private void OnLoaded(Loaded loaded)
    {
        if (loaded.Take is not null)
            _environment.Cluster?.Note(loaded.Take);

        if (loaded.Take is null)
            loaded.Asker.Tell(TakeRefusal.Unknown(loaded.Id));
        else if (!_actors.ContainsKey(loaded.Id) && !Holds(loaded.Take))
            ForwardElsewhere(loaded.Take, loaded.Message, loaded.Asker);
        else
            (_actors.GetValueOrDefault(loaded.Id) ?? Open(loaded.Take)).Tell(loaded.Message, loaded.Asker);
    }

    private void OnTerminated(Terminated ended)
    {
        var id = _actors.FirstOrDefault(entry => entry.Value.Equals(ended.ActorRef)).Key;
        if (id == default || !_actors.Remove(id))
            return;

        if (_waitsForEnd.Remove(id, out var heard))
            heard.ForEach(Settle);
        else if (_takes.TryGetValue(id.Value, out var take) && take.IsOpen && Holds(take))
            Timers.StartSingleTimer(id, new Reopen(id), ReopenDelay);
    }

    private void Reopened(TakeId id)
    {
        if (!_actors.ContainsKey(id) && _takes.TryGetValue(id.Value, out var take) && Holds(take))
            Open(take);
    }

    private IActorRef Open(Take take)
    {
        var environment = _environment;
        // Without a name: the actor of a take that nobody asked for may still be stopping.
        return _actors[take.Id] = Context.Watch(Context.ActorOf(Props.Create(() => new TakeActor(take, environment))));
    }

    private sealed record Numbered(Take Take, int Number, IActorRef Asker);

    private sealed record Renumbered(Change Change, int Number, IActorRef Asker);

    private sealed record NotNumbered(IActorRef Asker, TakeId? Take, string Reason);

    private sealed record Loaded(TakeId Id, Take? Take, object Message, IActorRef Asker);

    private sealed record Reopen(TakeId Take);
}
