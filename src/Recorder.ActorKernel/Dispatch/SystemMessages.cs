using Recorder.ActorKernel.Event;

namespace Recorder.ActorKernel.Dispatch.SysMsg;

/// <summary>A message of the runtime to a cell: goes before every user message.</summary>
public interface ISystemMessage : INoSerializationVerificationNeeded;

/// <summary>The base of them. One object goes to one actor only: it is itself the link of the queue.</summary>
public abstract class SystemMessage : ISystemMessage
{
    internal SystemMessage? Next;

    /// <summary>Held back while the actor has failed.</summary>
    internal virtual bool StashWhenFailed => false;

    /// <summary>Held back while the actor waits for its children to stop.</summary>
    internal virtual bool StashWhenWaitingForChildren => false;

    /// <inheritdoc/>
    public override string ToString() => $"<{GetType().Name}>";
}

/// <summary>Ends the queue of a mailbox that was closed.</summary>
internal sealed class NoMessage : SystemMessage;

/// <summary>Creates the actor; the first message of every cell.</summary>
/// <param name="failure">Why it cannot be created, where that is known already.</param>
public sealed class Create(ActorInitializationException? failure = null) : SystemMessage
{
    /// <summary>Why it cannot be created.</summary>
    public ActorInitializationException? Failure { get; } = failure;
}

/// <summary>Restarts the actor.</summary>
/// <param name="cause">Why.</param>
public sealed class Recreate(Exception cause) : SystemMessage
{
    /// <summary>Why.</summary>
    public Exception Cause { get; } = cause;

    internal override bool StashWhenWaitingForChildren => true;
}

/// <summary>Suspends the actor and its children.</summary>
public sealed class Suspend : SystemMessage
{
    internal override bool StashWhenWaitingForChildren => true;
}

/// <summary>Resumes the actor and its children.</summary>
/// <param name="causedByFailure">The failure that suspended them, if any.</param>
public sealed class Resume(Exception? causedByFailure) : SystemMessage
{
    /// <summary>The failure that suspended them, if any.</summary>
    public Exception? CausedByFailure { get; } = causedByFailure;

    internal override bool StashWhenWaitingForChildren => true;
}

/// <summary>Stops the actor.</summary>
public sealed class Terminate : SystemMessage, IPossiblyHarmful, IDeadLetterSuppression;

/// <summary>Tells the parent that a child exists.</summary>
/// <param name="child">The child.</param>
/// <param name="async">Whether it is created later.</param>
public sealed class Supervise(IActorRef child, bool async) : SystemMessage
{
    /// <summary>The child.</summary>
    public IActorRef Child { get; } = child;

    /// <summary>Whether it is created later.</summary>
    public bool Async { get; } = async;
}

/// <summary>Tells the parent that a child failed.</summary>
/// <param name="child">The child.</param>
/// <param name="cause">What it threw.</param>
/// <param name="uid">Its incarnation.</param>
public sealed class Failed(IActorRef child, Exception cause, long uid) : SystemMessage
{
    /// <summary>The child.</summary>
    public IActorRef Child { get; } = child;

    /// <summary>What it threw.</summary>
    public Exception Cause { get; } = cause;

    /// <summary>Its incarnation.</summary>
    public long Uid { get; } = uid;

    internal override bool StashWhenFailed => true;

    internal override bool StashWhenWaitingForChildren => true;

    /// <inheritdoc/>
    public override string ToString() => $"<Failed>: {Child} ({Cause.GetType().Name})";
}

/// <summary>Begins a watch.</summary>
/// <param name="watchee">Who is watched.</param>
/// <param name="watcher">Who watches.</param>
public class Watch(IInternalActorRef watchee, IInternalActorRef watcher) : SystemMessage
{
    /// <summary>Who is watched.</summary>
    public IInternalActorRef Watchee { get; } = watchee;

    /// <summary>Who watches.</summary>
    public IInternalActorRef Watcher { get; } = watcher;

    /// <inheritdoc/>
    public override string ToString() => $"<Watch>: {Watcher} wants to watch {Watchee}";
}

/// <summary>Ends a watch.</summary>
/// <param name="watchee">Who was watched.</param>
/// <param name="watcher">Who watched.</param>
public sealed class Unwatch(IInternalActorRef watchee, IInternalActorRef watcher) : SystemMessage
{
    /// <summary>Who was watched.</summary>
    public IInternalActorRef Watchee { get; } = watchee;

    /// <summary>Who watched.</summary>
    public IInternalActorRef Watcher { get; } = watcher;

    /// <inheritdoc/>
    public override string ToString() => $"<Unwatch>: {Watcher} wants to unwatch {Watchee}";
}

/// <summary>Tells a watcher or the parent that an actor has stopped.</summary>
/// <param name="actor">The actor.</param>
/// <param name="existenceConfirmed">False when it is not known to have existed.</param>
/// <param name="addressTerminated">True when its whole node is gone.</param>
public sealed class DeathWatchNotification(IActorRef actor, bool existenceConfirmed, bool addressTerminated)
    : SystemMessage, IDeadLetterSuppression
{
    /// <summary>The actor.</summary>
    public IActorRef Actor { get; } = actor;

    /// <summary>False when it is not known to have existed.</summary>
    public bool ExistenceConfirmed { get; } = existenceConfirmed;

    /// <summary>True when its whole node is gone.</summary>
    public bool AddressTerminated { get; } = addressTerminated;

    /// <inheritdoc/>
    public override string ToString() => $"<DeathWatchNotification>: {Actor}, ExistenceConfirmed={ExistenceConfirmed}";
}

/// <summary>Runs a piece of an asynchronous handler in the actor's turn.</summary>
/// <param name="scheduler">The scheduler of the actor.</param>
/// <param name="task">The piece.</param>
internal sealed class RunActorTask(ActorTaskScheduler scheduler, Task task) : SystemMessage
{
    public void Run() => scheduler.Execute(task);
}

/// <summary>Asks a guardian to stop one of its children.</summary>
/// <param name="child">The child.</param>
public sealed class StopChild(IActorRef child)
{
    /// <summary>The child.</summary>
    public IActorRef Child { get; } = child;
}

/// <summary>Told to who registered to do something before the system guardian stops.</summary>
public sealed class TerminationHook
{
    private TerminationHook()
    {
    }

    /// <summary>The only instance.</summary>
    public static TerminationHook Instance { get; } = new();
}

/// <summary>Registers the sender for <see cref="TerminationHook"/>.</summary>
public sealed class RegisterTerminationHook
{
    private RegisterTerminationHook()
    {
    }

    /// <summary>The only instance.</summary>
    public static RegisterTerminationHook Instance { get; } = new();
}

/// <summary>Says that the sender has done what it registered for.</summary>
public sealed class TerminationHookDone
{
    private TerminationHookDone()
    {
    }

    /// <summary>The only instance.</summary>
    public static TerminationHookDone Instance { get; } = new();
}
