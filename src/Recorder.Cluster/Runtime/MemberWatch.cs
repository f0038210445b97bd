using Recorder.Cluster.Nodes;

namespace Recorder.Cluster.Runtime;

/// <summary>Tells subscribers what happens to the nodes. Safe to use from any thread.</summary>
internal sealed class MemberWatch(ClusterView view)
{
    private readonly Lock _gate = new();
    private readonly List<Action<MemberChanged>> _subscribers = [];
    private Dictionary<string, ClusterMember> _before = [];

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
                .. now.Values.Select(member => new MemberChanged(member, Compare(_before.GetValueOrDefault(member.Name), member))).Where(change => change.Change != default),
                .. _before.Values.Where(old => !now.ContainsKey(old.Name)).Select(old => new MemberChanged(old with { IsAlive = false }, MemberChange.Left)),
            ];
            _before = now;
            foreach (var change in changes)
                _subscribers.ForEach(subscriber => subscriber(change));

            return changes;
        }
    }

    private static MemberChange Compare(ClusterMember? before, ClusterMember now) => (before, now) switch
    {
        (null, { IsAlive: true }) => MemberChange.Joined,
        (null, _) => default,
        ({ IsAlive: true }, { IsAlive: false }) => now.Card.IsLeaving ? MemberChange.Left : MemberChange.Died,
        (_, { IsAlive: true }) when before.Card.Start != now.Card.Start => MemberChange.Joined,
        ({ IsAlive: false }, { IsAlive: true }) => MemberChange.Returned,
        _ when before.Card.IsDraining == now.Card.IsDraining || now.Card.IsLeaving => default,
        _ => now.Card.IsDraining ? MemberChange.Draining : MemberChange.Resumed,
    };

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
