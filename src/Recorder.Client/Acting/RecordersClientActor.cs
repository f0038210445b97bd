using Recorder.Contracts;
using static Recorder.Client.SubscriptionProtocol;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Client;

/// <summary>
/// The actor of <see cref="Recorders"/>: sends each recorder's commands one after another, and hands subscriptions to its
/// children.
/// </summary>
internal sealed class RecordersClientActor : ReceiveActor
{
    private readonly RecorderHttpClient _client;
    private readonly int _queueLimit;
    private readonly Dictionary<RecorderId, Queue<Waiting>> _queues = [];
    private readonly Dictionary<IActorRef, IActorRef> _subscriptions = [];
    private readonly CancellationTokenSource _ending = new();
    private IActorRef _live = ActorRefs.Nobody;

    public RecordersClientActor(RecorderHttpClient client, int queueLimit)
    {
        (_client, _queueLimit) = (client, queueLimit);
        Receive<ICommand>(OnCommand);
        Receive<Answered>(OnAnswered);
        Receive<EventsProtocol.Subscribe>(subscribe => _live.Forward(subscribe));
        Receive<EventsProtocol.Unsubscribe>(OnUnsubscribe);
        Receive<SubscribeFrom>(OnSubscribeFrom);
        Receive<Acknowledged>(OnAcknowledged);
        Receive<Terminated>(OnTerminated);
    }

    public static Props PropsFor(RecorderHttpClient client, int queueLimit) => Props.Create(() => new RecordersClientActor(client, queueLimit));

    protected override void PreStart() => _live = Context.ActorOf(LiveEventsActor.PropsFor(_client), "events");

    protected override void PostStop()
    {
        _ending.Cancel();
        foreach (var sent in _queues.Values.Select(queue => queue.Peek()))
            sent.Sender.Tell(new Akka.Actor.Status.Failure(new OutcomeUnknownException($"The client shut down before recorder '{sent.Command.Recorder}' answered.")));

        foreach (var waiting in _queues.Values.SelectMany(queue => queue.Skip(1)))
            waiting.Sender.Tell(Refusal(waiting.Command, "The client is shutting down; the command was not sent."));

        _ending.Dispose();
    }

    private void OnCommand(ICommand command)
    {
        if (!_queues.TryGetValue(command.Recorder, out var queue))
            _queues.Add(command.Recorder, queue = new Queue<Waiting>());

        if (queue.Count > _queueLimit)
        {
            Sender.Tell(Refusal(command, $"{_queueLimit} commands wait for recorder '{command.Recorder}' already; send this one when they are answered."));
            return;
        }

        queue.Enqueue(new Waiting(command, Sender));
        if (queue.Count == 1)
            Send(command);
    }

    private void Send(ICommand command) => _ = _client.AnswerAsync(command, _ending.Token).PipeTo(
        Self, Self, answer => new Answered(command.Recorder, answer), failed => new Answered(command.Recorder, AnswerOf(command, failed)));

    private void OnAnswered(Answered answered)
    {
        var queue = _queues[answered.Recorder];
        queue.Dequeue().Sender.Tell(answered.Answer);
        if (queue.TryPeek(out var next))
            Send(next.Command);
        else
            _queues.Remove(answered.Recorder);
    }

    private void OnUnsubscribe(EventsProtocol.Unsubscribe unsubscribe)
    {
        EndSubscription(Sender);
        _live.Forward(unsubscribe);
    }

    private void OnSubscribeFrom(SubscribeFrom subscription)
    {
        if (subscription.MostUnacknowledged < 1)
        {
            Sender.Tell(new Akka.Actor.Status.Failure(new ArgumentException(
                $"MostUnacknowledged is {subscription.MostUnacknowledged}, but must be at least 1.", nameof(subscription))));
            return;
        }

        EndSubscription(Sender);
        var child = Context.ActorOf(SubscriptionActor.PropsFor(_client, subscription, Sender));
        Context.Watch(child);
        _subscriptions.Add(Sender, child);
    }

    private void OnAcknowledged(Acknowledged acknowledged)
    {
        if (_subscriptions.TryGetValue(Sender, out var child))
            child.Forward(acknowledged);
    }

    private void OnTerminated(Terminated terminated)
    {
        foreach (var (subscriber, _) in _subscriptions.Where(one => one.Value.Equals(terminated.ActorRef)).ToList())
            _subscriptions.Remove(subscriber);
    }

    private void EndSubscription(IActorRef subscriber)
    {
        if (_subscriptions.Remove(subscriber, out var child))
            Context.Stop(child);
    }

    // A command that changed nothing is refused; nobody may take one of unknown outcome for that.
    private static object AnswerOf(ICommand command, Exception failed) => failed switch
    {
        AggregateException { InnerException: { } inner } => AnswerOf(command, inner),
        RecorderRefusedException refused => new Refused(command.Recorder, refused.State, refused.Error),
        RecorderUnavailableException unavailable => Refusal(command, unavailable.Message),
        var other => new Akka.Actor.Status.Failure(other),
    };

    private static Refused Refusal(ICommand command, string message) =>
        new(command.Recorder, RecorderState.Unknown, new MediaError(ErrorName.UnknownError, message));

    private sealed record Waiting(ICommand Command, IActorRef Sender);

    private sealed record Answered(RecorderId Recorder, object Answer);
}
