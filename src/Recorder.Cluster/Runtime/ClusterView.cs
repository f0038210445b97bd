using System.Collections.Concurrent;
using System.Collections.Immutable;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Tenures;
using Recorder.Contracts;

namespace Recorder.Cluster.Runtime;

/// <summary>Who holds which recorder and which nodes live, as this node knows it at the moment. Safe to use from any thread.</summary>
internal sealed class ClusterView(string node, TimeProvider time)
{
    // A holder that reported nothing for this long is taken for dead, as TenureDecider does.
    private static readonly TimeSpan ReportTimeout = TenureDecider.HolderTimeout;
    private static readonly TimeSpan SightTimeout = TimeSpan.FromSeconds(4);

    // A partition may last longer, but a node that was not heard of for this long is most likely dead.
    private static readonly TimeSpan UnheardFor = TimeSpan.FromHours(1);

    // A busy machine keeps a member from answering for a second or two, and it is out of reach for as long.
    private static readonly TimeSpan CompanyFor = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<RecorderId, HolderReport> _own = new();
    private readonly ConcurrentDictionary<RecorderId, ImmutableDictionary<string, (HolderReport Report, TimeSpan At)>> _heard = new();
    private readonly ConcurrentDictionary<string, (NodeCard Card, TimeSpan At)> _cards = new();
    private readonly ConcurrentDictionary<RecorderId, KnownTenures> _known = new();
    private readonly ConcurrentDictionary<StartId, bool> _removed = new();
    private readonly ConcurrentDictionary<string, TimeSpan> _togetherUntil = new();
    private readonly TimeSpan _createdAt = time.GetElapsedTime(0);
    private volatile HashSet<string> _members = [];

    /// <summary>The steady clock that all tenures of this node use.</summary>
    public TimeSpan Now => time.GetElapsedTime(0);

    public string Node => node;

    /// <summary>Whether this node is part of a formation.</summary>
    public bool IsInFormation => _members.Count > 0;

    /// <summary>All nodes that are known, by name, this one included.</summary>
    public IReadOnlyList<ClusterMember> Members =>
        [.. _cards.Values.OrderBy(entry => entry.Card.Node, StringComparer.Ordinal).Select(entry => MemberOf(entry.Card, entry.At))];

    public IReadOnlyList<HeldRecorder> Held => [.. _own.Select(entry => new HeldRecorder(entry.Key, entry.Value))];

    public int HeldCount => _own.Count;

    /// <summary>Whether there is a node that is in no formation with this one and did not leave in order: it may be cut off, and record.</summary>
    public bool HasUnheard => _cards.Values.Any(entry => entry.Card.Node != node && !entry.Card.IsLeaving && !_members.Contains(entry.Card.Node)
        && Now - (entry.At > _createdAt ? entry.At : _createdAt) < UnheardFor);

    /// <summary>Whether another node may take recorders over: a member, or one that was a member a moment ago and did not leave in order.</summary>
    public bool HasCompany => _cards.Values.Any(entry => entry.Card is { IsDraining: false, IsLeaving: false } other && other.Node != node
        && (_members.Contains(other.Node) || (_togetherUntil.TryGetValue(other.Node, out var until) && Now - until < CompanyFor)));

    public ClusterMember? Find(string name) =>
        _cards.TryGetValue(name, out var entry) ? MemberOf(entry.Card, entry.At) : null;

    /// <summary>Whether this node holds a recorder, also while another one answers for it.</summary>
    public bool IsHeldHere(RecorderId recorder) => _own.ContainsKey(recorder);

    /// <summary>Whether this node holds a recorder and answers for it.</summary>
    public bool Holds(RecorderId recorder) => IsHeldHere(recorder) && FindHolder(recorder) == node;

