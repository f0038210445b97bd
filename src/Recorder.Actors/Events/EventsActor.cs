using Recorder.Contracts;

namespace Recorder.Actors.Events;

/// <summary>
/// The mediator: every event of every recorder passes here once and goes to those who asked for it. Subscribers come and go; one that
/// dies is forgotten. Order holds because each recorder's events come in order and each subscriber has one mailbox.
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
        Receive<Terminated>(died => _subscribers.Remove(died.ActorRef));
    }

    public static Props PropsFor() => Props.Create(() => new EventsActor());

    private void OnEvent(RecorderProtocol.IEvent raised)
    {
        foreach (var (subscriber, wishes) in _subscribers)
        {
            if (wishes.Exists(wish => Matches(wish, raised)))
            {
                subscriber.Tell(raised, ActorRefs.NoSender);
            }
        }
    }

    private void OnSubscribe(EventsProtocol.Subscribe wish)
    {
        if (wish is { MustExist: true, Recorder: { } recorder } && !_recorders.Contains(recorder))
        {
            Sender.Tell(new RecorderProtocol.Refused(
                recorder, RecorderState.Inactive,
                new MediaError(ErrorName.InvalidStateError, $"There is no recorder '{recorder}' to subscribe to; create it first.")));
            return;
        }

        if (!_subscribers.TryGetValue(Sender, out var wishes))
        {
            _subscribers.Add(Sender, wishes = []);
            Context.Watch(Sender);
        }

        if (!wishes.Contains(wish))
        {
            wishes.Add(wish);
        }

        Sender.Tell(new EventsProtocol.Subscribed());
    }

    private bool Matches(EventsProtocol.Subscribe wish, RecorderProtocol.IEvent raised) =>
        (wish.Recorder is not { } recorder || recorder == raised.Recorder) && (wish.Kind is not { } kind || kind.IsInstanceOfType(raised))
        && (wish.Label is not { } label || HasLabel(raised.Recorder, label));

    private bool HasLabel(RecorderId recorder, string label)
    {
        var colon = label.IndexOf(':', StringComparison.Ordinal);
        return _labels.TryGetValue(recorder, out var labels) && labels.TryGetValue(colon < 0 ? label : label[..colon], out var value)
            && (colon < 0 || value == label[(colon + 1)..]);
    }

    private void OnLabels(Labels labels)
    {
        if (labels.Values.Count > 0)
        {
            _labels[labels.Recorder] = labels.Values;
        }
        else
        {
            _labels.Remove(labels.Recorder);
        }
    }

    /// <summary>What a recorder is called by: subscriptions by label go by it.</summary>
    /// <param name="Recorder">The recorder.</param>
    /// <param name="Values">Its labels, all of them.</param>
    internal sealed record Labels(RecorderId Recorder, IReadOnlyDictionary<string, string> Values);

    /// <summary>There is a recorder of this name from now on.</summary>
    internal sealed record RecorderCreated(RecorderId Recorder);

    /// <summary>There is no recorder of this name any more.</summary>
    internal sealed record RecorderRemoved(RecorderId Recorder);

    /// <summary>Asks for all subscribers; those of the answer were sent every event that came before this.</summary>
    internal sealed record GetSubscribers;

    /// <summary>All subscribers.</summary>
    internal sealed record Subscribers(IReadOnlyList<IActorRef> All);
}
