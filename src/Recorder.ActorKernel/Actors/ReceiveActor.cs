using Recorder.ActorKernel.Dispatch;
using Recorder.ActorKernel.Internal;

namespace Recorder.ActorKernel;

/// <summary>An actor that registers handlers by message type. The first handler, in order of registration, whose type and
/// predicate fit gets the message.</summary>
public abstract class ReceiveActor : UntypedActor, IInitializableActor
{
    private readonly Stack<HandlerTable> _building = new();
    private HandlerTable _table = HandlerTable.Empty;
    private bool _initialized;

    /// <summary>An actor; register handlers in the constructor.</summary>
    protected ReceiveActor() => _building.Push(new HandlerTable());

    void IInitializableActor.Init()
    {
        if (_initialized)
            return;
        _table = _building.Pop();
        _initialized = true;
    }

    /// <inheritdoc/>
    protected sealed override void OnReceive(object message)
    {
        if (!_table.Handle(message))
            Unhandled(message);
    }

    /// <summary>Replaces the behaviour by the handlers that the action registers.</summary>
    /// <param name="configure">Registers handlers.</param>
    protected void Become(Action configure) => Context.Become(Configure(configure));

    /// <summary>Puts the handlers that the action registers on top of the current behaviour.</summary>
    /// <param name="configure">Registers handlers.</param>
    protected void BecomeStacked(Action configure) => Context.BecomeStacked(Configure(configure));

    /// <summary>Handles messages of a type by an asynchronous function; no other message is handled until it ends.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="handler">The handler.</param>
    /// <param name="shouldHandle">Says which of them; null for all.</param>
    protected void ReceiveAsync<T>(Func<T, Task> handler, Predicate<T>? shouldHandle = null) =>
        Receive(Wrap(handler), shouldHandle);

    /// <summary>Handles messages of a type by an asynchronous function; no other message is handled until it ends.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="shouldHandle">Says which of them.</param>
    /// <param name="handler">The handler.</param>
    protected void ReceiveAsync<T>(Predicate<T> shouldHandle, Func<T, Task> handler) => Receive(Wrap(handler), shouldHandle);

    /// <summary>Handles messages of a type by an asynchronous function; no other message is handled until it ends.</summary>
    /// <param name="messageType">The type.</param>
    /// <param name="handler">The handler.</param>
    /// <param name="shouldHandle">Says which of them; null for all.</param>
    protected void ReceiveAsync(Type messageType, Func<object, Task> handler, Predicate<object>? shouldHandle = null) =>
        Receive(messageType, Wrap(handler), shouldHandle);

    /// <summary>Handles messages of a type by an asynchronous function; no other message is handled until it ends.</summary>
    /// <param name="messageType">The type.</param>
    /// <param name="shouldHandle">Says which of them.</param>
    /// <param name="handler">The handler.</param>
    protected void ReceiveAsync(Type messageType, Predicate<object> shouldHandle, Func<object, Task> handler) =>
        Receive(messageType, Wrap(handler), shouldHandle);

    /// <summary>Handles all remaining messages by an asynchronous function; no handler may be registered after it.</summary>
    /// <param name="handler">The handler.</param>
    protected void ReceiveAnyAsync(Func<object, Task> handler) => ReceiveAny(Wrap(handler));

    /// <summary>Handles messages of a type.</summary>
    /// <typeparam name="T">The type; subtypes are handled too.</typeparam>
    /// <param name="handler">The handler.</param>
    /// <param name="shouldHandle">Says which of them; null for all.</param>
    /// <exception cref="InvalidOperationException">Called elsewhere than in the constructor or in Become, or after a handler
    /// that takes every message.</exception>
    protected void Receive<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => Building.Add(handler, shouldHandle);

    /// <summary>Handles messages of a type.</summary>
    /// <typeparam name="T">The type; subtypes are handled too.</typeparam>
    /// <param name="shouldHandle">Says which of them.</param>
    /// <param name="handler">The handler.</param>
    protected void Receive<T>(Predicate<T> shouldHandle, Action<T> handler) => Receive(handler, shouldHandle);

    /// <summary>Handles messages of a type by a function that says whether it did.</summary>
    /// <typeparam name="T">The type; subtypes are handled too.</typeparam>
    /// <param name="handler">The handler.</param>
    protected void Receive<T>(Func<T, bool> handler) => Building.Add(handler);

    /// <summary>Handles messages of a type.</summary>
    /// <param name="messageType">The type; subtypes are handled too.</param>
    /// <param name="handler">The handler.</param>
    /// <param name="shouldHandle">Says which of them; null for all.</param>
    protected void Receive(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null) =>
        Building.Add(messageType, handler, shouldHandle);

    /// <summary>Handles messages of a type.</summary>
    /// <param name="messageType">The type; subtypes are handled too.</param>
    /// <param name="shouldHandle">Says which of them.</param>
    /// <param name="handler">The handler.</param>
    protected void Receive(Type messageType, Predicate<object> shouldHandle, Action<object> handler) =>
        Receive(messageType, handler, shouldHandle);

    /// <summary>Handles messages of a type by a function that says whether it did.</summary>
    /// <param name="messageType">The type; subtypes are handled too.</param>
    /// <param name="handler">The handler.</param>
    protected void Receive(Type messageType, Func<object, bool> handler) => Building.Add(messageType, handler);

    /// <summary>Handles all remaining messages; no handler may be registered after it.</summary>
    /// <param name="handler">The handler.</param>
    protected void ReceiveAny(Action<object> handler) => Building.AddAny(handler);

    private HandlerTable Building => _building.TryPeek(out var table)
        ? table
        : throw new InvalidOperationException(
            "You may only call Receive-methods when constructing the actor and inside Become().");

    private static Action<T> Wrap<T>(Func<T, Task> handler) => message => ActorTaskScheduler.RunTask(() => handler(message));

    private Receive Configure(Action configure)
    {
        _building.Push(new HandlerTable());
        HandlerTable table;
        try
        {
            configure();
        }
        finally
        {
            table = _building.Pop();
        }

        return message =>
        {
            if (!table.Handle(message))
                Unhandled(message);
            return true;
        };
    }
}
