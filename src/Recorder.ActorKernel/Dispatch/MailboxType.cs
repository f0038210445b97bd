using Recorder.ActorKernel.Configuration;
using Recorder.ActorKernel.Dispatch.MessageQueues;

namespace Recorder.ActorKernel.Dispatch;

/// <summary>The root of the marks that say what a queue can do.</summary>
public interface ISemantics;

/// <summary>The queue has no limit.</summary>
public interface IUnboundedMessageQueueSemantics : ISemantics;

/// <summary>The queue has a limit.</summary>
public interface IBoundedMessageQueueSemantics : ISemantics
{
    /// <summary>How long a sender waits for room.</summary>
    TimeSpan PushTimeOut { get; }
}

/// <summary>Messages can be put first. Every mailbox of the kernel can do that.</summary>
public interface IDequeBasedMessageQueueSemantics : ISemantics;

/// <summary>Messages can be put first, and there is no limit.</summary>
public interface IUnboundedDequeBasedMessageQueueSemantics : IDequeBasedMessageQueueSemantics, IUnboundedMessageQueueSemantics;

/// <summary>Messages can be put first, and there is a limit.</summary>
public interface IBoundedDequeBasedMessageQueueSemantics : IDequeBasedMessageQueueSemantics, IBoundedMessageQueueSemantics;

/// <summary>Many consumers may take from the queue.</summary>
public interface IMultipleConsumerSemantics : ISemantics;

/// <summary>Says on an actor what its queue must be able to do.</summary>
/// <typeparam name="T">What.</typeparam>
public interface IRequiresMessageQueue<T>
    where T : ISemantics;

/// <summary>Says on a mailbox type which queue it makes.</summary>
/// <typeparam name="TQueue">The queue.</typeparam>
public interface IProducesMessageQueue<TQueue>
    where TQueue : IMessageQueue;

/// <summary>Says on a mailbox type that senders may have to wait.</summary>
public interface IProducesPushTimeoutSemanticsMailbox
{
    /// <summary>How long.</summary>
    TimeSpan PushTimeout { get; }
}

/// <summary>Makes the queues of mailboxes. Configured by name: <c>my-mailbox { mailbox-type = "…" }</c>.</summary>
/// <param name="settings">The settings of the system.</param>
/// <param name="config">The block of the mailbox.</param>
public abstract class MailboxType(Settings? settings, Config config)
{
    /// <summary>The settings of the system.</summary>
    protected readonly Settings Settings = settings!;

    /// <summary>The block of the mailbox.</summary>
    protected readonly Config Config = config;

    internal int StashCapacity => Config.GetInt("stash-capacity", -1);

    /// <summary>Makes a queue.</summary>
    /// <param name="owner">Whose.</param>
    /// <param name="system">The system.</param>
    /// <returns>The queue.</returns>
    public abstract IMessageQueue Create(IActorRef owner, ActorSystem system);
}

/// <summary>The default: no limit.</summary>
/// <param name="settings">The settings of the system.</param>
/// <param name="config">The block of the mailbox.</param>
public sealed class UnboundedMailbox(Settings? settings, Config config)
    : MailboxType(settings, config), IProducesMessageQueue<UnboundedMessageQueue>
{
    /// <summary>A type with nothing configured.</summary>
    public UnboundedMailbox()
        : this(null, Config.Empty)
    {
    }

    /// <inheritdoc/>
    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new UnboundedMessageQueue();
}

/// <summary>No limit, and messages can be put first, as every mailbox of the kernel can.</summary>
/// <param name="settings">The settings of the system.</param>
/// <param name="config">The block of the mailbox.</param>
public sealed class UnboundedDequeBasedMailbox(Settings? settings, Config config)
    : MailboxType(settings, config), IProducesMessageQueue<UnboundedMessageQueue>
{
    /// <inheritdoc/>
    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new UnboundedMessageQueue();
}

