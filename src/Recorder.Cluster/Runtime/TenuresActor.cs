using Akka.Actor;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Recorder.Actors.Registry;
using Recorder.Cluster.Events;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Tenures;
using Recorder.Contracts;
using Recorder.Contracts.Json;

namespace Recorder.Cluster.Runtime;

/// <summary>
/// Carries out what the tenures of this node decide: claims recorders that the cluster wants here, takes them over from their holders, and lets go of what
/// another node stores. Lives as long as the process, whatever happens to the control plane. What it claims is durable before anything is done about it; many
/// claims are written at once.
/// </summary>
internal sealed partial class TenuresActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PreparationTimeout = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan HandOverTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RegistryTimeout = TimeSpan.FromSeconds(60);

    // Longer than a claim lasts that another one goes before.
    private static readonly TimeSpan SilentClaim = TenureState.ClaimTimeout + TimeSpan.FromSeconds(1);

    // A control plane that does not come up must not keep a camera waiting: what this node held, it holds again.
    private static readonly TimeSpan AloneAfter = TimeSpan.FromSeconds(12);

    private const int MostUnsaved = 10_000;

    private readonly TenuresEnvironment _environment;
    private readonly Dictionary<RecorderId, HeldState> _states;
    private readonly List<(RecorderId Recorder, TenureReport Report)> _unsaved = [];
    private readonly List<(HeldState State, TenureDecision Decision)> _decided = [];
    private readonly List<HeldRecorder> _changed = [];
    private bool _hasBegun;

    public TenuresActor(TenuresEnvironment environment)
    {
        (_environment, _states) = (environment, environment.States);

        Receive<Claim>(OnClaim);
        Receive<Prepared>(OnPrepared);
        Receive<Heard>(OnHeard);
        Receive<HandOver>(OnHandOver);
        Receive<HistoryReceived>(OnHistory);
        Receive<Accepted>(OnAccepted);
        Receive<Ended>(OnEnded);
        Receive<RegistryChanged>(OnRegistryChanged);
        Receive<Commit>(_ => SaveAndCarryOut());
        Receive<Tick>(_ => OnTick());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private ClusterView View => _environment.View;

    public static Props PropsFor(TenuresEnvironment environment) => Props.Create(() => new TenuresActor(environment));

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Tick), new Tick(), TickInterval);

    private HeldState StateOf(RecorderId recorder) => _environment.StateOf(recorder);

    private void OnClaim(Claim claim)
    {
        if (_environment.Registry.Find(claim.Recorder) is not { } definition || _environment.IsDraining())
            return;

        var state = StateOf(claim.Recorder);
        if (state.IsPreparing || state.IsEnding || state.Predecessor is not null)
            return;

        if (state.Tenures.Held is null && View.FindStoringElsewhere(claim.Recorder)?.Tenure.Node is { } holder)
        {
            // A camera that allows one connection has to lose the old one first.
            if (state.IsExclusive)
            {
                ClaimFrom(holder, state, claim);
                return;
            }

            state.IsPreparing = true;
            _ = _environment.Recorders.Ask<object>(new RegistryProtocol.Offer(definition), PreparationTimeout)
                .PipeTo(Self, Self, _ => new Prepared(claim, holder), _ => new Prepared(claim, holder));
        }
        else
        {
            Apply(state, state.Tenures.Claim(claim.HighestTerm, View.Now));
        }
    }

    private void OnPrepared(Prepared prepared)
    {
        var state = StateOf(prepared.Claim.Recorder);
        state.IsPreparing = false;
        var holder = View.FindStoringElsewhere(state.Recorder)?.Tenure;
        var isTaken = holder?.Term > prepared.Claim.HighestTerm;
        // Another node was faster: it was asked too, because this one needed long.
        if (_environment.Registry.Find(state.Recorder) is null || _environment.IsDraining() || isTaken)
        {
            _environment.Recorders.Tell(new RegistryProtocol.HandOver(state.Recorder));
            return;
        }

        ClaimFrom(holder?.Node ?? prepared.Holder, state, prepared.Claim);
    }

    private void ClaimFrom(string holder, HeldState state, Claim claim)
    {
        var decision = state.Tenures.Claim(claim.HighestTerm, View.Now);
        state.Predecessor = decision == default ? null : holder;
        Apply(state, decision);
    }

    private void OnHeard(Heard heard)
    {
        foreach (var (recorder, report) in heard.Held)
        {
            var state = StateOf(recorder);
            var before = state.Tenures.HighestConfirmed;
            Apply(state, state.Tenures.Hear(report, View.Now));
            View.SetKnown(recorder, new KnownTenures(state.Tenures.HighestTerm, state.Tenures.HighestConfirmed));
            // Terms go on rising when every node that knew them has started again.
            if (state.Tenures.HighestConfirmed is { } highest && highest != before)
                _unsaved.Add((recorder, new TenureReport(highest, TenureStatus.Confirmed)));
        }
    }

    private void OnHandOver(HandOver asked)
    {
        var state = StateOf(asked.Recorder);
        if (state.Tenures.Held is { } held && held < asked.Successor)
        {
            state.Successors.Add(Sender);
            Apply(state, state.Tenures.Stop());
        }
        else if (state.IsEnding)
        {
            state.Successors.Add(Sender);
        }
        else
        {
            Sender.Tell(new HandOverAnswer(state.FindHandedOver(View.Now, HandOverTimeout)));
        }
    }

    private void Apply(HeldState state, TenureDecision decision)
    {
        if (decision == default)
            return;

        if (decision.Report is { } report)
            _unsaved.Add((state.Recorder, report));

        if (decision.Report?.Status == TenureStatus.Confirmed && state.Arrival is { } arrival)
        {
            _environment.Moves.Count(arrival);
            state.Arrival = null;
        }

        _decided.Add((state, decision));
        if (_decided.Count == 1)
            Self.Tell(new Commit());
    }

    private void SaveAndCarryOut()
    {
        Save();
        (HeldState State, TenureDecision Decision)[] decided = [.. _decided];
        _decided.Clear();
        foreach (var (state, decision) in decided)
        {
            if (decision is { End: { } ended, Begin: null })
                End(state, ended);
            else if (decision is { Begin: { } begun, End: null })
                Begin(state, begun);

            Publish(state);
        }

        Report();
    }

    // A disk that is full or broken is no reason not to record: it is tried again with the next tick.
    private void Save()
    {
        try
        {
            if (_unsaved.Count > 0)
                _environment.Store.Write(_unsaved);

            _unsaved.Clear();
        }
        catch (SqliteException failed)
        {
            TenuresLog.NotSaved(_environment.Logger, _unsaved.Count, failed.Message);
            if (_unsaved.Count > MostUnsaved)
                _unsaved.RemoveRange(0, _unsaved.Count - MostUnsaved);
        }
    }

    private void Begin(HeldState state, Tenure tenure)
    {
        (state.IsReady, state.CountedWrite) = (false, _environment.Stored.Of(state.Recorder).At);
        TenuresLog.Claimed(_environment.Logger, state.Recorder, tenure.Term);
        if (state.Predecessor is { } holder)
        {
            _ = _environment.Plane.HandOverAsync(holder, state.Recorder, tenure, HandOverTimeout).PipeTo(
                Self, Self, answer => new HistoryReceived(state.Recorder, tenure, answer.History),
                failure => new HistoryReceived(state.Recorder, tenure, null));
        }
        else
        {
            state.Arrival = FindTakeOver(state);
            Accept(state, tenure, history: null);
        }
    }

    // A recorder that was another node's before.
    private Arrival? FindTakeOver(HeldState state) =>
        state.Tenures.HighestConfirmed is { } last && last.Node != View.Node ? Arrival.TakeOver : null;

    private void OnHistory(HistoryReceived received)
    {
        var state = StateOf(received.Recorder);
        state.Arrival = received.History is null ? FindTakeOver(state) : Arrival.HandOver;
        if (state.Predecessor is { } holder && received.History is not null)
            View.Forget(received.Recorder, holder);

        state.Predecessor = null;
        if (state.Tenures.Held == received.Tenure)
            Accept(state, received.Tenure, received.History is { } json ? ProtocolJson.Read<RecorderHistory>(json) : null);
    }

    private void Accept(HeldState state, Tenure tenure, RecorderHistory? history)
    {
        if (_environment.Registry.Find(state.Recorder) is not { } definition)
            return;

        _environment.History.Expect(definition, tenure, history);
        _ = _environment.Recorders.Ask<object>(new RegistryProtocol.Accept(definition), RegistryTimeout)
            .PipeTo(Self, Self, _ => new Accepted(definition, tenure), _ => new Accepted(definition, tenure));
    }

    private void OnAccepted(Accepted accepted)
    {
        var state = StateOf(accepted.Definition.Id);
        state.IsReady |= state.Tenures.Held == accepted.Tenure;
        BeginTenure(state);
        // It may have been changed elsewhere meanwhile.
        if (!state.IsReady || _environment.Registry.Find(state.Recorder) is not { } definition || ReferenceEquals(definition, accepted.Definition))
            return;

        _environment.Recorders.Tell(new RegistryProtocol.Follow(definition), ActorRefs.NoSender);
        if (definition.Desired != accepted.Definition.Desired)
            Command(definition);
    }

    private void End(HeldState state, Tenure tenure)
    {
        (state.IsReady, state.IsSuspended, state.IsEnding, state.Predecessor) = (false, false, true, null);
        TenuresLog.LetGo(_environment.Logger, state.Recorder, tenure.Term);
        var exists = _environment.Registry.Find(state.Recorder) is not null;
        _ = _environment.Recorders.Ask<object>(exists ? new RegistryProtocol.HandOver(state.Recorder) : new RegistryProtocol.Delete(state.Recorder), RegistryTimeout)
            .PipeTo(Self, Self, answer => new Ended(state.Recorder, tenure, (answer as RegistryProtocol.HandedOver)?.History), _ => new Ended(state.Recorder, tenure, null));
    }

    private void OnEnded(Ended ended)
    {
        var state = StateOf(ended.Recorder);
        state.IsEnding = false;
        _unsaved.Add((ended.Recorder, state.Tenures.ReportEnd(ended.Tenure, ended.History?.LastSequence ?? 0)));
        var answer = new HandOverAnswer(ended.History is { } history ? ProtocolJson.Write(history with { Tenure = state.Begun?.ToContract() }) : null);
        state.HandedOver = answer.History is { } last ? (ended.Tenure, last, View.Now) : null;
        state.Successors.ForEach(successor => successor.Tell(answer));
        state.Successors.Clear();
        SaveAndCarryOut();
    }

    private void Publish(HeldState state)
    {
        var report = state.Tenures.Describe(View.Now);
        View.SetOwn(state.Recorder, report);
        View.SetKnown(state.Recorder, new KnownTenures(state.Tenures.HighestTerm, state.Tenures.HighestConfirmed));
        if (report is not null)
            _changed.Add(new HeldRecorder(state.Recorder, report));
    }

    private void Report()
    {
        if (_changed.Count > 0)
            _environment.Plane.Report([.. _changed]);

        _changed.Clear();
    }
}
