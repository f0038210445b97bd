using Recorder.Contracts;

namespace Recorder.Actors.Events;

/// <summary>
/// The events mediator: delivers every event of every recorder to the subscribers that asked for it, and forgets subscribers that
/// terminate. The order of events is kept, because each recorder sends them in order and each subscriber has one mailbox.
/// </summary>
internal sealed class EventsActor : ReceiveActor
{
    private readonly Dictionary<IActorRef, List<EventsProtocol.Subscribe>> _subscribers = [];
    private readonly Dictionary<RecorderId, IReadOnlyDictionary<string, string>> _labels = [];
    private readonly HashSet<RecorderId> _recorders = [];

    public EventsActor()
    {
        Receive<RecorderProtocol.IEvent>(OnEvent);
        Receive<EventsProtocol.Subscribe>(OnSubscribe);
        Receive<EventsProtocol.Lagged>(lagged =>
        {
            foreach (var subscriber in _subscribers.Keys)
                subscriber.Tell(lagged, ActorRefs.NoSender);
        });
        Receive<Labels>(OnLabels);
        Receive<RecorderCreated>(created => _recorders.Add(created.Recorder));
        Receive<RecorderRemoved>(removed => _recorders.Remove(removed.Recorder));
        Receive<EventsProtocol.Unsubscribe>(_ =>
        {
            _subscribers.Remove(Sender);
            Context.Unwatch(Sender);
            Sender.Tell(new EventsProtocol.Unsubscribed());
        });
        Receive<GetSubscribers>(_ => Sender.Tell(new Subscribers([.. _subscribers.Keys])));
        Receive<Terminated>(terminated => _subscribers.Remove(terminated.ActorRef));
    }

    public static Props PropsFor() => Props.Create(() => new EventsActor());

    private void OnEvent(RecorderProtocol.IEvent raised)
    {
        foreach (var (subscriber, subscriptions) in _subscribers)
        {
            if (subscriptions.Exists(subscription => Matches(subscription, raised)))
                subscriber.Tell(raised, ActorRefs.NoSender);
        }
    }

    private void OnSubscribe(EventsProtocol.Subscribe subscription)
    {
        if (subscription is { MustExist: true, Recorder: { } recorder } && !_recorders.Contains(recorder))
        {
            Sender.Tell(new RecorderProtocol.Refused(
                recorder, RecorderState.Inactive,
                new MediaError(ErrorName.InvalidStateError, $"There is no recorder '{recorder}' to subscribe to; create it first.")));
            return;
        }

        if (!_subscribers.TryGetValue(Sender, out var subscriptions))
        {
            _subscribers.Add(Sender, subscriptions = []);
            Context.Watch(Sender);
        }

        if (!subscriptions.Contains(subscription))
            subscriptions.Add(subscription);

        Sender.Tell(new EventsProtocol.Subscribed());
    }

    private bool Matches(EventsProtocol.Subscribe subscription, RecorderProtocol.IEvent raised) =>
        (subscription.Recorder is not { } recorder || recorder == raised.Recorder)
        && (subscription.Kind is not { } kind || kind.IsInstanceOfType(raised))
        && (subscription.Label is not { } label || HasLabel(raised.Recorder, label));

    private bool HasLabel(RecorderId recorder, string label)
    {
        var colon = label.IndexOf(':', StringComparison.Ordinal);
        return _labels.TryGetValue(recorder, out var labels) && labels.TryGetValue(colon < 0 ? label : label[..colon], out var value)
            && (colon < 0 || value == label[(colon + 1)..]);
    }

    private void OnLabels(Labels labels)
    {
        if (labels.Values.Count > 0)
            _labels[labels.Recorder] = labels.Values;
        else
            _labels.Remove(labels.Recorder);
    }

    internal sealed record Labels(RecorderId Recorder, IReadOnlyDictionary<string, string> Values);

    internal sealed record RecorderCreated(RecorderId Recorder);

    internal sealed record RecorderRemoved(RecorderId Recorder);

    /// <summary>Asks for all subscribers. They have been sent every event that came before this request.</summary>
    internal sealed record GetSubscribers;

    internal sealed record Subscribers(IReadOnlyList<IActorRef> All);
}
