using Recorder.ActorKernel.Dispatch;

namespace Recorder.ActorKernel;

/// <summary>An actor that gets every message as an object and calls Unhandled by itself.</summary>
public abstract class UntypedActor : ActorBase
{
    /// <summary>The context of the actor that is running on this thread.</summary>
    protected static new IUntypedActorContext Context => (IUntypedActorContext)ActorBase.Context;

    /// <inheritdoc/>
    protected sealed override bool Receive(object message)
    {
        OnReceive(message);
        return true;
    }

    /// <summary>Handles a message.</summary>
    /// <param name="message">The message.</param>
    protected abstract void OnReceive(object message);

    /// <summary>Replaces the behaviour.</summary>
    /// <param name="receive">The new behaviour.</param>
    protected void Become(UntypedReceive receive) => Context.Become(receive);

    /// <summary>Puts a behaviour on top of the current one.</summary>
    /// <param name="receive">The new behaviour.</param>
    protected void BecomeStacked(UntypedReceive receive) => Context.BecomeStacked(receive);

    /// <summary>Runs an action as <see cref="RunTask(Func{Task})"/> does.</summary>
    /// <param name="action">The action.</param>
    protected void RunTask(Action action) => ActorTaskScheduler.RunTask(action);

    /// <summary>Runs an asynchronous action in this actor: no other message is handled until it ends, and Self, Sender and
    /// Context stay what they are across its awaits. What it throws fails the actor.</summary>
    /// <param name="action">The action.</param>
    protected void RunTask(Func<Task> action) => ActorTaskScheduler.RunTask(action);
}
