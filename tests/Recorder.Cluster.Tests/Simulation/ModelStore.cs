using Recorder.Actors.Cluster;
using Recorder.Contracts;

namespace Recorder.Cluster.Tests.Simulation;

/// <summary>
/// What the database's transactions do, in memory and by a clock that is told: the model that the protocol is simulated on.
/// <c>StoreModelSpecs</c> holds it to the real database.
/// </summary>
internal sealed class ModelStore(TimeSpan lease, Func<TimeSpan> now)
{
    private const long NumbersOfATenure = 1_000_000;

    private readonly SortedDictionary<string, NodeRow> _nodes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, RecorderRow> _recorders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _sequences = [];
    private readonly Dictionary<string, long> _positions = [];

    /// <summary>When the database began to serve.</summary>
    public TimeSpan StartedAt { get; set; } = TimeSpan.MinValue / 2;

    public IEnumerable<RecorderRow> Recorders => _recorders.Values;

    public long SequenceOf(string recorder) => _sequences.GetValueOrDefault(recorder);

    public bool IsAlive(string node) => _nodes.TryGetValue(node, out var row) && row.State != MemberState.Left && row.LeaseUntil > now();

    public void Expire(string node) => _nodes[node].LeaseUntil = now() - TimeSpan.FromTicks(1);

    /// <summary>A node that has lived for long.</summary>
    public void Settle(string node) => _nodes[node].AliveSince = TimeSpan.MinValue / 2;

    public long? Join(NodeIdentity node, long life)
    {
        if (!_nodes.TryGetValue(node.Id, out var row))
            row = _nodes[node.Id] = new NodeRow { Identity = node };
        else if (row.Identity.Instance == node.Instance ? row.Life > life : row.LeaseUntil >= now() && row.State != MemberState.Left)
            return null;

        row.Epoch += row.Identity.Instance == node.Instance && row.Life == life ? 0 : 1;
        (row.Identity, row.Life) = (node, life);
        row.State = row.State == MemberState.Draining ? MemberState.Draining : MemberState.Up;
        (row.LeaseUntil, row.AliveSince) = (now() + lease, now());
        return row.Epoch;
    }

    public Renewal? Renew(string node, long epoch)
    {
        if (!_nodes.TryGetValue(node, out var me) || me.Epoch != epoch || me.State == MemberState.Left)
            return null;

        me.AliveSince = me.LeaseUntil < now() ? now() : me.AliveSince;
        me.LeaseUntil = now() + lease;
        return new Renewal(
            me.State, [.. _nodes.Values.Where(row => row.State != MemberState.Left).Select(MemberOf)], _recorders.Count,
            _recorders.Values.Count(row => IsFree(row, node)), _recorders.Values.Count(row => row.Given && row.Owner == node),
            [.. _recorders.Values.Where(row => row.Next == node && !row.NextReady).Select(OwnershipOf)],
            [.. _recorders.Values.Where(row => row.Owner == node && row.NextReady && !row.Given).Select(row => row.Definition.Id)])
        {
            HeldDigest = Held.DigestOf(HeldBy(node, epoch)),
            Revision = (_recorders.Values.Sum(row => row.Token) * 100000) + _recorders.Count,
        };
    }

    public IReadOnlyList<Claim> Claim(string node, long epoch, int limit)
    {
        var rows = _recorders.Values.Where(row => row.Owner == node && row.OwnerEpoch == epoch && row.Given).ToList();
        rows.ForEach(row => row.Given = false);
        if (_nodes.TryGetValue(node, out var me) && me.Epoch == epoch && me.State != MemberState.Left && me.LeaseUntil > now())
        {
            var free = _recorders.Values.Where(row => IsFree(row, node) && Fits(row, me)).Take(limit).ToList();
            foreach (var row in free)
            {
                (row.Owner, row.OwnerEpoch, row.Given, row.Next, row.NextReady) = (node, epoch, false, null, false);
                row.Token++;
            }

            rows.AddRange(free);
        }

        return [.. rows.Select(ClaimOf)];
    }

    public IReadOnlyList<RecorderId> Offer(IReadOnlyList<Held> recorders, string next)
    {
        var offered = recorders.Where(IsHeld).ToList();
        foreach (var held in offered)
            (_recorders[held.Recorder.Value].Next, _recorders[held.Recorder.Value].NextReady) = (next, false);

        return [.. offered.Select(held => held.Recorder)];
    }

    public void Ready(RecorderId recorder, string node)
    {
        if (_recorders.TryGetValue(recorder.Value, out var row) && row.Next == node)
            row.NextReady = true;
    }

    public bool Release(Held held, RecorderHistory history)
    {
        if (!IsHeld(held))
            return false;

        var row = _recorders[held.Recorder.Value];
        var next = row.Next is { } name && _nodes.TryGetValue(name, out var node) && node.State == MemberState.Up && node.LeaseUntil > now() ? node : null;
        row.Token++;
        (row.History, row.Next, row.NextReady) = (history, null, false);
        (row.Owner, row.OwnerEpoch, row.Given) = (next?.Identity.Id, next?.Epoch, next is not null);
        return true;
    }

    public void Disown(string node, long epoch, IReadOnlyList<Held> recorders)
    {
        foreach (var row in recorders.Where(IsHeld).Select(held => _recorders[held.Recorder.Value]))
            row.Owner = row.Owner == node && row.OwnerEpoch == epoch && !row.Given ? null : row.Owner;
    }

