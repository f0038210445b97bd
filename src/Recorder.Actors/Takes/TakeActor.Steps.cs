using Recorder.Contracts;
using static Recorder.Contracts.TakeProtocol;

namespace Recorder.Actors.Takes;

// What a take does in its states.
internal sealed partial class TakeActor
{
    private const int MostMarks = 10_000;
    private const int MostChanges = 1_000;

    private readonly Dictionary<RecorderId, long> _rates = [];
    private IActorRef _asker = ActorRefs.Nobody;

    private void ArmAll()
    {
        if (_rounds > 0)
            return;

        ReadFreeBytes();
        Ask(TakeRoundKind.Arm, _take.Angles.Select(angle => new RecorderProtocol.Arm(angle.Recorder, _take.Id)), ArmDeadline);
    }

    private void OnArmed(TakeRound.Done done)
    {
        UpdateReadiness(done.Answers);
        _waiting.ForEach(asker => asker.Tell(_take));
        _waiting.Clear();
    }

    private void UpdateReadiness(IReadOnlyDictionary<RecorderId, object> answers)
    {
        _rounds--;
        foreach (var armed in answers.Values.OfType<RecorderProtocol.Armed>().Where(armed => armed.BytesPerSecond > 0))
            _rates[armed.Recorder] = armed.BytesPerSecond;

        IReadOnlyList<TakeAngle> angles =
            [.. _take.Angles.Select(angle => TakeReadiness.Judge(angle, _take.Id, answers.GetValueOrDefault(angle.Recorder)))];
        _take = _take with { Angles = TakeReadiness.WithTimeLeft(angles, _rates, _free, _take.LeastTimeLeft) };
    }

    private void OnStart(Start start)
    {
        var now = Now;
        if (start.At > now + FurthestMoment)
        {
            Refuse($"{start.At:O} is more than an hour from now; start the take later.");
            return;
        }

        if (TakeReadiness.FindObstacle(_take, start.At < now ? start.At : null) is { } obstacle)
        {
            Refuse(obstacle);
            return;
        }

        var at = start.At ?? now;
        _ = TimeCodeRate.TryParse(_take.Rate, out var rate);
        var local = TimeZoneInfo.ConvertTime(at, _environment.Time.LocalTimeZone);
        var asker = Sender;
        Store(
            _take with { State = TakeState.Committed, At = at, CommittedAt = now, TimeCode = TimeCode.OfTimeOfDay(local.TimeOfDay, rate, _take.IsDropFrame).ToString() },
            () =>
            {
                if (at > Now)
                    asker.Tell(_take);
                else
                    _asker = asker;

                AwaitMoment();
            });
    }

    private void AwaitMoment()
    {
        if (_take.At - Now is { Ticks: > 0 } wait)
            Timers.StartSingleTimer(nameof(MomentCame), new MomentCame(), wait);
        else
            Begin();
    }

    private void Begin()
    {
        var ready = _take.Angles.Where(angle => angle.State == AngleState.Ready).ToList();
        TakesLog.Begins(_environment.Logger, _take.Id, _take.Slate.Scene, _take.Slate.Take, _take.At!.Value, ready.Count, _take.Angles.Count);
        Become(Commanding);
        // After a restart nothing is known of the recorders: those that have begun refuse, and the next look finds their recordings.
        Ask(TakeRoundKind.Start, (ready.Count > 0 ? ready : _take.Angles).Select(angle => StartOf(angle, _take.At.Value)), CommandDeadline);
    }

    private RecorderProtocol.Start StartOf(TakeAngle angle, DateTimeOffset at) =>
        new(angle.Recorder, _take.Timeslice) { At = at, Take = _take.Id };