    /// <summary>The node that answers for a recorder: of its living holders the one that goes before the others.</summary>
    /// <returns>Null while nobody holds it.</returns>
    public string? FindHolder(RecorderId recorder)
    {
        var now = Now;
        HolderReport? best = _own.GetValueOrDefault(recorder);
        foreach (var (report, at) in _heard.GetValueOrDefault(recorder)?.Values ?? [])
        {
            if (now - at < ReportTimeout && (best is null || report.GoesBefore(best)))
                best = report;
        }

        return best?.Tenure.Node;
    }

    /// <summary>What another member says that stores the recorder's media, or has it ready, and can be asked to hand it over.</summary>
    public HolderReport? FindStoringElsewhere(RecorderId recorder)
    {
        var now = Now;
        return (_heard.GetValueOrDefault(recorder)?.Values ?? [])
            .Where(heard => heard.Report.IsStoring && now - heard.At < ReportTimeout && _members.Contains(heard.Report.Tenure.Node))
            .Select(heard => heard.Report).MaxBy(report => report.Tenure);
    }

    /// <summary>Whether another living node holds a recorder.</summary>
    public bool IsHeldElsewhere(RecorderId recorder)
    {
        var now = Now;
        return (_heard.GetValueOrDefault(recorder)?.Values ?? []).Any(heard => heard.Report.Tenure.Node != node && now - heard.At < ReportTimeout);
    }

    /// <summary>Whether a living node holds a recorder and has something to record, as far as that node knows.</summary>
    public bool IsRecorded(RecorderId recorder)
    {
        var now = Now;
        return _own.GetValueOrDefault(recorder) is { IsIdle: false }
            || (_heard.GetValueOrDefault(recorder)?.Values ?? []).Any(heard => !heard.Report.IsIdle && now - heard.At < ReportTimeout);
    }

    public KnownTenures FindKnown(RecorderId recorder) => _known.GetValueOrDefault(recorder);

    public void SetKnown(RecorderId recorder, KnownTenures known) => _known[recorder] = known;

    public void SetOwn(RecorderId recorder, HolderReport? report)
    {
        if (report is null)
            _own.TryRemove(recorder, out _);
        else
            _own[recorder] = report;
    }

    public void Hear(NodeCard from, IReadOnlyList<HeldRecorder> held)
    {
        var now = Now;
        See(from);
        foreach (var (recorder, report) in held)
        {
            _heard.AddOrUpdate(
                recorder, _ => ImmutableDictionary<string, (HolderReport, TimeSpan)>.Empty.Add(from.Node, (report, now)),
                (_, known) => known.SetItem(from.Node, (report, now)));
        }
    }

    /// <summary>A holder has ended: it is not asked for the recorder any more.</summary>
    public void Forget(RecorderId recorder, string holder)
    {
        if (_heard.TryGetValue(recorder, out var known))
            _heard[recorder] = known.Remove(holder);
    }

    /// <summary>A node was heard of now.</summary>
    public void See(NodeCard card)
    {
        var now = Now;
        _cards.AddOrUpdate(
            card.Node, (card, now), (_, known) => (known.Card.Start == card.Start && known.Card.Revision > card.Revision ? known.Card : card, now));
    }

    /// <summary>A node is known, and was not heard of yet.</summary>
    public void Know(NodeCard card)
    {
        if (!_removed.ContainsKey(card.Start))
            _cards.TryAdd(card.Node, (card, TimeSpan.MinValue));
    }

    /// <summary>Forgets a node. Until it is heard of itself, nobody who still knows it brings it back.</summary>
    public void Remove(NodeCard card)
    {
        _removed[card.Start] = true;
        _cards.TryRemove(card.Node, out _);
    }

    public void SetMembers(IReadOnlyList<NodeCard> members)
    {
        foreach (var before in _members)
            _togetherUntil[before] = Now;

        _members = [.. members.Select(member => member.Node)];
        foreach (var member in members)
            See(member);
    }

    private ClusterMember MemberOf(NodeCard card, TimeSpan seen)
    {
        var isTogether = _members.Contains(card.Node);
        var isAlive = card.Node == node || isTogether || (seen > TimeSpan.MinValue && Now - seen < SightTimeout);
        return new ClusterMember(card, isAlive, isTogether);
    }
}
