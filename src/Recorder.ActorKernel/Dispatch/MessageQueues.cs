using System.Collections.Concurrent;
using Recorder.ActorKernel.Event;

namespace Recorder.ActorKernel.Dispatch.MessageQueues;

/// <summary>A queue of user messages: many producers, one consumer.</summary>
public interface IMessageQueue
{
    /// <summary>True when a message waits.</summary>
    bool HasMessages { get; }

    /// <summary>About how many wait.</summary>
    int Count { get; }

    /// <summary>Adds a message, or deals with it otherwise when there is no room.</summary>
    /// <param name="receiver">Whose queue it is.</param>
    /// <param name="envelope">The message.</param>
    void Enqueue(IActorRef receiver, Envelope envelope);

    /// <summary>Takes the next message.</summary>
    /// <param name="envelope">The message.</param>
    /// <returns>Whether there was one.</returns>
    bool TryDequeue(out Envelope envelope);

    /// <summary>Gives everything to another queue.</summary>
    /// <param name="owner">Whose queue it is.</param>
    /// <param name="deadletters">The other queue.</param>
    void CleanUp(IActorRef owner, IMessageQueue deadletters);
}

/// <summary>The default queue: no limit, and no allocation while the actor keeps up.</summary>
public class UnboundedMessageQueue : IMessageQueue, IUnboundedMessageQueueSemantics
{
    internal UserQueue Queue { get; } = new();

    /// <inheritdoc/>
    public bool HasMessages => !Queue.IsEmpty;

    /// <inheritdoc/>
    public int Count => Queue.Count;

    /// <inheritdoc/>
    public void Enqueue(IActorRef receiver, Envelope envelope) => Queue.Enqueue(envelope.Message, envelope.Sender);

    /// <inheritdoc/>
    public bool TryDequeue(out Envelope envelope)
    {
        if (Queue.TryDequeue(out var message, out var sender))
        {
            envelope = new Envelope(message, sender);
            return true;
        }

        envelope = default;
        return false;
    }

    /// <inheritdoc/>
    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        while (TryDequeue(out var envelope))
            deadletters.Enqueue(owner, envelope);
    }
}

/// <summary>
/// A queue with room for a number of messages. Who sends to a full one waits up to the push timeout for room; then the
/// message goes to dead letters. With a push timeout of 0 it goes there at once; a negative one waits for ever.
/// </summary>
public class BoundedMessageQueue : IMessageQueue, IBoundedMessageQueueSemantics
{
    private readonly ConcurrentQueue<Envelope> _queue = new();
    private readonly SemaphoreSlim _room;

    /// <summary>A queue as configured by <c>mailbox-capacity</c> and <c>mailbox-push-timeout-time</c>.</summary>
    /// <param name="config">The configuration.</param>
    public BoundedMessageQueue(Configuration.Config config)
        : this(config.GetInt("mailbox-capacity"), config.GetTimeSpan("mailbox-push-timeout-time"))
    {
    }

    /// <summary>A queue.</summary>
    /// <param name="boundedCapacity">How many messages it holds; at least 1.</param>
    /// <param name="pushTimeOut">How long a sender waits for room.</param>
    /// <exception cref="ArgumentException">The capacity is not positive.</exception>
    public BoundedMessageQueue(int boundedCapacity, TimeSpan pushTimeOut)
    {
        if (boundedCapacity < 1)
            throw new ArgumentException("The capacity of a bounded queue must be positive", nameof(boundedCapacity));
        PushTimeOut = pushTimeOut;
        _room = new SemaphoreSlim(boundedCapacity);
    }

    /// <summary>How long a sender waits for room.</summary>
    public TimeSpan PushTimeOut { get; set; }

    /// <inheritdoc/>
    public bool HasMessages => !_queue.IsEmpty;

    /// <inheritdoc/>
    public int Count => _queue.Count;

    /// <inheritdoc/>
    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        var timeout = PushTimeOut < TimeSpan.Zero ? Timeout.InfiniteTimeSpan : PushTimeOut;
        if (_room.Wait(timeout))
        {
            _queue.Enqueue(envelope);
            return;
        }

        var deadLetters = ((IInternalActorRef)receiver).Provider.DeadLetters;
        deadLetters.Tell(new DeadLetter(envelope.Message, envelope.Sender ?? deadLetters, receiver), envelope.Sender);
    }

    /// <inheritdoc/>
    public bool TryDequeue(out Envelope envelope)
    {
        if (!_queue.TryDequeue(out envelope))
            return false;
        _room.Release();
        return true;
    }

    /// <inheritdoc/>
    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        while (TryDequeue(out var envelope))
            deadletters.Enqueue(owner, envelope);
    }
}

/// <summary>A queue that hands out the message with the lowest priority number first; equals in order of arrival.</summary>
/// <param name="priorityGenerator">Gives the number of a message.</param>
/// <param name="initialCapacity">Room to begin with.</param>
public class UnboundedStablePriorityMessageQueue(Func<object, int> priorityGenerator, int initialCapacity)
    : IMessageQueue, IUnboundedMessageQueueSemantics
{
    private readonly PriorityQueue<Envelope, (int Priority, long Order)> _queue = new(initialCapacity);
    private long _order;

    /// <inheritdoc/>
    public bool HasMessages => Count > 0;

    /// <inheritdoc/>
    public int Count
    {
        get
        {
            lock (_queue)
                return _queue.Count;
        }
    }

    /// <inheritdoc/>
    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        var priority = priorityGenerator(envelope.Message);
        lock (_queue)
            _queue.Enqueue(envelope, (priority, _order++));
    }

    /// <inheritdoc/>
    public bool TryDequeue(out Envelope envelope)
    {
        lock (_queue)
            return _queue.TryDequeue(out envelope, out _);
    }

    /// <inheritdoc/>
    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        while (TryDequeue(out var envelope))
            deadletters.Enqueue(owner, envelope);
    }
}

/// <summary>A queue by priority. Equals come in order of arrival, which Akka.NET leaves open.</summary>
/// <param name="priorityGenerator">Gives the number of a message.</param>
/// <param name="initialCapacity">Room to begin with.</param>
public class UnboundedPriorityMessageQueue(Func<object, int> priorityGenerator, int initialCapacity)
    : UnboundedStablePriorityMessageQueue(priorityGenerator, initialCapacity);
