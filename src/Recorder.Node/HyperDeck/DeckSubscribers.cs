using System.Collections.Immutable;

namespace Recorder.Node.HyperDeck;

/// <summary>Those who want to hear of a deck's changes. Once one has left, it is called no more.</summary>
internal sealed class DeckSubscribers
{
    private readonly Lock _gate = new();
    private ImmutableList<Subscription> _all = [];

    public IDisposable Add(Action<DeckChange> changed)
    {
        var subscription = new Subscription(this, changed);
        lock (_gate)
        {
            _all = _all.Add(subscription);
        }

        return subscription;
    }

    public void Tell(DeckChange change)
    {
        lock (_gate)
        {
            foreach (var subscription in _all)
                subscription.Changed(change);
        }
    }

    private sealed class Subscription(DeckSubscribers subscribers, Action<DeckChange> changed) : IDisposable
    {
        public Action<DeckChange> Changed => changed;

        public void Dispose()
        {
            lock (subscribers._gate)
            {
                subscribers._all = subscribers._all.Remove(this);
            }
        }
    }
}
