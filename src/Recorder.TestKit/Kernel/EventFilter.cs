using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Recorder.ActorKernel.Event;

namespace Recorder.ActorKernel.Testing;

/// <summary>Whether an event of the log is meant.</summary>
public sealed class EventFilterBase
{
    private readonly string _text;
    private readonly Func<LogEvent, bool> _matches;

    internal EventFilterBase(string text, Func<LogEvent, bool> matches)
    {
        _text = text;
        _matches = matches;
    }

    /// <inheritdoc/>
    public override string ToString() => _text;

    internal bool Matches(LogEvent logEvent) => _matches(logEvent);
}

/// <summary>A filter that mutes until it is ended.</summary>
public interface IUnmutableFilter : IDisposable
{
    /// <summary>Ends it.</summary>
    void Unmute();
}

/// <summary>What is muted in a system: it is kept out of the test's output.</summary>
internal sealed class MutedEvents
{
    private static readonly ConditionalWeakTable<ActorSystem, MutedEvents> BySystem = [];

    private readonly Lock _gate = new();
    private readonly List<IReadOnlyList<EventFilterBase>> _muted = [];

    public static MutedEvents Of(ActorSystem system) => BySystem.GetOrCreateValue(system);

    public bool Contains(LogEvent logEvent)
    {
        lock (_gate)
            return _muted.Exists(filters => filters.Any(filter => filter.Matches(logEvent)));
    }

    public static IUnmutableFilter Add(ActorSystem system, IReadOnlyList<EventFilterBase> filters)
    {
        var muted = Of(system);
        lock (muted._gate)
            muted._muted.Add(filters);
        system.EventStream.Publish(new Mute(filters));
        return new Entry(system, muted, filters);
    }

    private sealed class Entry(ActorSystem system, MutedEvents owner, IReadOnlyList<EventFilterBase> filters) : IUnmutableFilter
    {
        public void Unmute()
        {
            lock (owner._gate)
            {
                if (!owner._muted.Remove(filters))
                    return;
            }

            // Behind the events that were published meanwhile: a logger that is late still knows that they were muted.
            system.EventStream.Publish(new Unmute(filters));
        }

        public void Dispose() => Unmute();
    }
}

/// <summary>
/// Counts matching events of a system. It hears of an event on the thread that publishes it, so there is no moment at which
/// an event that was published has not been counted.
/// </summary>
internal sealed class EventCounter : MinimalActorRef, IDisposable
{
    private static readonly Type[] Channels = [typeof(LogEvent), typeof(DeadLetter), typeof(UnhandledMessage)];

    private readonly ExtendedActorSystem _system;
    private readonly IReadOnlyList<EventFilterBase> _filters;
    private readonly SemaphoreSlim _arrived = new(0);
    private int _count;

    public EventCounter(ActorSystem system, IReadOnlyList<EventFilterBase> filters)
    {
        _system = (ExtendedActorSystem)system;
        _filters = filters;
        Path = _system.Provider.RootPath / $"event-counter-{RuntimeHelpers.GetHashCode(this)}";
        foreach (var channel in Channels)
            system.EventStream.Subscribe(this, channel);
    }

    public override ActorPath Path { get; }

    public override IActorRefProvider Provider => _system.Provider;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Signalled once for each event.</summary>
    public SemaphoreSlim Arrived => _arrived;

    public void Dispose() => _system.EventStream.Unsubscribe(this);

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (AsLogEvent(message) is not { } log || !_filters.Any(filter => filter.Matches(log)))
            return;
        Interlocked.Increment(ref _count);
        _arrived.Release();
    }

    // Dead letters and unhandled messages are warnings to a filter, as they are in a log.
    internal static LogEvent? AsLogEvent(object message) => message switch
    {
        LogEvent log => log,
        DeadLetter dead => new Warning(dead.Recipient.Path.ToString(), dead.Recipient.GetType(), dead),
        UnhandledMessage unhandled => new Warning(
            unhandled.Recipient.Path.ToString(),
            unhandled.Recipient.GetType(),
            $"Unhandled message from {unhandled.Sender}: {unhandled.Message}"),
        _ => null,
    };
}

