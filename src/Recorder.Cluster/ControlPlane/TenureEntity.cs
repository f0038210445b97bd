using Akka.Cluster.Sharding;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Tenures;
using Recorder.Cluster.Wire;
using Recorder.Contracts;

namespace Recorder.Cluster.ControlPlane;

/// <summary>
/// A recorder's entity, of which a formation has one: decides which nodes are asked to hold the recorder. It knows nothing that is not told again within a
/// second, so it can end and start elsewhere at any time.
/// </summary>
internal sealed class TenureEntity : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(300);

    // A recorder may be asked for by a node that knows of it before this one does.
    private static readonly TimeSpan UnwantedFor = TimeSpan.FromSeconds(10);

    private readonly string _entityId;
    private readonly RecorderId _recorder;
    private readonly string _here;
    private readonly INodeSide _side;
    private readonly ClusterSight _sight;
    private readonly SharedFormation _formation;
    private readonly Dictionary<string, HeardReport> _heard = [];
    private TenureDecider? _decider;
    private bool _isExclusive;
    private TimeSpan _wantedAt;

    public TenureEntity(string entityId, INodeSide side, ClusterSight sight, SharedFormation formation)
    {
        (_entityId, _recorder) = (entityId, RecorderEntities.Parse(entityId).Recorder);
        (_side, _sight, _formation) = (side, sight, formation);
        (_here, _wantedAt) = (side.Card.Node, sight.Now);
        Receive<Tick>(_ => OnTick());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TimeSpan.Zero, TickInterval);

    private void OnTick()
    {
        var now = _sight.Now;
        if (_sight.Wanted.ByEntity.TryGetValue(_entityId, out var wanted))
            Decide(wanted, now);
        else if (now - _wantedAt > UnwantedFor)
            Context.Parent.Tell(new Passivate(PoisonPill.Instance));
    }

    private void Decide(WantedRecorder wanted, TimeSpan now)
    {
        _wantedAt = now;
        if (_decider is null || _isExclusive != wanted.IsExclusive)
        {
            _heard.Clear();
            (_decider, _isExclusive) = (new TenureDecider(_here, wanted.IsExclusive), wanted.IsExclusive);
        }

        var members = _sight.Members;
        Hear(_decider, members);
        var known = _side.Find(_recorder);
        _decider.Learn(known.HighestTerm, known.HighestConfirmed);
        // Before the decision: nobody is told a term that only this request leads to.
        var term = _decider.HighestTerm;
        foreach (var node in _decider.Decide(_sight.FindCandidates(wanted.Place), _formation.IsElsewhere, now))
        {
            if (_sight.Members.TryGetValue(node, out var asked))
                NodeGateway.On(Context, asked.Address).Tell(new AskToHold(_recorder, term));
        }
    }

    private void Hear(TenureDecider decider, IReadOnlyDictionary<string, SeenMember> members)
    {
        foreach (var (node, heard) in _sight.ReportsOf(_recorder))
        {
            if (!members.ContainsKey(node) || (_heard.TryGetValue(node, out var before) && before.At >= heard.At))
                continue;

            _heard[node] = heard;
            decider.Hear(heard.Report, heard.At);
        }

        // Who is no longer a member is dead or beyond reach, which the cluster notices sooner than its silence shows.
        foreach (var (node, heard) in _heard)
        {
            if (members.ContainsKey(node))
                continue;

            _heard.Remove(node);
            decider.Hear(heard.Report with { IsStoring = false }, heard.At);
        }
    }

    private sealed record Tick
    {
        public static readonly Tick Instance = new();
    }
}