    private void OnCommanded(TakeRound.Done done)
    {
        _rounds--;
        switch (done.Kind)
        {
            case TakeRoundKind.Start:
                OnBegun(done.Answers);
                break;
            case TakeRoundKind.Stop:
                Become(Ending);
                OnStopped(done.Answers);
                break;
            default:
                Become(Recording);
                _take = _take with { Angles = [.. _take.Angles.Select(angle => TakeProgress.Commanded(angle, done.Answers.GetValueOrDefault(angle.Recorder)))] };
                Answer(new Commanded(_take, [.. _take.Angles.Select(angle => TakeCommands.AnswerOf(angle, done.Answers.GetValueOrDefault(angle.Recorder)))]));
                Stash.UnstashAll();
                Look();
                break;
        }
    }

    private void OnBegun(IReadOnlyDictionary<RecorderId, object> answers)
    {
        var angles = _take.Angles.Select(angle => answers.TryGetValue(angle.Recorder, out var answer) || angle.State == AngleState.Ready
            ? TakeProgress.Started(angle, answer, isLate: angle.ReadyFrom > _take.At)
            : angle with { State = AngleState.Missing });
        Store(_take with { State = TakeState.Recording, Angles = [.. angles] }, () =>
        {
            Answer(_take);
            Look();
        });
    }

    private void Look()
    {
        if (_rounds == 0)
            Ask(TakeRoundKind.Look, _take.Angles.Where(angle => angle.State != AngleState.Stopped).Select(angle => new RecorderProtocol.GetStatus(angle.Recorder)), CommandDeadline);
    }

    private void OnLooked(TakeRound.Done done)
    {
        _rounds--;
        switch (done.Kind)
        {
            case TakeRoundKind.Look:
                Keep(TakeSkew.Describe(_take, [.. _take.Angles.Select(angle => TakeProgress.Look(_take, angle, done.Answers.GetValueOrDefault(angle.Recorder)))]));
                Join();
                break;
            case TakeRoundKind.Arm:
                Begin(done.Answers);
                break;
            case TakeRoundKind.Join:
                Keep([.. _take.Angles.Select(angle => done.Answers.TryGetValue(angle.Recorder, out var answer) ? TakeProgress.Started(angle, answer, isLate: true) : angle)]);
                break;
            default:
                break;
        }
    }

    // Those that have not recorded yet join late. One that has recorded is started again by its node, unless somebody stopped it.
    private void Join()
    {
        var missing = _take.Angles.Where(angle => angle is { State: AngleState.Missing, Recordings.Count: 0 }).ToList();
        if (missing.Count > 0 && _rounds == 0)
            Ask(TakeRoundKind.Arm, missing.Select(angle => new RecorderProtocol.Arm(angle.Recorder, _take.Id)), CommandDeadline);
    }

    private void Begin(IReadOnlyDictionary<RecorderId, object> answers)
    {
        var judged = _take.Angles.Where(angle => answers.ContainsKey(angle.Recorder))
            .Select(angle => TakeReadiness.Judge(angle, _take.Id, answers[angle.Recorder])).ToDictionary(angle => angle.Recorder);
        Keep([.. _take.Angles.Select(angle => judged.TryGetValue(angle.Recorder, out var known) && known.State != AngleState.Ready
            ? angle with { Obstacle = known.Obstacle, Detail = known.Detail } : angle)]);
        var ready = judged.Values.Where(angle => angle.State == AngleState.Ready).ToList();
        if (ready.Count > 0)
            Ask(TakeRoundKind.Join, ready.Select(angle => StartOf(angle, Now)), CommandDeadline);
    }

    // Stored only when something changed that a restart must not forget: the figures change every second.
    private void Keep(IReadOnlyList<TakeAngle> angles)
    {
        foreach (var (before, after) in _take.Angles.Zip(angles).Where(pair => pair.First.State != AngleState.Missing && pair.Second.State == AngleState.Missing))
            TakesLog.Missing(_environment.Logger, _take.Id, after.Recorder, after.Detail);

        var isNews = _take.Angles.Zip(angles).Any(pair =>
            pair.First.Recordings.Count != pair.Second.Recordings.Count || pair.First.Times is null != pair.Second.Times is null);
        _take = _take with { Angles = angles };
        if (isNews)
            Store(_take, () => { });
    }

