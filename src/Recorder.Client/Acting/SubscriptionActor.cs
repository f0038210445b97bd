using Akka.Event;
using Recorder.Contracts;
using static Recorder.Client.SubscriptionProtocol;

namespace Recorder.Client;

/// <summary>One subscriber that acknowledges: reads its events and sends it no more than it may have unacknowledged.</summary>
internal sealed class SubscriptionActor : ReceiveActor
{
    private readonly DeliveryWindow _window = new();
    private readonly RecorderHttpClient _client;
    private readonly SubscribeFrom _subscription;
    private readonly IActorRef _subscriber;
    private EventFeed? _feed;
    private bool _isSubscribed;

    public SubscriptionActor(RecorderHttpClient client, SubscribeFrom subscription, IActorRef subscriber)
    {
        (_client, _subscription, _subscriber) = (client, subscription, subscriber);
        Receive<EventFeed.Connected>(_ => OnConnected());
        Receive<EventFeed.Item>(item => OnItem(item.Content));
        Receive<EventFeed.Failed>(failed => Fail(failed.Reason));
        Receive<Acknowledged>(acknowledged => Grant(_window.Acknowledge(acknowledged.Position)));
        Receive<Terminated>(_ => Context.Stop(Self));
    }

    public static Props PropsFor(RecorderHttpClient client, SubscribeFrom subscription, IActorRef subscriber) =>
        Props.Create(() => new SubscriptionActor(client, subscription, subscriber));

    protected override void PreStart()
    {
        Context.Watch(_subscriber);
        try
        {
            _feed = EventFeed.Start(
                _client, _subscription.Selection ?? new EventSelection(), _subscription.Position, _subscription.MostUnacknowledged, Self, Context.GetLogger());
        }
        catch (ArgumentException invalid)
        {
            // A kind that is no event.
            Fail(invalid);
        }
    }

    protected override void PostStop() => _feed?.Dispose();

    private void OnConnected()
    {
        if (!_isSubscribed)
            _subscriber.Tell(new EventsProtocol.Subscribed(), ActorRefs.NoSender);

        _isSubscribed = true;
    }

    private void OnItem(EventStreamItem item)
    {
        if (item is PositionReached)
        {
            Grant(1);
            // While the subscriber has something to acknowledge, that comes first.
            if (_window.Count > 0)
                return;
        }
        else
        {
            _window.Sent(item.Position);
        }

        _subscriber.Tell(item, Context.Parent);
    }

    private void Grant(int items)
    {
        if (items > 0)
            _feed!.Grant(items);
    }

    private void Fail(Exception reason)
    {
        _subscriber.Tell(new Status.Failure(reason), ActorRefs.NoSender);
        Context.Stop(Self);
    }
}
