using Akka.Hosting;
using Recorder.Client;
using static Recorder.Client.SubscriptionProtocol;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Testing;

/// <summary>
/// The actor of <see cref="Recorders"/> over the recorders of a world. Positions are numbers of the events since it was made.
/// </summary>
internal sealed class WorldRecordersActor : ReceiveActor
{
    private readonly List<IEvent> _journal = [];
    private readonly Dictionary<IActorRef, Subscription> _subscriptions = [];
    private readonly IActorRef _events;
    private int _forgotten;

    public WorldRecordersActor(IActorRef recorders, IActorRef events)
    {
        _events = events;
        Receive<ICommand>(recorders.Forward);
        Receive<EventsProtocol.Subscribe>(events.Forward);
        Receive<EventsProtocol.Unsubscribe>(unsubscribe =>
        {
            _subscriptions.Remove(Sender);
            events.Forward(unsubscribe);
        });
        Receive<EventsProtocol.Subscribed>(_ => { });
        Receive<SubscribeFrom>(OnSubscribeFrom);
        Receive<Acknowledged>(OnAcknowledged);
        Receive<IEvent>(OnEvent);
        Receive<Forget>(_ => OnForget());
        Receive<Terminated>(terminated => _subscriptions.Remove(terminated.ActorRef));
    }

    protected override void PreStart() => _events.Tell(new EventsProtocol.Subscribe());

    private void OnSubscribeFrom(SubscribeFrom subscription)
    {
        var next = subscription.Position is { } position ? int.Parse(position.ToString(), System.Globalization.CultureInfo.InvariantCulture) : _journal.Count;
        var made = new Subscription(subscription, next);
        _subscriptions[Sender] = made;
        Context.Watch(Sender);
        Sender.Tell(new EventsProtocol.Subscribed());
        Sender.Tell(new PositionReached(PositionOf(next)));
        Deliver(Sender, made);
    }

    private void OnAcknowledged(Acknowledged acknowledged)
    {
        if (_subscriptions.TryGetValue(Sender, out var subscription) && subscription.Window.Acknowledge(acknowledged.Position) > 0)
            Deliver(Sender, subscription);
    }

    private void OnEvent(IEvent raised)
    {
        _journal.Add(raised);
        foreach (var (subscriber, subscription) in _subscriptions)
            Deliver(subscriber, subscription);
    }

    private void OnForget()
    {
        _forgotten = _journal.Count;
        foreach (var (subscriber, subscription) in _subscriptions)
            Deliver(subscriber, subscription);
    }

    private void Deliver(IActorRef subscriber, Subscription subscription)
    {
        if (subscription.Next < _forgotten && subscription.Window.Count < subscription.Asked.MostUnacknowledged)
        {
            var lost = new EventsLost("", PositionOf(_forgotten)) { From = subscription.Next + 1, To = _forgotten };
            subscription.Next = _forgotten;
            subscription.Window.Sent(lost.Position);
            subscriber.Tell(lost);
        }

        while (subscription.Window.Count < subscription.Asked.MostUnacknowledged && subscription.Next < _journal.Count)
        {
            var raised = _journal[subscription.Next++];
            if (!subscription.Selects(raised))
                continue;

            var item = new EventReceived(raised, PositionOf(subscription.Next));
            subscription.Window.Sent(item.Position);
            subscriber.Tell(item);
        }
    }

    private static EventPosition PositionOf(int number) => EventPosition.Start.At(number.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The events until now are gone for those who do not have them.</summary>
    internal sealed record Forget;

    private sealed class Subscription(SubscribeFrom asked, int next)
    {
        public SubscribeFrom Asked => asked;

        public DeliveryWindow Window { get; } = new();

        public int Next { get; set; } = next;

        public bool Selects(IEvent raised) => asked.Selection is not { } selection
            || ((selection.Recorder ?? raised.Recorder) == raised.Recorder
                && (selection.Kinds.Count == 0 || selection.Kinds.Any(kind => kind.IsInstanceOfType(raised))));
    }

    /// <summary>What a program gets injected.</summary>
    internal sealed class Required(IActorRef actor) : IRequiredActor<Recorders>
    {
        public IActorRef ActorRef => actor;

        public Task<IActorRef> GetAsync(CancellationToken cancellationToken = default) => Task.FromResult(actor);
    }
}