    public void Leave(string node, long epoch)
    {
        if (_nodes.TryGetValue(node, out var me) && me.Epoch == epoch)
        {
            me.State = me.State == MemberState.Draining ? MemberState.Draining : MemberState.Left;
            me.LeaseUntil = now();
        }

        foreach (var row in _recorders.Values.Where(row => row.Owner == node && row.OwnerEpoch == epoch))
            (row.Owner, row.Given) = (null, false);
    }

    public bool Define(RecorderDefinition definition) => _recorders.TryAdd(definition.Id.Value, new RecorderRow { Definition = definition });

    public bool Change(RecorderDefinition definition, long token)
    {
        if (!IsHeld(new Held(definition.Id, token)))
            return false;

        _recorders[definition.Id.Value].Definition = definition;
        return true;
    }

    public bool Remove(Held held) => IsHeld(held) && _recorders.Remove(held.Recorder.Value);

    public IReadOnlyList<Held> HeldBy(string node, long epoch) =>
        [.. _recorders.Values.Where(row => row.Owner == node && row.OwnerEpoch == epoch && !row.Given).Select(row => new Held(row.Definition.Id, row.Token))];

    public IReadOnlyList<Ownership> List() => [.. _recorders.Values.Select(OwnershipOf)];

    public Ownership? Find(RecorderId recorder) => _recorders.TryGetValue(recorder.Value, out var row) ? OwnershipOf(row) : null;

    public IReadOnlyList<Member> Members() => [.. _nodes.Values.Select(MemberOf)];

    public bool SetState(string node, MemberState state)
    {
        if (!_nodes.TryGetValue(node, out var row) || row.State == MemberState.Left)
            return false;

        row.State = state;
        return true;
    }

    /// <summary>Entries of a node's journal go into the index: which were taken as their recorder's, and not as late.</summary>
    public IReadOnlyList<Entry> Apply(string node, IReadOnlyList<Entry> entries, Func<RecorderId, SharedIndex.Tenure?> held)
    {
        var position = _positions.GetValueOrDefault(node);
        var fresh = entries.Where(entry => entry.Number > position).ToList();
        var lasts = fresh.Select(entry => entry.Recorder).Distinct().ToDictionary(id => id, id => SequenceOf(id.Value));
        var taken = new List<Entry>();
        foreach (var entry in fresh)
        {
            var isHeld = !_recorders.TryGetValue(entry.Recorder.Value, out var row)
                || (held(entry.Recorder) is { } tenure && tenure.Token == row.Token && entry.Sequence > tenure.Since);
            if (isHeld && entry.Sequence > lasts[entry.Recorder])
            {
                taken.Add(entry);
                _sequences[entry.Recorder.Value] = Math.Max(SequenceOf(entry.Recorder.Value), entry.Sequence);
            }
        }

        _positions[node] = entries.Count == 0 ? position : entries[^1].Number;
        return taken;
    }

    private bool IsHeld(Held held) => _recorders.TryGetValue(held.Recorder.Value, out var row) && row.Token == held.Token;

    private bool IsFree(RecorderRow row, string asker)
    {
        if (row.Owner is null || !_nodes.TryGetValue(row.Owner, out var owner) || owner.Epoch != row.OwnerEpoch || owner.State == MemberState.Left)
            return true;

        return owner.LeaseUntil < now() && StartedAt + (lease * 2) < now() && _nodes[asker].AliveSince + (lease * 2) < now();
    }

    private static bool Fits(RecorderRow row, NodeRow node) =>
        Recorder.Actors.Cluster.Placement.Required(row.Definition).All(label => node.Identity.Labels.TryGetValue(label.Key, out var value) && value == label.Value);

    private Claim ClaimOf(RecorderRow row)
    {
        var id = row.Definition.Id.Value;
        var known = SequenceOf(id);
        var last = row.History is { } history ? Math.Max(history.LastSequence, known)
            : row.Token == 1 ? known
            : ((known / NumbersOfATenure) + 1) * NumbersOfATenure;
        (_sequences[id], row.History) = (last, null);
        return new Claim(row.Definition, row.Token, new RecorderHistory(last, 0) { Epoch = (int)row.Token }, []);
    }

    private Member MemberOf(NodeRow row) => new()
    {
        Identity = row.Identity,
        Epoch = row.Epoch,
        State = row.State,
        IsAlive = row.LeaseUntil > now() && row.State != MemberState.Left,
        Owned = _recorders.Values.Count(it => it.Owner == row.Identity.Id && it.OwnerEpoch == row.Epoch),
    };

    private Ownership OwnershipOf(RecorderRow row) => new(row.Definition, row.Owner, row.Token, row.Owner is { } owner && IsAlive(owner));

    internal sealed record Entry(long Number, RecorderId Recorder, long Sequence);

    internal sealed class NodeRow
    {
        public required NodeIdentity Identity { get; set; }

        public long Epoch { get; set; }

        public long Life { get; set; } = -1;

        public MemberState State { get; set; } = MemberState.Up;

        public TimeSpan LeaseUntil { get; set; }

        public TimeSpan AliveSince { get; set; }
    }

    internal sealed class RecorderRow
    {
        public required RecorderDefinition Definition { get; set; }

        public string? Owner { get; set; }

        public long? OwnerEpoch { get; set; }

        public long Token { get; set; }

        public bool Given { get; set; }

        public string? Next { get; set; }

        public bool NextReady { get; set; }

        public RecorderHistory? History { get; set; }
    }
}