/// <summary>Makes filters of log events and dead letters. A null or absent argument matches everything.</summary>
public class EventFilterFactory
{
    private readonly TestKitBase _kit;
    private readonly ActorSystem _system;
    private readonly IReadOnlyList<EventFilterBase> _before;

    /// <summary>Makes filters for the events of the kit's system.</summary>
    /// <param name="testkit">The kit.</param>
    public EventFilterFactory(TestKitBase testkit)
        : this(testkit, testkit.Sys)
    {
    }

    /// <summary>Makes filters for the events of a system.</summary>
    /// <param name="testkit">The kit whose times are meant.</param>
    /// <param name="system">The system.</param>
    public EventFilterFactory(TestKitBase testkit, ActorSystem system)
        : this(testkit, system, [])
    {
    }

    internal EventFilterFactory(TestKitBase kit, ActorSystem system, IReadOnlyList<EventFilterBase> before)
    {
        _kit = kit;
        _system = system;
        _before = before;
    }

    /// <summary>Errors with an exception of a type.</summary>
    /// <typeparam name="TException">The type.</typeparam>
    /// <param name="pattern">What the message, of the event or of the exception, matches.</param>
    /// <param name="source">Where the event comes from.</param>
    /// <returns>The filter.</returns>
    public IEventFilterApplier Exception<TException>(Regex pattern, string? source = null)
        where TException : Exception => Exception(typeof(TException), pattern, source);

    /// <summary>Errors with an exception of a type.</summary>
    /// <param name="exceptionType">The type.</param>
    /// <param name="pattern">What the message, of the event or of the exception, matches.</param>
    /// <param name="source">Where the event comes from.</param>
    /// <param name="checkInnerExceptions">Whether an inner exception of the type does as well.</param>
    /// <returns>The filter.</returns>
    public IEventFilterApplier Exception(
        Type exceptionType, Regex pattern, string? source = null, bool checkInnerExceptions = false) =>
        Errors(exceptionType, new Text(pattern), source, checkInnerExceptions);

    /// <summary>Errors with an exception of a type.</summary>
    /// <typeparam name="TException">The type.</typeparam>
    /// <param name="message">What the message, of the event or of the exception, is.</param>
    /// <param name="start">What it starts with.</param>
    /// <param name="contains">What it contains.</param>
    /// <param name="source">Where the event comes from.</param>
    /// <returns>The filter.</returns>
    public IEventFilterApplier Exception<TException>(
        string? message = null, string? start = null, string? contains = null, string? source = null)
        where TException : Exception => Exception(typeof(TException), message, start, contains, source);

    /// <summary>Errors with an exception of a type.</summary>
    /// <param name="exceptionType">The type.</param>
    /// <param name="message">What the message, of the event or of the exception, is.</param>
    /// <param name="start">What it starts with.</param>
    /// <param name="contains">What it contains.</param>
    /// <param name="source">Where the event comes from.</param>
    /// <param name="checkInnerExceptions">Whether an inner exception of the type does as well.</param>
    /// <returns>The filter.</returns>
    public IEventFilterApplier Exception(
        Type exceptionType,
        string? message = null,
        string? start = null,
        string? contains = null,
        string? source = null,
        bool checkInnerExceptions = false) =>
        Errors(exceptionType, new Text(message, start, contains), source, checkInnerExceptions);

