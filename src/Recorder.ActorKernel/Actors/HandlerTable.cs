using System.Runtime.CompilerServices;

namespace Recorder.ActorKernel;

/// <summary>The handlers of one behaviour of a <see cref="ReceiveActor"/>.</summary>
/// <remarks>What handlers a message type has is worked out once per type; after that a message costs one look at its type.</remarks>
internal sealed class HandlerTable
{
    public static readonly HandlerTable Empty = new();

    private readonly List<Handler> _handlers = [];
    private readonly Dictionary<Type, Handler[]> _byType = [];
    private Type? _lastType;
    private Handler[] _last = [];
    private string? _catchAll;

    public void Add<T>(Action<T> action, Predicate<T>? predicate)
    {
        Register(new ActionHandler<T>(action, predicate));
        if (predicate is null && typeof(T) == typeof(object))
            _catchAll = "A handler that catches all messages has been added. No handler can be added after that.";
    }

    public void Add<T>(Func<T, bool> function) => Register(new FunctionHandler<T>(function));

    public void Add(Type type, Action<object> action, Predicate<object>? predicate)
    {
        Register(new TypedHandler(type, message =>
        {
            if (predicate is not null && !predicate(message))
                return false;
            action(message);
            return true;
        }));
        if (predicate is null && type == typeof(object))
            _catchAll = "A handler that catches all messages has been added. No handler can be added after that.";
    }

    public void Add(Type type, Func<object, bool> function) => Register(new TypedHandler(type, function));

    public void AddAny(Action<object> action)
    {
        Register(new ActionHandler<object>(action, null));
        _catchAll = "A handler that catches all messages has been added. No handler can be added after that.";
    }

    public bool Handle(object message)
    {
        var type = message.GetType();
        var handlers = ReferenceEquals(type, _lastType) ? _last : Find(type);
        foreach (var handler in handlers)
        {
            if (handler.Handle(message))
                return true;
        }

        return false;
    }

    private void Register(Handler handler)
    {
        if (_catchAll is not null)
            throw new InvalidOperationException(_catchAll);
        _handlers.Add(handler);
        _byType.Clear();
        _lastType = null;
    }

    private Handler[] Find(Type type)
    {
        if (!_byType.TryGetValue(type, out var handlers))
        {
            handlers = [.. _handlers.Where(h => h.MessageType.IsAssignableFrom(type))];
            _byType[type] = handlers;
        }

        _last = handlers;
        _lastType = type;
        return handlers;
    }

    private abstract class Handler
    {
        public abstract Type MessageType { get; }

        /// <summary>Called only with messages of the type.</summary>
        public abstract bool Handle(object message);
    }

    private sealed class ActionHandler<T>(Action<T> action, Predicate<T>? predicate) : Handler
    {
        public override Type MessageType => typeof(T);

        public override bool Handle(object message)
        {
            var typed = Cast<T>(message);
            if (predicate is not null && !predicate(typed))
                return false;
            action(typed);
            return true;
        }
    }

    private sealed class FunctionHandler<T>(Func<T, bool> function) : Handler
    {
        public override Type MessageType => typeof(T);

        public override bool Handle(object message) => function(Cast<T>(message));
    }

    private sealed class TypedHandler(Type type, Func<object, bool> function) : Handler
    {
        public override Type MessageType => type;

        public override bool Handle(object message) => function(message);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Cast<T>(object message) => typeof(T).IsValueType ? (T)message : Unsafe.As<object, T>(ref message);
}
