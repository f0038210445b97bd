namespace Recorder.ActorKernel;

/// <summary>Something that a message can be told to.</summary>
public interface ICanTell
{
    /// <summary>Sends a message, at most once, without waiting.</summary>
    /// <param name="message">The message; never null.</param>
    /// <param name="sender">Who a reply goes to; null for nobody.</param>
    void Tell(object message, IActorRef? sender);
}

/// <summary>A handle to an actor: the only thing that others know of it.</summary>
public interface IActorRef : ICanTell, IEquatable<IActorRef>, IComparable<IActorRef>, IComparable
{
    /// <summary>The path of the actor, with the uid of its incarnation.</summary>
    ActorPath Path { get; }
}

/// <summary>Says whether a reference points into this process.</summary>
public interface IActorRefScope
{
    /// <summary>True when the actor runs in this process.</summary>
    bool IsLocal { get; }
}

/// <summary>What a scheduler-like owner may watch.</summary>
public interface ICanWatch
{
    /// <summary>Asks for a <see cref="Terminated"/> when the subject stops.</summary>
    /// <param name="subject">The actor to watch.</param>
    /// <returns>The subject.</returns>
    IActorRef Watch(IActorRef subject);

    /// <summary>Asks for a message of one's own, instead of <see cref="Terminated"/>, when the subject stops.</summary>
    /// <param name="subject">The actor to watch.</param>
    /// <param name="message">What is sent when it stops; never null.</param>
    /// <returns>The subject.</returns>
    IActorRef WatchWith(IActorRef subject, object message);

    /// <summary>Ends a watch; a termination message that is already queued is dropped.</summary>
    /// <param name="subject">The watched actor.</param>
    /// <returns>The subject.</returns>
    IActorRef Unwatch(IActorRef subject);
}

/// <summary>What the runtime itself needs of every reference.</summary>
public interface IInternalActorRef : IActorRef, IActorRefScope
{
    /// <summary>The reference of the parent.</summary>
    IInternalActorRef Parent { get; }

    /// <summary>The provider of the system that the reference belongs to.</summary>
    IActorRefProvider Provider { get; }

    /// <summary>True when the actor has stopped. Prefer watching.</summary>
    bool IsTerminated { get; }

    /// <summary>Looks up a descendant by the names on the way; ".." goes up.</summary>
    /// <param name="name">The names.</param>
    /// <returns>The reference, or <see cref="ActorRefs.Nobody"/>.</returns>
    IActorRef GetChild(IReadOnlyList<string> name);

    /// <summary>Resumes after <see cref="Suspend"/>.</summary>
    /// <param name="causedByFailure">The failure that suspended it, if any.</param>
    void Resume(Exception? causedByFailure = null);

    /// <summary>Starts the actor.</summary>
    void Start();

    /// <summary>Stops the actor after the current message.</summary>
    void Stop();

    /// <summary>Restarts the actor.</summary>
    /// <param name="cause">Why.</param>
    void Restart(Exception cause);

    /// <summary>Suspends the processing of user messages.</summary>
    void Suspend();

    /// <summary>Enqueues a message of the runtime, which goes before every user message.</summary>
    /// <param name="message">The message.</param>
    void SendSystemMessage(Dispatch.SysMsg.ISystemMessage message);
}

/// <summary>A reference that stands in for an actor until it has been created.</summary>
public interface IRepointableRef : IActorRefScope
{
    /// <summary>True when the actor behind it exists.</summary>
    bool IsStarted { get; }
}
