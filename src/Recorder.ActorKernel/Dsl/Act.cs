namespace Recorder.ActorKernel.Dsl;

/// <summary>Describes a small actor without a class of its own.</summary>
public interface IActorDsl
{
    /// <summary>Called after a restart, instead of the default.</summary>
    Action<Exception, IActorContext>? OnPostRestart { get; set; }

    /// <summary>Called before a restart, instead of the default.</summary>
    Action<Exception, object, IActorContext>? OnPreRestart { get; set; }

    /// <summary>Called after the last message.</summary>
    Action<IActorContext>? OnPostStop { get; set; }

    /// <summary>Called before the first message.</summary>
    Action<IActorContext>? OnPreStart { get; set; }

    /// <summary>What happens to children that fail.</summary>
    SupervisorStrategy? Strategy { get; set; }

    /// <summary>Handles messages of a type.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="handler">The handler.</param>
    void Receive<T>(Action<T, IActorContext> handler);

    /// <summary>Handles messages of a type.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="shouldHandle">Says which of them.</param>
    /// <param name="handler">The handler.</param>
    void Receive<T>(Predicate<T> shouldHandle, Action<T, IActorContext> handler);

    /// <summary>Handles messages of a type.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="handler">The handler.</param>
    /// <param name="shouldHandle">Says which of them.</param>
    void Receive<T>(Action<T, IActorContext> handler, Predicate<T> shouldHandle);

    /// <summary>Handles all remaining messages.</summary>
    /// <param name="handler">The handler.</param>
    void ReceiveAny(Action<object, IActorContext> handler);

    /// <summary>Handles messages of a type by an asynchronous function.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="handler">The handler.</param>
    /// <param name="shouldHandle">Says which of them.</param>
    void ReceiveAsync<T>(Func<T, IActorContext, Task> handler, Predicate<T>? shouldHandle = null);

    /// <summary>Handles messages of a type by an asynchronous function.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="shouldHandle">Says which of them.</param>
    /// <param name="handler">The handler.</param>
    void ReceiveAsync<T>(Predicate<T> shouldHandle, Func<T, IActorContext, Task> handler);

    /// <summary>Handles all remaining messages by an asynchronous function.</summary>
    /// <param name="handler">The handler.</param>
    void ReceiveAnyAsync(Func<object, IActorContext, Task> handler);

    /// <summary>What happens after a restart by default.</summary>
    /// <param name="reason">Why.</param>
    void DefaultPostRestart(Exception reason);

    /// <summary>What happens before a restart by default.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="message">The message that was being handled.</param>
    void DefaultPreRestart(Exception reason, object message);

    /// <summary>What happens at the start by default.</summary>
    void DefaultPreStart();

    /// <summary>What happens at the end by default.</summary>
    void DefaultPostStop();

    /// <summary>Replaces the behaviour.</summary>
    /// <param name="handler">The new behaviour.</param>
    void Become(Action<object, IActorContext> handler);

    /// <summary>Puts a behaviour on top of the current one.</summary>
    /// <param name="handler">The new behaviour.</param>
    void BecomeStacked(Action<object, IActorContext> handler);

    /// <summary>Goes back to the behaviour below.</summary>
    void UnbecomeStacked();

    /// <summary>Makes a child.</summary>
    /// <param name="config">Describes it.</param>
    /// <param name="name">Its name.</param>
    /// <returns>Its reference.</returns>
    IActorRef ActorOf(Action<IActorDsl> config, string? name = null);
}

/// <summary>An actor that <see cref="IActorDsl"/> describes.</summary>
public sealed class Act : ReceiveActor, IActorDsl
{
    /// <summary>An actor.</summary>
    /// <param name="config">Describes it.</param>
    public Act(Action<IActorDsl> config) => config(this);

    /// <summary>An actor.</summary>
    /// <param name="config">Describes it.</param>
    public Act(Action<IActorDsl, IActorContext> config) => config(this, Context);

    /// <inheritdoc/>
    public Action<Exception, IActorContext>? OnPostRestart { get; set; }

    /// <inheritdoc/>
    public Action<Exception, object, IActorContext>? OnPreRestart { get; set; }

    /// <inheritdoc/>
    public Action<IActorContext>? OnPostStop { get; set; }

