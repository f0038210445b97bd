using System.Collections.Concurrent;
using Recorder.ActorKernel.Configuration;
using Recorder.ActorKernel.Internal;

namespace Recorder.ActorKernel.Event;

/// <summary>Carries events to those who subscribed to their type, to a base type or to an interface.</summary>
public class LoggingBus
{
    private static int _loggerNumber;

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<Type, IActorRef[]> _byEvent = new();
    private Dictionary<Type, IActorRef[]> _subscriptions = [];
    private IActorRef[] _loggers = [];

    /// <summary>The least important level that is published by loggers.</summary>
    public LogLevel LogLevel { get; private set; }

    /// <summary>Publishes an event to all who subscribed.</summary>
    /// <param name="event">The event.</param>
    public virtual void Publish(object @event)
    {
        var type = @event.GetType();
        if (!_byEvent.TryGetValue(type, out var subscribers))
        {
            lock (_lock)
            {
                subscribers = [.. _subscriptions.Where(s => s.Key.IsAssignableFrom(type)).SelectMany(s => s.Value).Distinct()];
                _byEvent[type] = subscribers;
            }
        }

        foreach (var subscriber in subscribers)
            subscriber.Tell(@event, ActorRefs.NoSender);
    }

    /// <summary>Subscribes.</summary>
    /// <param name="subscriber">Who.</param>
    /// <param name="classifier">To which type.</param>
    /// <returns>False when it was subscribed already.</returns>
    public virtual bool Subscribe(IActorRef subscriber, Type classifier)
    {
        lock (_lock)
        {
            var current = _subscriptions.GetValueOrDefault(classifier, []);
            if (current.Contains(subscriber))
                return false;
            _subscriptions = new(_subscriptions) { [classifier] = [.. current, subscriber] };
            _byEvent.Clear();
            return true;
        }
    }

    /// <summary>Ends all subscriptions of someone.</summary>
    /// <param name="subscriber">Who.</param>
    /// <returns>False when there were none.</returns>
    public virtual bool Unsubscribe(IActorRef subscriber)
    {
        lock (_lock)
        {
            var channels = _subscriptions.Where(s => s.Value.Contains(subscriber)).Select(s => s.Key).ToList();
            foreach (var channel in channels)
                Remove(subscriber, channel);
            return channels.Count > 0;
        }
    }

    /// <summary>Ends a subscription.</summary>
    /// <param name="subscriber">Who.</param>
    /// <param name="classifier">To which type.</param>
    /// <returns>False when there was none.</returns>
    public virtual bool Unsubscribe(IActorRef subscriber, Type classifier)
    {
        lock (_lock)
        {
            // Whoever subscribed to a type gets its subtypes; to unsubscribe from a type ends those too.
            var channels = _subscriptions
                .Where(s => classifier.IsAssignableFrom(s.Key) && s.Value.Contains(subscriber))
                .Select(s => s.Key)
                .ToList();
            foreach (var channel in channels)
                Remove(subscriber, channel);
            return channels.Count > 0;
        }
    }

    /// <summary>Sets the least important level, for who logs and for the loggers that this bus has started.</summary>
    /// <param name="logLevel">The level.</param>
    public void SetLogLevel(LogLevel logLevel)
    {
        LogLevel = logLevel;
        foreach (var logger in _loggers)
            SubscribeToLevels(logger);
    }

    /// <summary>Starts the loggers that <c>akka.loggers</c> names, and waits until they are ready.</summary>
    /// <param name="system">The system.</param>
    /// <exception cref="ConfigurationException">A name stands for no type.</exception>
    /// <exception cref="LoggerInitializationException">A logger was not ready in <c>akka.logger-startup-timeout</c>.</exception>
    public void StartDefaultLoggers(ActorSystemImpl system)
    {
        var timeout = system.Settings.LoggerStartTimeout;
        foreach (var name in system.Settings.Loggers)
        {
            var type = TypeNames.Resolve(name)
                ?? throw new ConfigurationException($"Logger specified in config cannot be found: \"{name}\"");
            var logger = system.SystemActorOf(
                Props.Create(type), $"log{Interlocked.Increment(ref _loggerNumber)}-{Logging.SimpleName(type)}");
            var answer = logger.Ask<object>(new InitializeLogger(this), timeout);
            if (!SpinWait.SpinUntil(() => answer.IsCompleted, timeout) || answer.IsFaulted)
                throw new LoggerInitializationException($"Logger [{name}] did not start within {timeout}");
            _loggers = [.. _loggers, logger];
            SubscribeToLevels(logger);
        }
    }

