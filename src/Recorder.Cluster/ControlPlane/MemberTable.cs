using System.Collections.Immutable;
using Akka.Cluster;
using Recorder.Cluster.Nodes;

namespace Recorder.Cluster.ControlPlane;

/// <summary>The members of the cluster as the gateway was told of them, with the cards that they sent.</summary>
internal sealed class MemberTable(UniqueAddress self)
{
    private readonly Dictionary<UniqueAddress, Member> _members = [];
    private readonly HashSet<UniqueAddress> _unreachable = [];
    private ImmutableDictionary<Address, NodeCard> _cards = ImmutableDictionary<Address, NodeCard>.Empty;

    /// <summary>Whether this node is a member.</summary>
    public bool IsJoined => _members.ContainsKey(self);

    /// <summary>The first of the members by name.</summary>
    public string Leader => _members.Values.Select(MemberName.Of).Min(StringComparer.Ordinal)!;

    /// <summary>The cards by address, also of members that cannot be reached.</summary>
    public IReadOnlyDictionary<Address, NodeCard> Cards => _cards;

    /// <summary>The addresses of the other members that can be reached.</summary>
    public IEnumerable<Address> Others => _members.Keys.Where(member => member != self && !_unreachable.Contains(member)).Select(member => member.Address);

    /// <summary>Takes a member as it is now.</summary>
    /// <returns>Whether it became one.</returns>
    public bool Set(Member member)
    {
        if (!member.HasRole(ControlPlaneConfig.RecorderRole) || member.Status is not (MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Exiting))
        {
            _members.Remove(member.UniqueAddress);
            return false;
        }

        var isNew = !_members.ContainsKey(member.UniqueAddress);
        _members[member.UniqueAddress] = member;
        return isNew;
    }

    public void Remove(Member member)
    {
        _members.Remove(member.UniqueAddress);
        _unreachable.Remove(member.UniqueAddress);
        // A node that came back has the same address, and is told apart by its unique one.
        if (_members.Keys.All(other => other.Address != member.Address))
            _cards = _cards.Remove(member.Address);
    }

    public void SetReachable(Member member, bool isReachable)
    {
        if (isReachable)
            _unreachable.Remove(member.UniqueAddress);
        else
            _unreachable.Add(member.UniqueAddress);
    }

    /// <summary>Takes a card, also of a node of which this one does not know yet that it is a member.</summary>
    /// <returns>Whether it is the first of this run of the node.</returns>
    public bool Learn(Address address, NodeCard card)
    {
        var isNew = !_cards.TryGetValue(address, out var before) || before.Start != card.Start;
        _cards = _cards.SetItem(address, card);
        return isNew;
    }

    public bool IsMember(Address address) => _members.Keys.Any(member => member.Address == address);

    public NodeCard? FindCard(Address address) => _cards.GetValueOrDefault(address);

    /// <summary>The members that can be reached and whose cards are known, this node among them, by node.</summary>
    public IReadOnlyDictionary<string, SeenMember> FindSeen()
    {
        Dictionary<string, SeenMember> seen = [];
        foreach (var member in _members.Keys.Where(member => !_unreachable.Contains(member)))
        {
            if (_cards.TryGetValue(member.Address, out var card))
                seen[card.Node] = new SeenMember(member.Address, card);
        }

        return seen;
    }
}
