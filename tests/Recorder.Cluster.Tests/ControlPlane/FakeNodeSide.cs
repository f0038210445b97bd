using Recorder.Cluster.ControlPlane;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Registry;
using Recorder.Cluster.Tenures;
using Recorder.Contracts;

namespace Recorder.Cluster.Tests.ControlPlane;

/// <summary>A node that records without recording: it holds what it is asked to hold, and stores fragments at once and all the time.</summary>
internal sealed class FakeNodeSide(NodeCard card, IReadOnlyCollection<WantedRecorder> wanted) : INodeSide
{
    private readonly Lock _lock = new();
    private readonly Dictionary<RecorderId, TenureState> _tenures = [];
    private readonly Dictionary<RecorderId, RegisteredRecorder> _registry = [];
    private NodeCard _card = card;

    public IControlPlane? Plane { get; set; }

    /// <summary>A process that was killed: it holds nothing and says nothing any more.</summary>
    public bool IsDead { get; set; }

    public NodeCard Card => _card;

    public IReadOnlyCollection<WantedRecorder> Wanted => wanted;

    public IReadOnlyList<NodeCard> Members { get; private set; } = [];

    public IReadOnlyList<HeldRecorder> Held
    {
        get
        {
            lock (_lock)
                return IsDead ? [] : [.. _tenures.Where(entry => entry.Value.Held is not null)
                    .Select(entry => new HeldRecorder(entry.Key, entry.Value.Describe(Now)!))];
        }
    }

    private static TimeSpan Now => TimeProvider.System.GetElapsedTime(0);

    public void Drain() => _card = _card with { IsDraining = true };

    /// <summary>A moment of recording: every holder stores a fragment.</summary>
    public void StoreFragments() => Change(() => [.. _tenures.Keys], (state, now) =>
    {
        state.Tick(now);
        return state.Held is { } held ? state.StoreFragment(held, now) : default;
    });

    public KnownTenures Find(RecorderId recorder)
    {
        lock (_lock)
            return new KnownTenures(TenureOf(recorder).HighestTerm, TenureOf(recorder).HighestConfirmed);
    }

    public void Claim(RecorderId recorder, long highestTerm) => Change(() => [recorder], (state, now) =>
    {
        state.Claim(highestTerm, now);
        return state.StoreFragment(state.Held!.Value, now);
    });

    public void Hear(NodeCard from, IReadOnlyList<HeldRecorder> held)
    {
        foreach (var (recorder, report) in held)
            Change(() => [recorder], (state, now) => state.Hear(report, now));
    }

    public void Merge(IReadOnlyList<RegisteredRecorder> recorders)
    {
        lock (_lock)
        {
            foreach (var recorder in recorders)
                _registry[recorder.Id] = _registry.TryGetValue(recorder.Id, out var known) ? known.MergeWith(recorder).Merged : recorder;
        }
    }

    public IReadOnlyList<RegisteredRecorder> ReadRegistry()
    {
        lock (_lock)
            return [.. _registry.Values];
    }

    public void SetMembers(IReadOnlyList<NodeCard> members) => Members = members;

    public Task<HandOverAnswer> HandOverAsync(RecorderId recorder, Tenure successor) =>
        Task.FromResult(new HandOverAnswer(Held.Any(held => held.Recorder == recorder) ? $"\"{successor}\"" : null));

    private void Change(Func<IReadOnlyList<RecorderId>> which, Func<TenureState, TimeSpan, TenureDecision> change)
    {
        List<HeldRecorder> changed = [];
        lock (_lock)
        {
            if (IsDead)
                return;

            foreach (var recorder in which())
            {
                var decision = change(TenureOf(recorder), Now);
                if (decision.Report is not null && TenureOf(recorder).Describe(Now) is { } report)
                    changed.Add(new HeldRecorder(recorder, report));
            }
        }

        if (changed.Count > 0)
            Plane?.Report(changed);
    }

    private TenureState TenureOf(RecorderId recorder) =>
        _tenures.TryGetValue(recorder, out var state) ? state : _tenures[recorder] = new TenureState(_card.Node, _card.Start, isExclusive: false);
}
