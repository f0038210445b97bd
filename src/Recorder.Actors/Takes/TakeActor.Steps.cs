using Recorder.Contracts;
using static Recorder.Actors.Takes.TakeOrders;
using static Recorder.Contracts.TakeProtocol;

namespace Recorder.Actors.Takes;

// What a take does in its states.
internal sealed partial class TakeActor
{
    private readonly Dictionary<RecorderId, RecorderProtocol.Armed> _rates = [];
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
        _waiting?.ForEach(asker => asker.Tell(_take));
        _waiting = null;
    }

    private void UpdateReadiness(IReadOnlyDictionary<RecorderId, object> answers)
    {
        _rounds--;
        foreach (var armed in answers.Values.OfType<RecorderProtocol.Armed>().Where(armed => armed.BytesPerSecond > 0))
            _rates[armed.Recorder] = armed;

        IReadOnlyList<TakeAngle> angles =
            [.. _take.Angles.Select(angle => TakeReadiness.Judge(angle, _take.Id, answers.GetValueOrDefault(angle.Recorder)))];
        _take = _take with { Angles = TakeReadiness.WithTimeLeft(angles, _rates, _free, _take.LeastTimeLeft) };
    }

    private void OnStart(Start start) => Decide(TakeDecisions.Begin(_take, start, Now, _environment.Time.LocalTimeZone), asker =>
    {
        if (_take.At > Now)
            asker.Tell(_take);
        else
            _asker = asker;

        AwaitMoment();
    });

    private void AwaitMoment()
    {
        if (_take.At - Now is { Ticks: > 0 } wait)
            Timers.StartSingleTimer(nameof(MomentCame), new MomentCame(), wait);
        else
            Begin();
    }

    private void Begin()
    {
        // One that did not answer the last time may have kept the moment all the same.
        var ready = _take.Angles.Where(angle => angle.State == AngleState.Ready || angle.Obstacle == TakeObstacle.Unreachable).ToList();
        TakesLog.Begins(_environment.Logger, _take.Id, _take.Slate.Scene, _take.Slate.Take, _take.At!.Value, ready.Count, _take.Angles.Count);
        Become(Commanding);
        // After a restart some have begun: they refuse, and the next look finds their recordings.
        Ask(TakeRoundKind.Start, ready.Select(StartOf), CommandDeadline);
    }

    // Also of one that joins late: it begins with the moment if it kept it, or else with all that it kept.
    private RecorderProtocol.Start StartOf(TakeAngle angle) =>
        new(angle.Recorder, _take.Timeslice) { At = _take.At, Take = _take.Id };

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
        StoreFact(_take with { State = TakeState.Recording, Angles = TakeProgress.Begun(_take, answers) }, () =>
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
                Keep([.. _take.Angles.Select(angle => angle.State == AngleState.Missing && done.Answers.TryGetValue(angle.Recorder, out var answer)
                    ? TakeProgress.Started(angle, answer, isLate: true) : angle)]);
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
        // Answers of a round that began before the take did are about recorders that record by now.
        var judged = _take.Angles.Where(angle => angle is { State: AngleState.Missing, Recordings.Count: 0 } && answers.ContainsKey(angle.Recorder))
            .Select(angle => TakeReadiness.Judge(angle, _take.Id, answers[angle.Recorder])).ToDictionary(angle => angle.Recorder);
        Keep([.. _take.Angles.Select(angle => judged.TryGetValue(angle.Recorder, out var known) && known.State != AngleState.Ready
            ? angle with { Obstacle = known.Obstacle, Detail = known.Detail } : angle)]);
        var ready = judged.Values.Where(angle => angle.State == AngleState.Ready).ToList();
        if (ready.Count > 0)
            Ask(TakeRoundKind.Join, ready.Select(StartOf), CommandDeadline);
    }

    // Stored only when something changed that a restart must not forget: the figures change every second.
    private void Keep(IReadOnlyList<TakeAngle> angles)
    {
        foreach (var (before, after) in _take.Angles.Zip(angles).Where(pair => pair.First.State != AngleState.Missing && pair.Second.State == AngleState.Missing))
            TakesLog.Missing(_environment.Logger, _take.Id, after.Recorder, after.Detail);

        var isNews = _take.Angles.Zip(angles).Any(pair =>
            pair.First.Recordings.Count != pair.Second.Recordings.Count || pair.First.Times is null != pair.Second.Times is null || pair.First.Times?.Jump != pair.Second.Times?.Jump);
        _take = _take with { Angles = angles };
        if (isNews)
            StoreFact(_take, () => { });
    }

    private void OnCommand(Command command)
    {
        _asker = Sender;
        Become(Commanding);
        Ask(TakeRoundKind.Command, _take.Angles.Where(TakeProgress.HasBegun).Select(angle => TakeCommands.Of(command.Verb, angle.Recorder)), CommandDeadline);
    }

    private void OnLetGo(Stop stop)
    {
        var asker = Sender;
        Store(
            _take with { State = TakeState.Done, EndedAt = Now, At = null, Angles = [.. _take.Angles.Select(angle => angle with { State = AngleState.Stopped, ReadyFrom = null })] },
            () =>
            {
                Timers.Cancel(nameof(MomentCame));
                DisarmAll();
                End(asker);
            });
    }

    // Whoever stops it again does not want to wait for recorders that do not answer.
    private void OnGiveUp(Stop stop)
    {
        var asker = Sender;
        Store(_take with { State = TakeState.Done }, () =>
        {
            DisarmAll();
            End(asker);
        });
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
            _take.Angles.Where(angle => TakeProgress.HasBegun(angle) && angle.State != AngleState.Stopped && angle.Obstacle != TakeObstacle.NotDefined)
                .Select(angle => new RecorderProtocol.Stop(angle.Recorder)),
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
        var angles = TakeSkew.Describe(_take, TakeProgress.Stopped(_take, answers));
        var isDone = angles.All(angle => angle.State == AngleState.Stopped || angle.Obstacle == TakeObstacle.NotDefined);
        var (asker, next) = (_asker, _take with { Angles = angles, State = isDone ? TakeState.Done : TakeState.Ending });
        _asker = ActorRefs.Nobody;
        if (!isDone && angles.Select(angle => angle.State).SequenceEqual(_take.Angles.Select(angle => angle.State)))
        {
            _take = next;
            asker.Tell(_take);
            return;
        }

        StoreFact(next, () =>
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

    private void OnMark(Mark mark) => Decide(TakeDecisions.AddMark(_take, mark, Now), asker => asker.Tell(TakeMarks.Send(_take, mark, _environment)));

    private void OnChange(ChangeSlate change) => Decide(TakeDecisions.Alter(_take, change.Change, change.Number, Now), asker => asker.Tell(_take));

    private void Decide(TakeDecision decision, Action<IActorRef> then)
    {
        var asker = Sender;
        if (decision.Next is { } next)
            Store(next, () => then(asker));
        else
            asker.Tell(decision.Refused);
    }

    private void Answer(object answer)
    {
        _asker.Tell(answer);
        _asker = ActorRefs.Nobody;
    }
}
