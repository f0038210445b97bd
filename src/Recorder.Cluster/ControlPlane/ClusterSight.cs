using System.Collections.Concurrent;
using System.Collections.Immutable;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Placement;
using Recorder.Cluster.Tenures;
using Recorder.Contracts;

namespace Recorder.Cluster.ControlPlane;

/// <summary>A member that can be reached and has told its card.</summary>
internal sealed record SeenMember(Address Address, NodeCard Card);

/// <summary>What a living holder said of itself, and when it was heard by the steady clock.</summary>
internal readonly record struct HeardReport(HolderReport Report, TimeSpan At);

/// <summary>
/// What this node knows of the cluster, for the actors on it. The gateway writes members and reports, the starter of entities looks for wanted recorders, and entities and
/// placement read. It begins anew with each actor system.
/// </summary>
internal sealed class ClusterSight(INodeSide side, TimeProvider clock)
{
    /// <summary>A holder that was not heard of for this long is not counted on: its entity is started if it is not running.</summary>
    private static readonly TimeSpan HealthyFor = TimeSpan.FromMilliseconds(1200);

    // Changed by one actor and read by many.
    private readonly ConcurrentDictionary<RecorderId, ImmutableDictionary<string, HeardReport>> _reports = [];
    private volatile MembersInSight _members = new(ImmutableDictionary<string, SeenMember>.Empty);
    private volatile IReadOnlyDictionary<Address, NodeCard> _cards = ImmutableDictionary<Address, NodeCard>.Empty;
    private volatile WantedIndex _wanted = new([]);

    /// <summary>The steady clock.</summary>
    public TimeSpan Now => clock.GetElapsedTime(0);

    /// <summary>The members that can be reached, by node.</summary>
    public IReadOnlyDictionary<string, SeenMember> Members => _members.ByNode;

    /// <summary>The recorders that exist, as of the last look.</summary>
    public WantedIndex Wanted => _wanted;

    public WantedIndex LookForWanted()
    {
        var wanted = side.Wanted;
        return ReferenceEquals(wanted, _wanted.Recorders) ? _wanted : _wanted = new WantedIndex(wanted);
    }

    public void SetMembers(IReadOnlyDictionary<string, SeenMember> members, IReadOnlyDictionary<Address, NodeCard> cards) =>
        (_members, _cards) = (new MembersInSight(members), cards);

    /// <summary>What was told last by the node at an address, also while it cannot be reached.</summary>
    public NodeCard? FindCard(Address address) => _cards.GetValueOrDefault(address);

    /// <summary>The members that may hold the recorders of a place.</summary>
    public IReadOnlyCollection<string> FindCandidates(string place) => _members.FindCandidates(place);

    public void Hear(IReadOnlyList<HeldRecorder> held)
    {
        var now = Now;
        foreach (var (recorder, report) in held)
        {
            var before = _reports.GetValueOrDefault(recorder) ?? ImmutableDictionary<string, HeardReport>.Empty;
            _reports[recorder] = before.SetItem(report.Tenure.Node, new HeardReport(report, now));
        }
    }

    /// <summary>Forgets what was heard of recorders that are gone, and from nodes that are.</summary>
    public void Forget()
    {
        var (now, wanted) = (Now, _wanted);
        foreach (var (recorder, heard) in _reports)
        {
            var left = wanted.Has(recorder)
                ? heard.RemoveRange(heard.Where(entry => now - entry.Value.At > TenureDecider.HolderTimeout).Select(entry => entry.Key))
                : ImmutableDictionary<string, HeardReport>.Empty;
            if (left.IsEmpty)
                _reports.TryRemove(recorder, out _);
            else if (left != heard)
                _reports[recorder] = left;
        }
    }

    public ImmutableDictionary<string, HeardReport> ReportsOf(RecorderId recorder) =>
        _reports.GetValueOrDefault(recorder) ?? ImmutableDictionary<string, HeardReport>.Empty;

    public Health FindHealth(WantedRecorder recorder, TimeSpan now)
    {
        var health = Health.NotHeld;
        foreach (var (node, heard) in ReportsOf(recorder.Id))
        {
            if (!heard.Report.IsStoring || now - heard.At > HealthyFor || !Members.TryGetValue(node, out var member))
                continue;

            if (CardLabels.MayHold(member.Card, recorder.Place))
                return Health.Held;

            health = Health.HeldInWrongPlace;
        }

        return health;
    }
}

/// <summary>Members at one moment, with those of each place: a thousand entities ask for them three times a second.</summary>
internal sealed class MembersInSight(IReadOnlyDictionary<string, SeenMember> byNode)
{
    private readonly ConcurrentDictionary<string, IReadOnlyCollection<string>> _candidates = [];

    public IReadOnlyDictionary<string, SeenMember> ByNode => byNode;

    public IReadOnlyCollection<string> FindCandidates(string place) =>
        _candidates.GetOrAdd(place, wanted => byNode.Where(member => CardLabels.MayHold(member.Value.Card, wanted)).Select(member => member.Key).ToHashSet());
}

/// <summary>Whether somebody stores a recorder.</summary>
internal enum Health
{
    /// <summary>Nobody, as far as was heard.</summary>
    NotHeld = 0,

    /// <summary>Only a node that drains or lacks the label.</summary>
    HeldInWrongPlace = 1,

    Held = 2,
}

/// <summary>The recorders that exist, by entity and counted by shard.</summary>
internal sealed class WantedIndex
{
    private readonly Dictionary<string, WantedRecorder> _byEntity = [];
    private readonly Dictionary<ShardName, int> _byShard = [];
    private readonly HashSet<RecorderId> _ids = [];

    public WantedIndex(IReadOnlyCollection<WantedRecorder> recorders)
    {
        Recorders = recorders;
        foreach (var recorder in recorders)
        {
            _byEntity[RecorderEntities.IdOf(recorder)] = recorder;
            _ids.Add(recorder.Id);
            var shard = ShardName.Of(recorder.Id.Value, recorder.Place);
            _byShard[shard] = _byShard.GetValueOrDefault(shard) + 1;
        }
    }

    public IReadOnlyCollection<WantedRecorder> Recorders { get; }

    public IReadOnlyDictionary<string, WantedRecorder> ByEntity => _byEntity;

    public bool Has(RecorderId recorder) => _ids.Contains(recorder);

    public int CountOf(ShardName shard) => _byShard.GetValueOrDefault(shard);
}