    private void OnCommand(Command command)
    {
        _asker = Sender;
        Become(Commanding);
        Ask(TakeRoundKind.Command, _take.Angles.Select(angle => TakeCommands.Of(command.Verb, angle.Recorder)), CommandDeadline);
    }

    private void OnLetGo(Stop stop)
    {
        Timers.Cancel(nameof(MomentCame));
        DisarmAll();
        var asker = Sender;
        Store(
            _take with { State = TakeState.Done, EndedAt = Now, At = null, Angles = [.. _take.Angles.Select(angle => angle with { State = AngleState.Stopped, ReadyFrom = null })] },
            () => End(asker));
    }

    private void OnStop(Stop stop)
    {
        var asker = Sender;
        Store(_take with { State = TakeState.Ending, EndedAt = Now }, () =>
        {
            _asker = asker;
            Become(Commanding);
            StopAll();
        });
    }

    private void StopAll()
    {
        Ask(
            TakeRoundKind.Stop,
            _take.Angles.Where(angle => angle.State != AngleState.Stopped && angle.Obstacle != TakeObstacle.NotDefined).Select(angle => new RecorderProtocol.Stop(angle.Recorder)),
            CommandDeadline);
    }

    private void OnEnded(TakeRound.Done done)
    {
        _rounds--;
        if (done.Kind == TakeRoundKind.Stop)
            OnStopped(done.Answers);
    }

    private void OnStopped(IReadOnlyDictionary<RecorderId, object> answers)
    {
        IReadOnlyList<TakeAngle> angles = [.. _take.Angles.Select(angle => answers.TryGetValue(angle.Recorder, out var answer) ? TakeProgress.Stopped(angle, answer) : angle)];
        angles = TakeSkew.Describe(_take, angles);
        var isDone = angles.All(angle => angle.State == AngleState.Stopped || angle.Obstacle == TakeObstacle.NotDefined);
        var asker = _asker;
        _asker = ActorRefs.Nobody;
        Store(_take with { Angles = angles, State = isDone ? TakeState.Done : TakeState.Ending }, () =>
        {
            if (isDone)
            {
                DisarmAll();
                End(asker);
            }
            else
            {
                asker.Tell(_take);
            }
        });
    }

    // Without this another take gets the recorders only when their lease is over.
    private void DisarmAll()
    {
        foreach (var angle in _take.Angles)
            _environment.Router.Tell(new RecorderProtocol.Disarm(angle.Recorder, _take.Id), ActorRefs.NoSender);
    }

    private void End(IActorRef asker)
    {
        Timers.Cancel(nameof(Tick));
        Context.SetReceiveTimeout(IdleTime);
        asker.Tell(_take);
    }

    private void OnMark(Mark mark)
    {
        if (_take.Marks.Count >= MostMarks)
        {
            Refuse($"Take {_take.Id} has {MostMarks} marks, which is the most.");
            return;
        }

        var asker = Sender;
        Store(_take with { Marks = [.. _take.Marks, new TakeMark(mark.At ?? Now, mark.Name, mark.Colour, mark.Note)] }, () => asker.Tell(_take));
    }

    private void OnChange(ChangeSlate change)
    {
        var (slate, changes) = SlateChanges.Apply(_take.Slate, change.Change, change.Number, Now);
        if ((SlateCheck.Find(slate) ?? SlateNames.Name(slate, _take.Angles, out _)) is { } wrong)
        {
            Sender.Tell(TakeRefusal.NotSupported(wrong));
            return;
        }

        _ = SlateNames.Name(slate, _take.Angles, out var named);
        var asker = Sender;
        Store(
            _take with { Slate = slate, Angles = named, History = [.. _take.History.Concat(changes).TakeLast(MostChanges)] },
            () => asker.Tell(_take));
    }

    private void Answer(object answer)
    {
        _asker.Tell(answer);
        _asker = ActorRefs.Nobody;
    }
}
