using Recorder.ActorKernel.Dispatch.SysMsg;

namespace Recorder.ActorKernel.Testing;

/// <summary>
/// An actor in the test's hand: it can be handed out as a reference, it expects messages as the kit does, and it sends,
/// replies and forwards in its own name.
/// </summary>
public class TestProbe : TestKitBase, INoImplicitSender, IInternalActorRef
{
    /// <summary>Makes a probe; <see cref="TestKitBase.CreateTestProbe(string)"/> is the usual way.</summary>
    /// <param name="system">The system it lives in.</param>
    /// <param name="testProbeName">Its name; null: one is made up.</param>
    public TestProbe(ActorSystem system, string? testProbeName = null)
        : base(system, null, null, testProbeName)
    {
    }

    /// <summary>The reference of the probe's actor.</summary>
    public IActorRef Ref => TestActor;

    /// <summary>Who sent the last message.</summary>
    public IActorRef Sender => LastSender;

    ActorPath IActorRef.Path => TestActor.Path;

    bool IActorRefScope.IsLocal => Inner.IsLocal;

    IInternalActorRef IInternalActorRef.Parent => Inner.Parent;

    IActorRefProvider IInternalActorRef.Provider => Inner.Provider;

    bool IInternalActorRef.IsTerminated => Inner.IsTerminated;

    private IInternalActorRef Inner => (IInternalActorRef)TestActor;

    /// <summary>Sends a message in the probe's name.</summary>
    /// <param name="actor">Who gets it.</param>
    /// <param name="message">The message.</param>
    public void Send(IActorRef actor, object message) => actor.Tell(message, TestActor);

    /// <summary>Sends a message in the name of the last message's sender.</summary>
    /// <param name="actor">Who gets it.</param>
    /// <param name="message">The message.</param>
    public void Forward(IActorRef actor, object message) => actor.Tell(message, Sender);

    /// <summary>Passes the last message on in its sender's name.</summary>
    /// <param name="actor">Who gets it.</param>
    public void Forward(IActorRef actor) => actor.Tell(LastMessage, Sender);

    /// <summary>Sends a message to the sender of the last one, in the probe's name.</summary>
    /// <param name="message">The message.</param>
    public void Reply(object message) => Sender.Tell(message, TestActor);

    /// <summary>Sends a message of the runtime to the probe.</summary>
    /// <param name="message">The message.</param>
    public void SendSystemMessage(ISystemMessage message) => Inner.SendSystemMessage(message);

    /// <inheritdoc/>
    public int CompareTo(object? obj) => TestActor.CompareTo(obj);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => TestActor.Equals(obj);

    /// <inheritdoc/>
    public override int GetHashCode() => TestActor.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => $"TestProbe({TestActor})";

    void ICanTell.Tell(object message, IActorRef? sender) => TestActor.Tell(message, sender);

    int IComparable<IActorRef>.CompareTo(IActorRef? other) => TestActor.CompareTo(other);

    bool IEquatable<IActorRef>.Equals(IActorRef? other) => TestActor.Equals(other);

    IActorRef IInternalActorRef.GetChild(IReadOnlyList<string> name) => Inner.GetChild(name);

    void IInternalActorRef.Resume(Exception? causedByFailure) => Inner.Resume(causedByFailure);

    void IInternalActorRef.Start() => Inner.Start();

    void IInternalActorRef.Stop() => Inner.Stop();

    void IInternalActorRef.Restart(Exception cause) => Inner.Restart(cause);

    void IInternalActorRef.Suspend() => Inner.Suspend();
}
