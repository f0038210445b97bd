namespace Recorder.ActorKernel;

/// <summary>Makes actors and finds them.</summary>
public interface IActorRefFactory
{
    /// <summary>Makes an actor as a child of this context or system.</summary>
    /// <param name="props">How to make it.</param>
    /// <param name="name">Its name; null for one that the runtime gives.</param>
    /// <returns>Its reference. The actor itself is created in its own first turn.</returns>
    /// <exception cref="InvalidActorNameException">The name is not allowed, or taken.</exception>
    IActorRef ActorOf(Props props, string? name = null);

    /// <summary>Actors by path.</summary>
    /// <param name="actorPath">The path.</param>
    /// <returns>The selection.</returns>
    ActorSelection ActorSelection(ActorPath actorPath);

    /// <summary>Actors by path: absolute, relative (<c>../sibling</c>), with wildcards (<c>*</c>, <c>?</c>, <c>**</c>).</summary>
    /// <param name="actorPath">The path.</param>
    /// <returns>The selection.</returns>
    ActorSelection ActorSelection(string actorPath);
}

/// <summary>What an actor can do and know while it handles a message. Valid only then.</summary>
public interface IActorContext : IActorRefFactory, ICanWatch
{
    /// <summary>The actor.</summary>
    IActorRef Self { get; }

    /// <summary>How it was made.</summary>
    Props Props { get; }

    /// <summary>Who sent the message that is being handled; dead letters when nobody did.</summary>
    IActorRef Sender { get; }

    /// <summary>The system.</summary>
    ActorSystem System { get; }

    /// <summary>The parent, which supervises the actor.</summary>
    IActorRef Parent { get; }

    /// <summary>Who gives the actor its turns.</summary>
    Dispatch.MessageDispatcher Dispatcher { get; }

    /// <summary>After how much silence a <see cref="ReceiveTimeout"/> comes; null for never.</summary>
    TimeSpan? ReceiveTimeout { get; }

    /// <summary>Replaces the behaviour.</summary>
    /// <param name="receive">The new behaviour.</param>
    void Become(Receive receive);

    /// <summary>Puts a behaviour on top of the current one.</summary>
    /// <param name="receive">The new behaviour.</param>
    void BecomeStacked(Receive receive);

    /// <summary>Goes back to the behaviour below; the last one stays.</summary>
    void UnbecomeStacked();

    /// <summary>A child.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The child; <see cref="ActorRefs.Nobody"/> when there is none.</returns>
    IActorRef Child(string name);

    /// <summary>The children.</summary>
    /// <returns>The children that are alive or stopping.</returns>
    IEnumerable<IActorRef> GetChildren();

    /// <summary>Asks for a <see cref="ReceiveTimeout"/> after silence.</summary>
    /// <param name="timeout">How much; null to end it.</param>
    void SetReceiveTimeout(TimeSpan? timeout);

    /// <summary>Stops an actor, usually a child or Self, after its current message.</summary>
    /// <param name="child">The actor.</param>
    void Stop(IActorRef child);
}

/// <summary>The context of an <see cref="UntypedActor"/>.</summary>
public interface IUntypedActorContext : IActorContext
{
    /// <summary>Replaces the behaviour.</summary>
    /// <param name="receive">The new behaviour.</param>
    void Become(UntypedReceive receive);

    /// <summary>Puts a behaviour on top of the current one.</summary>
    /// <param name="receive">The new behaviour.</param>
    void BecomeStacked(UntypedReceive receive);
}

/// <summary>What a reference shows of its cell.</summary>
public interface ICell
{
    /// <summary>The actor.</summary>
    IActorRef Self { get; }

    /// <summary>The system.</summary>
    ActorSystem System { get; }

    /// <summary>The system.</summary>
    Internal.ActorSystemImpl SystemImpl { get; }

    /// <summary>How the actor was made.</summary>
    Props Props { get; }

    /// <summary>The parent.</summary>
    IInternalActorRef Parent { get; }

    /// <summary>Always true: the kernel runs in one process.</summary>
    bool IsLocal { get; }

    /// <summary>Whether the actor has stopped.</summary>
    bool IsTerminated { get; }

    /// <summary>Whether messages wait.</summary>
    bool HasMessages { get; }

    /// <summary>About how many messages wait.</summary>
    int NumberOfMessages { get; }

    /// <summary>The children.</summary>
    /// <returns>The references.</returns>
    IEnumerable<IInternalActorRef> GetChildren();

    /// <summary>A child by name, with <c>#uid</c> where wanted.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The child, or nobody.</returns>
    IInternalActorRef GetSingleChild(string name);
}