/// <summary>
/// A limited mailbox: <c>mailbox-capacity</c> messages wait at most. Who sends to a full one waits up to
/// <c>mailbox-push-timeout-time</c>, then the message goes to dead letters; 0 sends it there at once.
/// </summary>
public sealed class BoundedMailbox
    : MailboxType, IProducesMessageQueue<BoundedMessageQueue>, IProducesPushTimeoutSemanticsMailbox
{
    /// <summary>A type as configured.</summary>
    /// <param name="settings">The settings of the system.</param>
    /// <param name="config">The block of the mailbox.</param>
    /// <exception cref="ArgumentException">The capacity or the timeout is negative.</exception>
    public BoundedMailbox(Settings? settings, Config config)
        : base(settings, config)
    {
        (Capacity, PushTimeout) = BoundedSettings.Read(nameof(BoundedMailbox), config);
    }

    /// <summary>How many messages wait at most.</summary>
    public int Capacity { get; }

    /// <inheritdoc/>
    public TimeSpan PushTimeout { get; }

    /// <inheritdoc/>
    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new BoundedMessageQueue(Capacity, PushTimeout);
}

/// <summary>A limited mailbox whose messages can be put first, as those of every mailbox of the kernel can.</summary>
public class BoundedDequeBasedMailbox
    : MailboxType, IProducesMessageQueue<BoundedMessageQueue>, IProducesPushTimeoutSemanticsMailbox
{
    /// <summary>A type as configured.</summary>
    /// <param name="settings">The settings of the system.</param>
    /// <param name="config">The block of the mailbox.</param>
    /// <exception cref="ArgumentException">The capacity or the timeout is negative.</exception>
    public BoundedDequeBasedMailbox(Settings? settings, Config config)
        : base(settings, config)
    {
        (Capacity, PushTimeout) = BoundedSettings.Read(nameof(BoundedDequeBasedMailbox), config);
    }

    /// <summary>How many messages wait at most.</summary>
    public int Capacity { get; }

    /// <inheritdoc/>
    public TimeSpan PushTimeout { get; }

    /// <inheritdoc/>
    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new BoundedMessageQueue(Capacity, PushTimeout);
}

/// <summary>A mailbox by priority; derive and say the priorities.</summary>
/// <param name="settings">The settings of the system.</param>
/// <param name="config">The block of the mailbox.</param>
public abstract class UnboundedPriorityMailbox(Settings? settings, Config config)
    : MailboxType(settings, config), IProducesMessageQueue<UnboundedPriorityMessageQueue>
{
    /// <summary>Room to begin with.</summary>
    public const int DefaultCapacity = 11;

    /// <summary>Room to begin with.</summary>
    public int InitialCapacity { get; } = DefaultCapacity;

    /// <inheritdoc/>
    public sealed override IMessageQueue Create(IActorRef owner, ActorSystem system) =>
        new UnboundedPriorityMessageQueue(PriorityGenerator, InitialCapacity);

    /// <summary>The priority of a message; the lowest comes first.</summary>
    /// <param name="message">The message.</param>
    /// <returns>The priority.</returns>
    protected abstract int PriorityGenerator(object message);
}

/// <summary>A mailbox by priority whose equals come in order of arrival; derive and say the priorities.</summary>
/// <param name="settings">The settings of the system.</param>
/// <param name="config">The block of the mailbox.</param>
public abstract class UnboundedStablePriorityMailbox(Settings? settings, Config config)
    : MailboxType(settings, config), IProducesMessageQueue<UnboundedStablePriorityMessageQueue>
{
    /// <summary>Room to begin with.</summary>
    public const int DefaultCapacity = 11;

    /// <summary>Room to begin with.</summary>
    public int InitialCapacity { get; } = DefaultCapacity;

    /// <inheritdoc/>
    public sealed override IMessageQueue Create(IActorRef owner, ActorSystem system) =>
        new UnboundedStablePriorityMessageQueue(PriorityGenerator, InitialCapacity);

    /// <summary>The priority of a message; the lowest comes first.</summary>
    /// <param name="message">The message.</param>
    /// <returns>The priority.</returns>
    protected abstract int PriorityGenerator(object message);
}

internal static class BoundedSettings
{
    public static (int Capacity, TimeSpan PushTimeout) Read(string type, Config config)
    {
        var capacity = config.GetInt("mailbox-capacity", 1000);
        var timeout = config.GetTimeSpan("mailbox-push-timeout-time", TimeSpan.FromSeconds(10));
        if (capacity < 0)
            throw new ArgumentException($"The capacity for {type} cannot be negative", nameof(config));
        if (timeout < TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan)
            throw new ArgumentException($"The push time-out for {type} cannot be be negative", nameof(config));
        return (capacity, timeout);
    }
}
