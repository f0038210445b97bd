using Recorder.ActorKernel.Dispatch;

namespace Recorder.ActorKernel;

/// <summary>Keeps messages for later.</summary>
public interface IStash
{
    /// <summary>How many messages are kept.</summary>
    int Count { get; }

    /// <summary>True when none is.</summary>
    bool IsEmpty { get; }

    /// <summary>True when some are.</summary>
    bool NonEmpty { get; }

    /// <summary>True when no more fit.</summary>
    bool IsFull { get; }

    /// <summary>How many fit; -1 for any number.</summary>
    int Capacity { get; }

    /// <summary>Keeps the message that is being handled.</summary>
    /// <exception cref="IllegalActorStateException">It is kept already.</exception>
    /// <exception cref="StashOverflowException">No more fit.</exception>
    void Stash();

    /// <summary>Puts the oldest message first in the mailbox.</summary>
    void Unstash();

    /// <summary>Puts all messages first in the mailbox, the oldest first.</summary>
    void UnstashAll();

    /// <summary>Puts messages first in the mailbox, the oldest first, and forgets the others.</summary>
    /// <param name="predicate">Says which.</param>
    void UnstashAll(Func<Envelope, bool> predicate);

    /// <summary>Takes all messages out.</summary>
    /// <returns>The messages.</returns>
    IEnumerable<Envelope> ClearStash();

    /// <summary>Puts messages before those that are kept.</summary>
    /// <param name="envelopes">The messages.</param>
    void Prepend(IEnumerable<Envelope> envelopes);
}

/// <summary>An actor with a stash, which the runtime sets after the constructor.</summary>
public interface IActorStash
{
    /// <summary>The stash.</summary>
    IStash Stash { get; set; }
}

/// <summary>An actor with a stash, whatever its mailbox.</summary>
public interface IWithUnrestrictedStash : IActorStash;

/// <summary>An actor with a stash; its limit is <c>stash-capacity</c> of the mailbox, or of the props.</summary>
public interface IWithStash : IWithUnrestrictedStash, IRequiresMessageQueue<IDequeBasedMessageQueueSemantics>;

/// <summary>An actor with a stash without a limit.</summary>
public interface IWithUnboundedStash : IWithUnrestrictedStash, IRequiresMessageQueue<IUnboundedDequeBasedMessageQueueSemantics>;

/// <summary>An actor with a stash with a limit: <c>stash-capacity</c> of the mailbox, or of the props; 100 when neither says.</summary>
public interface IWithBoundedStash : IWithUnrestrictedStash, IRequiresMessageQueue<IBoundedDequeBasedMessageQueueSemantics>;

/// <summary>An untyped actor with a stash.</summary>
public abstract class UntypedActorWithStash : UntypedActor, IWithStash
{
    /// <inheritdoc/>
    public IStash Stash { get; set; } = null!;
}

/// <summary>An untyped actor with a stash without a limit.</summary>
public abstract class UntypedActorWithUnboundedStash : UntypedActor, IWithUnboundedStash
{
    /// <inheritdoc/>
    public IStash Stash { get; set; } = null!;
}

/// <summary>An untyped actor with a stash, whatever its mailbox.</summary>
public abstract class UntypedActorWithUnrestrictedStash : UntypedActor, IWithUnrestrictedStash
{
    /// <inheritdoc/>
    public IStash Stash { get; set; } = null!;
}

/// <summary>Makes stashes.</summary>
public static class StashFactory
{
    /// <summary>A stash for an actor.</summary>
    /// <param name="context">The context of the actor.</param>
    /// <param name="actorInstance">The actor.</param>
    /// <returns>The stash.</returns>
    public static IStash CreateStash(this IActorContext context, IActorStash actorInstance) =>
        CreateStash(context, actorInstance.GetType());

    /// <summary>A stash for an actor.</summary>
    /// <typeparam name="T">The type of the actor.</typeparam>
    /// <param name="context">The context of the actor.</param>
    /// <returns>The stash.</returns>
    public static IStash CreateStash<T>(this IActorContext context)
        where T : ActorBase => CreateStash(context, typeof(T));

    /// <summary>A stash for an actor.</summary>
    /// <param name="context">The context of the actor.</param>
    /// <param name="actorType">The type of the actor.</param>
    /// <returns>The stash.</returns>
    /// <exception cref="ArgumentException">The actor has no stash.</exception>
    public static IStash CreateStash(this IActorContext context, Type actorType)
    {
        var cell = (ActorCell)context;
        if (typeof(IWithBoundedStash).IsAssignableFrom(actorType))
            return new Internal.BoundedStashImpl(cell, cell.StashCapacity >= 0 ? cell.StashCapacity : 100);
        if (typeof(IWithUnboundedStash).IsAssignableFrom(actorType))
            return new Internal.UnboundedStashImpl(cell);
        if (typeof(IActorStash).IsAssignableFrom(actorType))
            return new Internal.BoundedStashImpl(cell, cell.StashCapacity);
        throw new ArgumentException($"Actor {actorType} implements an unrecognized subclass of {typeof(IActorStash)} - cannot instantiate", nameof(actorType));
    }
}
