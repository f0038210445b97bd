using Recorder.Cluster.Nodes;

namespace Recorder.Cluster.Runtime;

/// <summary>Tells subscribers what happens to the nodes. Safe to use from any thread.</summary>
internal sealed class MemberWatch(ClusterView view)
{
    private readonly Lock _gate = new();
    private readonly List<Action<MemberChanged>> _subscribers = [];
    private readonly Dictionary<string, Seen> _seen = [];

    /// <summary>Tells a subscriber what happens to the nodes from here on, until the result is disposed of.</summary>
    public IDisposable Subscribe(Action<MemberChanged> subscriber)
    {
        lock (_gate)
            _subscribers.Add(subscriber);

        return new Subscription(() => Remove(subscriber));
    }

    /// <summary>Compares the nodes with what they were when this was called before.</summary>
    /// <returns>What happened.</returns>
    public IReadOnlyList<MemberChanged> Update()
    {
        lock (_gate)
        {
            var now = view.Members.ToDictionary(member => member.Name);
            List<MemberChanged> changes =
            [
                .. now.Values.Select(member => new MemberChanged(member, Take(member))).Where(change => change.Change != default),
                .. _seen.Where(seen => !now.ContainsKey(seen.Key)).Select(seen => new MemberChanged(seen.Value.Member with { IsAlive = false }, MemberChange.Left)),
            ];
            foreach (var change in changes)
            {
                if (!now.ContainsKey(change.Member.Name))
                    _seen.Remove(change.Member.Name);

                _subscribers.ForEach(subscriber => subscriber(change));
            }

            return changes;
        }
    }

    private MemberChange Take(ClusterMember now)
    {
        var before = _seen.GetValueOrDefault(now.Name);
        // A node counts when it is together with this one, until it is not heard of any more.
        var change = (before, now) switch
        {
            ({ IsGone: false }, { IsAlive: false }) => now.Card.IsLeaving ? MemberChange.Left : MemberChange.Died,
            (_, { IsTogether: false }) => default,
            _ when before is null || before.Member.Card.Start != now.Card.Start => MemberChange.Joined,
            ({ IsGone: true }, _) => MemberChange.Returned,
            _ when before.Member.Card.IsDraining == now.Card.IsDraining || now.Card.IsLeaving => default,
            _ => now.Card.IsDraining ? MemberChange.Draining : MemberChange.Resumed,
        };
        if (change is MemberChange.Died or MemberChange.Left)
            _seen[now.Name] = new Seen(now, IsGone: true);
        else if (now.IsTogether)
            _seen[now.Name] = new Seen(now, IsGone: false);

        return change;
    }

    private sealed record Seen(ClusterMember Member, bool IsGone);

    private void Remove(Action<MemberChanged> subscriber)
    {
        lock (_gate)
            _subscribers.Remove(subscriber);
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
