using Akka.Event;
using Recorder.Contracts;
using static Recorder.Contracts.EventsProtocol;

namespace Recorder.Client;

/// <summary>
/// Events as they happen, for all subscribers over one connection, which exists while there are subscribers. They are told of
/// every event, like the subscribers of recorders in the process.
/// </summary>
internal sealed class LiveEventsActor : ReceiveActor
{
    private const int AtOnce = 500;

    private readonly RecorderHttpClient _client;
    private readonly Dictionary<IActorRef, List<Subscribe>> _subscribers = [];
    private readonly List<IActorRef> _waiting = [];
    private EventFeed? _feed;
    private bool _isConnected;

    public LiveEventsActor(RecorderHttpClient client)
    {
        _client = client;
        Receive<Subscribe>(OnSubscribe);
        Receive<Checked>(OnChecked);
        Receive<Unsubscribe>(_ =>
        {
            Remove(Sender);
            Sender.Tell(new Unsubscribed());
        });
        Receive<EventFeed.Connected>(connected => connected.Feed == _feed, _ => OnConnected());
        Receive<EventFeed.Item>(item => item.Feed == _feed, item => OnItem(item.Content));
        Receive<EventFeed.Failed>(failed => failed.Feed == _feed, failed => OnFailed(failed.Reason));
        Receive<Terminated>(terminated => Remove(terminated.ActorRef));
        ReceiveAny(_ => { });
    }

    public static Props PropsFor(RecorderHttpClient client) => Props.Create(() => new LiveEventsActor(client));

    protected override void PostStop() => _feed?.Dispose();

    private void OnSubscribe(Subscribe subscription)
    {
        if (subscription.Label is not null)
            Refuse(Sender, subscription, ErrorName.NotSupportedError, "Nodes do not select events by label; subscribe to the recorders that have it, or to all.");
        else if (subscription is { MustExist: true, Recorder: { } recorder })
            Check(subscription, recorder, Sender);
        else
            Add(Sender, subscription);
    }

    private void Check(Subscribe subscription, RecorderId recorder, IActorRef subscriber) =>
        _ = _client.FindAsync(recorder).PipeTo(
            Self, Self,
            found => new Checked(subscription, subscriber, found is null ? $"There is no recorder '{recorder}' to subscribe to; define it first." : null),
            failed => new Checked(subscription, subscriber, (failed.InnerException ?? failed).Message));

    private void OnChecked(Checked check)
    {
        if (check.Problem is { } problem)
            Refuse(check.Subscriber, check.Subscription, ErrorName.InvalidStateError, problem);
        else
            Add(check.Subscriber, check.Subscription);
    }

    private void Add(IActorRef subscriber, Subscribe subscription)
    {
        if (!_subscribers.TryGetValue(subscriber, out var subscriptions))
        {
            _subscribers.Add(subscriber, subscriptions = []);
            Context.Watch(subscriber);
        }

        if (!subscriptions.Contains(subscription))
            subscriptions.Add(subscription);

        _feed ??= EventFeed.Start(_client, new EventSelection(), null, AtOnce, Self, Context.GetLogger());
        if (_isConnected)
            subscriber.Tell(new Subscribed());
        else
            _waiting.Add(subscriber);
    }

    private void OnConnected()
    {
        _isConnected = true;
        foreach (var subscriber in _waiting)
            subscriber.Tell(new Subscribed());

        _waiting.Clear();
    }

    private void OnItem(EventStreamItem item)
    {
        _feed!.Grant(1);
        foreach (var (subscriber, subscriptions) in _subscribers)
        {
            if (item is EventReceived { Event: var raised } && subscriptions.Exists(one => Matches(one, raised)))
                subscriber.Tell(raised, ActorRefs.NoSender);
            else if (item is EventsLost)
                subscriber.Tell(item, ActorRefs.NoSender);
        }
    }

    // Every node refuses: the key was removed, or is none of theirs.
    private void OnFailed(Exception reason)
    {
        foreach (var subscriber in _subscribers.Keys.ToList())
        {
            subscriber.Tell(new Status.Failure(reason), ActorRefs.NoSender);
            Remove(subscriber);
        }
    }

    private void Remove(IActorRef subscriber)
    {
        _subscribers.Remove(subscriber);
        _waiting.RemoveAll(waiting => waiting.Equals(subscriber));
        Context.Unwatch(subscriber);
        if (_subscribers.Count > 0)
            return;

        _feed?.Dispose();
        (_feed, _isConnected) = (null, false);
    }

    private static bool Matches(Subscribe subscription, RecorderProtocol.IEvent raised) =>
        (subscription.Recorder is not { } recorder || recorder == raised.Recorder)
        && (subscription.Kind is not { } kind || kind.IsInstanceOfType(raised));

    private static void Refuse(IActorRef subscriber, Subscribe subscription, ErrorName name, string message) => subscriber.Tell(
        new RecorderProtocol.Refused(subscription.Recorder ?? new RecorderId(""), RecorderState.Unknown, new MediaError(name, message)));

    private sealed record Checked(Subscribe Subscription, IActorRef Subscriber, string? Problem);
}