    /// <inheritdoc/>
    public Action<IActorContext>? OnPreStart { get; set; }

    /// <inheritdoc/>
    public SupervisorStrategy? Strategy { get; set; }

    /// <inheritdoc/>
    public void Receive<T>(Action<T, IActorContext> handler) => Receive<T>(message => handler(message, Context));

    /// <inheritdoc/>
    public void Receive<T>(Action<T, IActorContext> handler, Predicate<T> shouldHandle) =>
        Receive(message => handler(message, Context), shouldHandle);

    /// <inheritdoc/>
    public void Receive<T>(Predicate<T> shouldHandle, Action<T, IActorContext> handler) =>
        Receive(shouldHandle, message => handler(message, Context));

    /// <inheritdoc/>
    public void ReceiveAny(Action<object, IActorContext> handler) => ReceiveAny(message => handler(message, Context));

    /// <inheritdoc/>
    public void ReceiveAsync<T>(Func<T, IActorContext, Task> handler, Predicate<T>? shouldHandle = null) =>
        ReceiveAsync(message => handler(message, Context), shouldHandle);

    /// <inheritdoc/>
    public void ReceiveAsync<T>(Predicate<T> shouldHandle, Func<T, IActorContext, Task> handler) =>
        ReceiveAsync(shouldHandle, message => handler(message, Context));

    /// <inheritdoc/>
    public void ReceiveAnyAsync(Func<object, IActorContext, Task> handler) =>
        ReceiveAnyAsync(message => handler(message, Context));

    /// <inheritdoc/>
    public void DefaultPostRestart(Exception reason) => base.PostRestart(reason);

    /// <inheritdoc/>
    public void DefaultPreRestart(Exception reason, object message) => base.PreRestart(reason, message);

    /// <inheritdoc/>
    public void DefaultPreStart() => base.PreStart();

    /// <inheritdoc/>
    public void DefaultPostStop() => base.PostStop();

    /// <inheritdoc/>
    public void Become(Action<object, IActorContext> handler) => Context.Become(Adapt(handler));

    /// <inheritdoc/>
    public void BecomeStacked(Action<object, IActorContext> handler) => Context.BecomeStacked(Adapt(handler));

    /// <inheritdoc/>
    void IActorDsl.UnbecomeStacked() => UnbecomeStacked();

    /// <inheritdoc/>
    public IActorRef ActorOf(Action<IActorDsl> config, string? name = null) => Context.ActorOf(config, name);

    /// <inheritdoc/>
    protected override void PostRestart(Exception reason)
    {
        if (OnPostRestart is { } hook)
            hook(reason, Context);
        else
            base.PostRestart(reason);
    }

    /// <inheritdoc/>
    protected override void PreRestart(Exception reason, object message)
    {
        if (OnPreRestart is { } hook)
            hook(reason, message, Context);
        else
            base.PreRestart(reason, message);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        if (OnPostStop is { } hook)
            hook(Context);
        else
            base.PostStop();
    }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        if (OnPreStart is { } hook)
            hook(Context);
        else
            base.PreStart();
    }

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => Strategy ?? base.SupervisorStrategy();

    private static Receive Adapt(Action<object, IActorContext> handler) => message =>
    {
        handler(message, Context);
        return true;
    };
}

/// <summary>Makes actors that <see cref="IActorDsl"/> describes.</summary>
public static class ActExtensions
{
    /// <summary>Makes an actor.</summary>
    /// <param name="factory">Where.</param>
    /// <param name="config">Describes it.</param>
    /// <param name="name">Its name.</param>
    /// <returns>Its reference.</returns>
    public static IActorRef ActorOf(this IActorRefFactory factory, Action<IActorDsl> config, string? name = null) =>
        factory.ActorOf(Props.Create(() => new Act(config)), name);

    /// <summary>Makes an actor.</summary>
    /// <param name="factory">Where.</param>
    /// <param name="config">Describes it.</param>
    /// <param name="name">Its name.</param>
    /// <returns>Its reference.</returns>
    public static IActorRef ActorOf(
        this IActorRefFactory factory, Action<IActorDsl, IActorContext> config, string? name = null) =>
        factory.ActorOf(Props.Create(() => new Act(config)), name);
}
