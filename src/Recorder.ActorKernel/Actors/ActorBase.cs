using Recorder.ActorKernel.Event;

namespace Recorder.ActorKernel;

/// <summary>A behaviour: returns false for a message that it does not handle.</summary>
/// <param name="message">The message.</param>
/// <returns>Whether it was handled.</returns>
public delegate bool Receive(object message);

/// <summary>A behaviour that says by itself what it does not handle.</summary>
/// <param name="message">The message.</param>
public delegate void UntypedReceive(object message);

/// <summary>Shows the context of an actor to the runtime.</summary>
public interface IInternalActor
{
    /// <summary>The context.</summary>
    IActorContext ActorContext { get; }
}

/// <summary>The base of all actors: one message at a time, its own state, its own children.</summary>
/// <remarks>Use <see cref="ReceiveActor"/> or <see cref="UntypedActor"/>. Actors are made by ActorOf, never by <c>new</c>.</remarks>
public abstract class ActorBase : IInternalActor
{
    private IActorRef? _self;
    private SupervisorStrategy? _supervisorStrategy;

    /// <summary>An actor, in the context of its cell. Its timers are there from here on, its stash after the constructor.</summary>
    /// <exception cref="ActorInitializationException">It was made by <c>new</c>.</exception>
    protected ActorBase()
    {
        var cell = ActorCell.Current
            ?? throw new ActorInitializationException(
                "Do not create actors using 'new', always create them using an ActorContext/System");
        _self = cell.Self;
        if (this is IWithTimers timed)
            timed.Timers = cell.NewTimers();
        cell.Become(Receive);
    }

    /// <summary>A behaviour that handles nothing.</summary>
    protected static Receive EmptyReceive { get; } = static _ => false;

    /// <summary>The context of the actor that is running on this thread.</summary>
    /// <exception cref="NotSupportedException">No actor is: for example after an await with ConfigureAwait(false).</exception>
    protected static IActorContext Context => ActorCell.Current
        ?? throw new NotSupportedException(
            "There is no active ActorContext, this is most likely due to use of async operations from within this actor.");

    /// <summary>This actor.</summary>
    protected IActorRef Self => _self ?? Context.Self;

    /// <summary>Who sent the message that is being handled; dead letters when nobody did.</summary>
    protected IActorRef Sender => Context.Sender;

    IActorContext IInternalActor.ActorContext => Context;

    internal SupervisorStrategy SupervisorStrategyInternal
    {
        get => _supervisorStrategy ??= SupervisorStrategy();
        set => _supervisorStrategy = value;
    }

    /// <summary>Called around <see cref="PreStart"/>.</summary>
    public virtual void AroundPreStart() => PreStart();

    /// <summary>Called around <see cref="PreRestart"/>.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="message">The message that was being handled, if any.</param>
    public virtual void AroundPreRestart(Exception cause, object message) => PreRestart(cause, message);

    /// <summary>Called around <see cref="PostRestart"/>.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="message">Nothing.</param>
    public virtual void AroundPostRestart(Exception cause, object message) => PostRestart(cause);

    /// <summary>Called around <see cref="PostStop"/>.</summary>
    public virtual void AroundPostStop() => PostStop();

    internal bool InvokeAroundReceive(Receive receive, object message) => AroundReceive(receive, message);

    /// <summary>Called around each message: calls the behaviour, and <see cref="Unhandled"/> when it does not handle it.</summary>
    /// <param name="receive">The behaviour.</param>
    /// <param name="message">The message.</param>
    /// <returns>Whether it was handled.</returns>
    protected virtual bool AroundReceive(Receive receive, object message)
    {
        if (receive(message))
            return true;
        Unhandled(message);
        return false;
    }

    /// <summary>The first behaviour.</summary>
    /// <param name="message">The message.</param>
    /// <returns>Whether it was handled.</returns>
    protected abstract bool Receive(object message);

    /// <summary>Called for a message that nobody handles. Publishes <see cref="UnhandledMessage"/>.</summary>
    /// <param name="message">The message.</param>
    /// <exception cref="DeathPactException">The message is <see cref="Terminated"/>.</exception>
    protected virtual void Unhandled(object message)
    {
        if (message is Terminated terminated)
            throw new DeathPactException(terminated.ActorRef);
        var context = Context;
        context.System.EventStream.Publish(new UnhandledMessage(message, context.Sender, context.Self));
    }

    /// <summary>Called before the first message of the first instance.</summary>
    protected virtual void PreStart()
    {
    }

    /// <summary>Called on the old instance before a restart. Stops the children and calls <see cref="PostStop"/>.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="message">The message that was being handled, if any.</param>
    protected virtual void PreRestart(Exception reason, object message)
    {
        var context = Context;
        foreach (var child in context.GetChildren().ToList())
        {
            context.Unwatch(child);
            context.Stop(child);
        }

        PostStop();
    }

    /// <summary>Called on the new instance after a restart. Calls <see cref="PreStart"/>.</summary>
    /// <param name="reason">Why.</param>
    protected virtual void PostRestart(Exception reason) => PreStart();

    /// <summary>Called after the last message.</summary>
    protected virtual void PostStop()
    {
    }

    /// <summary>What happens to a child that fails.</summary>
    /// <returns>The strategy.</returns>
    protected virtual SupervisorStrategy SupervisorStrategy() => ActorKernel.SupervisorStrategy.DefaultStrategy;

    /// <summary>Replaces the behaviour.</summary>
    /// <param name="receive">The new behaviour.</param>
    protected void Become(Receive receive) => Context.Become(receive);

    /// <summary>Puts a behaviour on top of the current one.</summary>
    /// <param name="receive">The new behaviour.</param>
    protected void BecomeStacked(Receive receive) => Context.BecomeStacked(receive);

    /// <summary>Goes back to the behaviour below; the last one stays.</summary>
    protected void UnbecomeStacked() => Context.UnbecomeStacked();

    /// <summary>Asks for a <see cref="ReceiveTimeout"/> after silence.</summary>
    /// <param name="timeout">How much; null to end it.</param>
    protected void SetReceiveTimeout(TimeSpan? timeout) => Context.SetReceiveTimeout(timeout);

    internal void Attach(IActorRef self) => _self = self;
}