    internal bool IsSubscribed(IActorRef subscriber)
    {
        lock (_lock)
            return _subscriptions.Values.Any(s => s.Contains(subscriber));
    }

    private void SubscribeToLevels(IActorRef logger)
    {
        foreach (var level in Enum.GetValues<LogLevel>())
        {
            if (level >= LogLevel)
                Subscribe(logger, level.ClassFor());
            else
                Unsubscribe(logger, level.ClassFor());
        }
    }

    private void Remove(IActorRef subscriber, Type channel)
    {
        IActorRef[] rest = [.. _subscriptions[channel].Where(s => !s.Equals(subscriber))];
        _subscriptions = new(_subscriptions) { [channel] = rest };
        if (rest.Length == 0)
            _subscriptions.Remove(channel);
        _byEvent.Clear();
    }
}

/// <summary>The events of a system. An actor that subscribed and stopped is dropped.</summary>
/// <param name="debug">Whether subscriptions are logged.</param>
public class EventStream(bool debug) : LoggingBus
{
    private volatile IActorRef? _unsubscriber;

    /// <inheritdoc/>
    public override bool Subscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        _unsubscriber?.Tell(new EventStreamUnsubscriber.Register(subscriber), ActorRefs.NoSender);
        if (debug)
            Publish(new Debug(nameof(EventStream), GetType(), $"subscribing {subscriber} to channel {channel}"));
        return base.Subscribe(subscriber, channel);
    }

    /// <inheritdoc/>
    public override bool Unsubscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        var removed = base.Unsubscribe(subscriber, channel);
        _unsubscriber?.Tell(new EventStreamUnsubscriber.UnregisterIfIdle(subscriber), ActorRefs.NoSender);
        if (debug)
            Publish(new Debug(nameof(EventStream), GetType(), $"unsubscribing {subscriber} from channel {channel}"));
        return removed;
    }

    /// <inheritdoc/>
    public override bool Unsubscribe(IActorRef subscriber)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        var removed = base.Unsubscribe(subscriber);
        _unsubscriber?.Tell(new EventStreamUnsubscriber.UnregisterIfIdle(subscriber), ActorRefs.NoSender);
        if (debug)
            Publish(new Debug(nameof(EventStream), GetType(), $"unsubscribing {subscriber} from all channels"));
        return removed;
    }

    /// <summary>Begins to drop subscribers that stop.</summary>
    /// <param name="system">The system.</param>
    public void StartUnsubscriber(ActorSystemImpl system) =>
        _unsubscriber = system.SystemActorOf(Props.Create(() => new EventStreamUnsubscriber(this)), "eventStreamUnsubscriber");
}

/// <summary>Shorter ways to subscribe.</summary>
public static class EventStreamExtensions
{
    /// <summary>Subscribes.</summary>
    /// <typeparam name="TChannel">To which type.</typeparam>
    /// <param name="eventStream">The stream.</param>
    /// <param name="subscriber">Who.</param>
    /// <returns>False when it was subscribed already.</returns>
    public static bool Subscribe<TChannel>(this EventStream eventStream, IActorRef subscriber) =>
        eventStream.Subscribe(subscriber, typeof(TChannel));

    /// <summary>Ends a subscription.</summary>
    /// <typeparam name="TChannel">To which type.</typeparam>
    /// <param name="eventStream">The stream.</param>
    /// <param name="subscriber">Who.</param>
    /// <returns>False when there was none.</returns>
    public static bool Unsubscribe<TChannel>(this EventStream eventStream, IActorRef subscriber) =>
        eventStream.Unsubscribe(subscriber, typeof(TChannel));
}

/// <summary>Watches the subscribers of a stream and drops those that stop.</summary>
internal sealed class EventStreamUnsubscriber : ReceiveActor
{
    public EventStreamUnsubscriber(EventStream eventStream)
    {
        Receive<Register>(register => Context.Watch(register.Subscriber));
        Receive<UnregisterIfIdle>(unregister =>
        {
            if (!eventStream.IsSubscribed(unregister.Subscriber))
                Context.Unwatch(unregister.Subscriber);
        });
        Receive<Terminated>(terminated => eventStream.Unsubscribe(terminated.ActorRef));
    }

    public sealed record Register(IActorRef Subscriber);

    public sealed record UnregisterIfIdle(IActorRef Subscriber);
}