    /// <summary>Errors.</summary>
    /// <param name="message">What the message is.</param>
    /// <param name="start">What it starts with.</param>
    /// <param name="contains">What it contains.</param>
    /// <param name="source">Where the event comes from.</param>
    /// <returns>The filter.</returns>
    public IEventFilterApplier Error(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        Errors(null, new Text(message, start, contains), source, false);

    /// <summary>Errors.</summary>
    /// <param name="pattern">What the message matches.</param>
    /// <param name="source">Where the event comes from.</param>
    /// <returns>The filter.</returns>
    public IEventFilterApplier Error(Regex pattern, string? source = null) => Errors(null, new Text(pattern), source, false);

    /// <summary>Warnings.</summary>
    /// <inheritdoc cref="Error(string, string, string, string)"/>
    public IEventFilterApplier Warning(
        string? message = null, string? start = null, string? contains = null, string? source = null) =>
        Events<Warning>(new Text(message, start, contains), source);

    /// <summary>Warnings.</summary>
    /// <inheritdoc cref="Error(Regex, string)"/>
    public IEventFilterApplier Warning(Regex pattern, string? source = null) => Events<Warning>(new Text(pattern), source);

    /// <summary>Notes.</summary>
    /// <inheritdoc cref="Error(string, string, string, string)"/>
    public IEventFilterApplier Info(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        Events<Info>(new Text(message, start, contains), source);

    /// <summary>Notes.</summary>
    /// <inheritdoc cref="Error(Regex, string)"/>
    public IEventFilterApplier Info(Regex pattern, string? source = null) => Events<Info>(new Text(pattern), source);

    /// <summary>Details.</summary>
    /// <inheritdoc cref="Error(string, string, string, string)"/>
    public IEventFilterApplier Debug(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        Events<Debug>(new Text(message, start, contains), source);

    /// <summary>Details.</summary>
    /// <inheritdoc cref="Error(Regex, string)"/>
    public IEventFilterApplier Debug(Regex pattern, string? source = null) => Events<Debug>(new Text(pattern), source);

    /// <summary>Events of a level.</summary>
    /// <param name="logLevel">The level.</param>
    /// <param name="message">What the message is.</param>
    /// <param name="start">What it starts with.</param>
    /// <param name="contains">What it contains.</param>
    /// <param name="source">Where the event comes from.</param>
    /// <returns>The filter.</returns>
    public IEventFilterApplier ForLogLevel(
        LogLevel logLevel, string? message = null, string? start = null, string? contains = null, string? source = null) =>
        logLevel switch
        {
            LogLevel.DebugLevel => Debug(message, start, contains, source),
            LogLevel.InfoLevel => Info(message, start, contains, source),
            LogLevel.WarningLevel => Warning(message, start, contains, source),
            LogLevel.ErrorLevel => Error(message, start, contains, source),
            _ => throw new ArgumentOutOfRangeException(nameof(logLevel)),
        };

    /// <summary>Events of a level.</summary>
    /// <param name="logLevel">The level.</param>
    /// <param name="pattern">What the message matches.</param>
    /// <param name="source">Where the event comes from.</param>
    /// <returns>The filter.</returns>
    public IEventFilterApplier ForLogLevel(LogLevel logLevel, Regex pattern, string? source = null) => logLevel switch
    {
        LogLevel.DebugLevel => Debug(pattern, source),
        LogLevel.InfoLevel => Info(pattern, source),
        LogLevel.WarningLevel => Warning(pattern, source),
        LogLevel.ErrorLevel => Error(pattern, source),
        _ => throw new ArgumentOutOfRangeException(nameof(logLevel)),
    };

    /// <summary>Events that a predicate accepts.</summary>
    /// <param name="predicate">The predicate.</param>
    /// <returns>The filter.</returns>
    public IEventFilterApplier Custom(Predicate<LogEvent> predicate) => Apply("custom", log => predicate(log));

    /// <summary>Events of a type that a predicate accepts.</summary>
    /// <typeparam name="TLogEvent">The type.</typeparam>
    /// <param name="predicate">The predicate.</param>
    /// <returns>The filter.</returns>
    public IEventFilterApplier Custom<TLogEvent>(Predicate<TLogEvent> predicate)
        where TLogEvent : LogEvent =>
        Apply($"custom {typeof(TLogEvent).Name}", log => log is TLogEvent typed && predicate(typed));

    /// <summary>Dead letters.</summary>
    /// <returns>The filter.</returns>
    public IEventFilterApplier DeadLetter() => DeadLetters("any message", _ => true, null);

    /// <summary>Dead letters of a type.</summary>
    /// <typeparam name="TMessage">The type.</typeparam>
    /// <param name="source">Whom the message was for.</param>
    /// <returns>The filter.</returns>
    public IEventFilterApplier DeadLetter<TMessage>(string? source = null) => DeadLetter<TMessage>(_ => true, source);

    /// <summary>Dead letters of a type that a predicate accepts.</summary>
    /// <typeparam name="TMessage">The type.</typeparam>
    /// <param name="isMatch">The predicate.</param>
    /// <param name="source">Whom the message was for.</param>
    /// <returns>The filter.</returns>
    public IEventFilterApplier DeadLetter<TMessage>(Func<TMessage, bool> isMatch, string? source = null) =>
        DeadLetters(typeof(TMessage).Name, message => message is TMessage typed && isMatch(typed), source);

    /// <summary>Dead letters of a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="source">Whom the message was for.</param>
    /// <returns>The filter.</returns>
    public IEventFilterApplier DeadLetter(Type type, string? source = null) => DeadLetters(type.Name, type.IsInstanceOfType, source);

    /// <summary>Dead letters of a type that a predicate accepts.</summary>
    /// <param name="type">The type.</param>
    /// <param name="isMatch">The predicate.</param>
    /// <param name="source">Whom the message was for.</param>
    /// <returns>The filter.</returns>
    public IEventFilterApplier DeadLetter(Type type, Func<object, bool> isMatch, string? source = null) =>
        DeadLetters(type.Name, message => type.IsInstanceOfType(message) && isMatch(message), source);

    private static bool IsFrom(LogEvent log, string? source)
    {
        if (source is null || log.LogSource == source)
            return true;
        if (log.LogSource is not { } from)
            return false;

        // An actor's events come from its path, in brackets and with its uid: the path itself, whole or local, is meant too.
        var path = from.Trim('[', ']').Split('#')[0];
        return path == source || (source.StartsWith('/') && path.EndsWith(source, StringComparison.Ordinal));
    }

    private static bool HasCause(Exception? cause, Type type, Text text, bool checkInner) =>
        cause is not null
        && ((type.IsInstanceOfType(cause) && text.Matches(cause.Message))
            || (checkInner && HasCause(cause.InnerException, type, text, true)));

    private EventFilterApplier Events<TEvent>(Text text, string? source)
        where TEvent : LogEvent =>
        Apply($"{typeof(TEvent).Name} {text}", log => log is TEvent && IsFrom(log, source) && text.Matches(log.Message?.ToString()));

    private EventFilterApplier Errors(Type? exceptionType, Text text, string? source, bool checkInner) =>
        Apply(
            $"{exceptionType?.Name ?? "Error"} {text}",
            log => log is Error error
                && IsFrom(error, source)
                && (exceptionType is null
                    ? text.Matches(error.Message?.ToString()) || (error.Cause is { } cause && text.Matches(cause.Message))
                    : HasCause(error.Cause, exceptionType, text, checkInner)
                        || (exceptionType.IsInstanceOfType(error.Cause) && text.Matches(error.Message?.ToString()))));

    private EventFilterApplier DeadLetters(string what, Func<object, bool> isMatch, string? source) =>
        Apply(
            $"dead letter of {what}",
            log => log is Warning { Message: DeadLetter dead } && isMatch(dead.Message) && IsFrom(log, source));

    private EventFilterApplier Apply(string text, Func<LogEvent, bool> matches) =>
        new(_kit, _system, [.. _before, new EventFilterBase(text.TrimEnd(), matches)]);

    /// <summary>What a text must be like. The first of the conditions that is given counts, as in a filter's documentation.</summary>
    private sealed class Text
    {
        private readonly string _text;

        public Text(Regex pattern)
        {
            _text = $"matching {pattern}";
            Matches = text => text is not null && pattern.IsMatch(text);
        }

        public Text(string? message, string? start, string? contains)
        {
            _text = message is not null ? $"\"{message}\""
                : start is not null ? $"starting with \"{start}\""
                : contains is not null ? $"containing \"{contains}\""
                : "";
            Matches = text => message is not null ? text == message
                : start is not null ? text?.StartsWith(start, StringComparison.Ordinal) == true
                : contains is null || text?.Contains(contains, StringComparison.Ordinal) == true;
        }

        public Func<string?, bool> Matches { get; }

        public override string ToString() => _text;
    }
}
