using Recorder.ActorKernel.Dispatch;
using Recorder.ActorKernel.Internal;

namespace Recorder.ActorKernel.Testing;

/// <summary>
/// An actor in the test's hand: its instance can be looked at, and it handles messages on the thread that sends them, if its
/// props name no other dispatcher. <see cref="TestActorRef{TActor}"/> is the usual way.
/// </summary>
public class InternalTestActorRef : LocalActorRef
{
    private static int _number;

    private InternalTestActorRef(
        ActorSystemImpl system,
        Props props,
        MessageDispatcher dispatcher,
        MailboxType mailboxType,
        IInternalActorRef supervisor,
        ActorPath path)
        : base(system, props, dispatcher, mailboxType, supervisor, path)
    {
    }

    /// <summary>The actor itself.</summary>
    /// <exception cref="IllegalActorStateException">It has terminated.</exception>
    public object UnderlyingActor
    {
        get
        {
            if (IsTerminated)
                throw new IllegalActorStateException("Underlying actor is terminated");
            // Another thread, or another dispatcher, may still be at its constructor.
            var timeout = new TestKitSettings(System.Settings.Config).DefaultTimeout;
            return SpinWait.SpinUntil(() => Cell.Actor is not null || IsTerminated, timeout) && Cell.Actor is { } actor
                ? actor
                : throw new IllegalActorStateException("Underlying actor was not created");
        }
    }

    /// <summary>A name that no other actor has.</summary>
    /// <returns>The name.</returns>
    public static string CreateUniqueName() => $"$${Interlocked.Increment(ref _number):x}";

    /// <summary>Makes and starts an actor.</summary>
    /// <param name="system">The system.</param>
    /// <param name="props">What it is.</param>
    /// <param name="supervisor">Its parent; null: <c>/user</c>.</param>
    /// <param name="name">Its name; null: one is made up.</param>
    /// <returns>The actor.</returns>
    public static InternalTestActorRef Create(ActorSystem system, Props props, IActorRef? supervisor = null, string? name = null)
    {
        var systemImpl = (ActorSystemImpl)system;
        if (props.Deploy.Dispatcher == Deploy.NoDispatcherGiven)
            props = props.WithDispatcher(CallingThreadDispatcher.Id);
        TestKitBase.RegisterDispatchers(system);
        var dispatcher = system.Dispatchers.Lookup(props.Deploy.Dispatcher);
        var mailbox = system.Mailboxes.GetMailboxType(props, dispatcher.Configurator.Config);
        var parent = (ActorRefWithCell)(supervisor switch
        {
            null => systemImpl.Guardian,
            TestProbe probe => probe.Ref,
            _ => supervisor,
        });
        return (InternalTestActorRef)((ActorCell)parent.Underlying).Attach(
            name ?? CreateUniqueName(),
            (self, name) => new InternalTestActorRef(systemImpl, props, dispatcher, mailbox, self, self.Path / name));
    }

    /// <summary>Gives a message to the actor at once; what it throws comes back.</summary>
    /// <param name="message">The message.</param>
    /// <param name="sender">The sender.</param>
    public void Receive(object message, IActorRef? sender = null) =>
        Cell.ReceiveMessageForTest(new Envelope(message, sender.IsNobody() ? System.DeadLetters : sender));

    /// <summary>Lets the actor watch another.</summary>
    /// <param name="subject">Who is watched.</param>
    public void Watch(IActorRef subject) => Cell.Watch(subject);

    /// <summary>Lets the actor watch another no more.</summary>
    /// <param name="subject">Who is watched no more.</param>
    public void Unwatch(IActorRef subject) => Cell.Unwatch(subject);

    /// <inheritdoc/>
    public override string ToString() => $"TestActor[{Path}]";
}
