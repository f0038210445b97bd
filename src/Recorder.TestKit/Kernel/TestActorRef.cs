using Recorder.ActorKernel.Dispatch.SysMsg;

namespace Recorder.ActorKernel.Testing;

/// <summary>An actor whose instance the test can look at, and that handles messages on the thread that sends them.</summary>
/// <typeparam name="TActor">The class of the actor.</typeparam>
public class TestActorRef<TActor> : TestActorRefBase<TActor>
    where TActor : ActorBase
{
    /// <summary>Makes and starts an actor.</summary>
    /// <param name="system">The system.</param>
    /// <param name="actorProps">What it is.</param>
    /// <param name="supervisor">Its parent; null: <c>/user</c>.</param>
    /// <param name="name">Its name; null: one is made up.</param>
    public TestActorRef(ActorSystem system, Props actorProps, IActorRef? supervisor = null, string? name = null)
        : base(system, actorProps, supervisor, name)
    {
    }
}

/// <summary>What every reference to an actor in the test's hand can do.</summary>
/// <typeparam name="TActor">The class of the actor.</typeparam>
public abstract class TestActorRefBase<TActor> : IInternalActorRef
    where TActor : ActorBase
{
    /// <summary>Makes and starts an actor.</summary>
    /// <param name="system">The system.</param>
    /// <param name="actorProps">What it is.</param>
    /// <param name="supervisor">Its parent; null: <c>/user</c>.</param>
    /// <param name="name">Its name; null: one is made up.</param>
    protected TestActorRefBase(ActorSystem system, Props actorProps, IActorRef? supervisor = null, string? name = null) =>
        InternalRef = InternalTestActorRef.Create(system, actorProps, supervisor, name);

    /// <summary>The reference that the actor knows as its own.</summary>
    public IActorRef Ref => InternalRef;

    /// <summary>The actor itself.</summary>
    /// <exception cref="IllegalActorStateException">It has terminated.</exception>
    public TActor UnderlyingActor => (TActor)InternalRef.UnderlyingActor;

    /// <inheritdoc/>
    public ActorPath Path => InternalRef.Path;

    /// <summary>The reference that the actor knows as its own.</summary>
    protected InternalTestActorRef InternalRef { get; }

    bool IActorRefScope.IsLocal => InternalRef.IsLocal;

    IInternalActorRef IInternalActorRef.Parent => InternalRef.Parent;

    IActorRefProvider IInternalActorRef.Provider => InternalRef.Provider;

    bool IInternalActorRef.IsTerminated => InternalRef.IsTerminated;

    /// <summary>Gives a message to the actor at once; what it throws comes back.</summary>
    /// <param name="message">The message.</param>
    /// <param name="sender">The sender.</param>
    public void Receive(object message, IActorRef? sender = null) => InternalRef.Receive(message, sender);

    /// <summary>Sends a message, in the name of the test actor or of the actor that runs here.</summary>
    /// <param name="message">The message.</param>
    public void Tell(object message) => InternalRef.Tell(message);

    /// <inheritdoc/>
    public void Tell(object message, IActorRef? sender) => InternalRef.Tell(message, sender);

    /// <summary>Sends a message in the name of the last one's sender.</summary>
    /// <param name="message">The message.</param>
    public void Forward(object message) => InternalRef.Forward(message);

    /// <summary>Lets the actor watch another.</summary>
    /// <param name="subject">Who is watched.</param>
    public void Watch(IActorRef subject) => InternalRef.Watch(subject);

    /// <summary>Lets the actor watch another no more.</summary>
    /// <param name="subject">Who is watched no more.</param>
    public void Unwatch(IActorRef subject) => InternalRef.Unwatch(subject);

    /// <summary>Sends a message of the runtime.</summary>
    /// <param name="message">The message.</param>
    public void SendSystemMessage(ISystemMessage message) => InternalRef.SendSystemMessage(message);

    /// <inheritdoc/>
    public int CompareTo(object? obj) => InternalRef.CompareTo(obj);

    /// <inheritdoc/>
    public int CompareTo(IActorRef? other) => InternalRef.CompareTo(other);

    /// <inheritdoc/>
    public bool Equals(IActorRef? other) => InternalRef.Equals(other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => InternalRef.Equals(obj);

    /// <inheritdoc/>
    public override int GetHashCode() => InternalRef.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => InternalRef.ToString();

    /// <summary>Whether two are the same actor.</summary>
    /// <param name="testActorRef">One.</param>
    /// <param name="actorRef">The other.</param>
    public static bool operator ==(TestActorRefBase<TActor>? testActorRef, IActorRef? actorRef) =>
        testActorRef is null ? actorRef is null : testActorRef.Equals(actorRef);

    /// <summary>Whether two are different actors.</summary>
    /// <param name="testActorRef">One.</param>
    /// <param name="actorRef">The other.</param>
    public static bool operator !=(TestActorRefBase<TActor>? testActorRef, IActorRef? actorRef) => !(testActorRef == actorRef);

    /// <summary>Whether two are the same actor.</summary>
    /// <param name="actorRef">One.</param>
    /// <param name="testActorRef">The other.</param>
    public static bool operator ==(IActorRef? actorRef, TestActorRefBase<TActor>? testActorRef) => testActorRef == actorRef;

    /// <summary>Whether two are different actors.</summary>
    /// <param name="actorRef">One.</param>
    /// <param name="testActorRef">The other.</param>
    public static bool operator !=(IActorRef? actorRef, TestActorRefBase<TActor>? testActorRef) => !(testActorRef == actorRef);

    IActorRef IInternalActorRef.GetChild(IReadOnlyList<string> name) => InternalRef.GetChild(name);

    void IInternalActorRef.Resume(Exception? causedByFailure) => InternalRef.Resume(causedByFailure);

    void IInternalActorRef.Start() => InternalRef.Start();

    void IInternalActorRef.Stop() => InternalRef.Stop();

    void IInternalActorRef.Restart(Exception cause) => InternalRef.Restart(cause);

    void IInternalActorRef.Suspend() => InternalRef.Suspend();
}
