namespace Recorder.ActorKernel.Event;

/// <summary>How important a log event is.</summary>
public enum LogLevel
{
    /// <summary>For those who look for a defect.</summary>
    DebugLevel = 0,

    /// <summary>Worth knowing.</summary>
    InfoLevel = 1,

    /// <summary>Not as it should be.</summary>
    WarningLevel = 2,

    /// <summary>Something failed.</summary>
    ErrorLevel = 3,
}

/// <summary>Something that was logged; published on the event stream.</summary>
public abstract class LogEvent : INoSerializationVerificationNeeded
{
    /// <summary>An event of now and of this thread.</summary>
    protected LogEvent()
    {
        Timestamp = TimeProvider.System.GetUtcNow().UtcDateTime;
        Thread = Thread.CurrentThread;
    }

    /// <summary>What was thrown, if anything.</summary>
    public Exception Cause { get; protected set; } = null!;

    /// <summary>When, in UTC.</summary>
    public DateTime Timestamp { get; }

    /// <summary>On which thread.</summary>
    public Thread Thread { get; }

    /// <summary>Who logs: usually the path of an actor.</summary>
    public string LogSource { get; protected set; } = "";

    /// <summary>The type of who logs.</summary>
    public Type LogClass { get; protected set; } = typeof(object);

    /// <summary>What.</summary>
    public object Message { get; protected set; } = "";

    /// <summary>How important.</summary>
    /// <returns>The level.</returns>
    public abstract LogLevel LogLevel();

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = $"[{LogLevel().StringFor()}][{Timestamp:O}][Thread {Thread.ManagedThreadId:0000}][{LogSource}] {Message}";
        return Cause is null ? text : $"{text}{Environment.NewLine}Cause: {Cause}";
    }
}

/// <summary>A log event for those who look for a defect.</summary>
public class Debug : LogEvent
{
    /// <summary>An event.</summary>
    /// <param name="logSource">Who logs.</param>
    /// <param name="logClass">The type of who logs.</param>
    /// <param name="message">What.</param>
    public Debug(string logSource, Type logClass, object message)
        : this(null, logSource, logClass, message)
    {
    }

    /// <summary>An event.</summary>
    /// <param name="cause">What was thrown.</param>
    /// <param name="logSource">Who logs.</param>
    /// <param name="logClass">The type of who logs.</param>
    /// <param name="message">What.</param>
    public Debug(Exception? cause, string logSource, Type logClass, object message) =>
        (Cause, LogSource, LogClass, Message) = (cause!, logSource, logClass, message);

    /// <inheritdoc/>
    public override LogLevel LogLevel() => Event.LogLevel.DebugLevel;
}

/// <summary>A log event that is worth knowing.</summary>
public class Info : LogEvent
{
    /// <summary>An event.</summary>
    /// <param name="logSource">Who logs.</param>
    /// <param name="logClass">The type of who logs.</param>
    /// <param name="message">What.</param>
    public Info(string logSource, Type logClass, object message)
        : this(null, logSource, logClass, message)
    {
    }

    /// <summary>An event.</summary>
    /// <param name="cause">What was thrown.</param>
    /// <param name="logSource">Who logs.</param>
    /// <param name="logClass">The type of who logs.</param>
    /// <param name="message">What.</param>
    public Info(Exception? cause, string logSource, Type logClass, object message) =>
        (Cause, LogSource, LogClass, Message) = (cause!, logSource, logClass, message);

    /// <inheritdoc/>
    public override LogLevel LogLevel() => Event.LogLevel.InfoLevel;
}

/// <summary>A log event about something that is not as it should be.</summary>
public class Warning : LogEvent
{
    /// <summary>An event.</summary>
    /// <param name="logSource">Who logs.</param>
    /// <param name="logClass">The type of who logs.</param>
    /// <param name="message">What.</param>
    public Warning(string logSource, Type logClass, object message)
        : this(null, logSource, logClass, message)
    {
    }

    /// <summary>An event.</summary>
    /// <param name="cause">What was thrown.</param>
    /// <param name="logSource">Who logs.</param>
    /// <param name="logClass">The type of who logs.</param>
    /// <param name="message">What.</param>
    public Warning(Exception? cause, string logSource, Type logClass, object message) =>
        (Cause, LogSource, LogClass, Message) = (cause!, logSource, logClass, message);

    /// <inheritdoc/>
    public override LogLevel LogLevel() => Event.LogLevel.WarningLevel;
}

/// <summary>A log event about something that failed.</summary>
public class Error : LogEvent
{
    /// <summary>An event.</summary>
    /// <param name="cause">What was thrown.</param>
    /// <param name="logSource">Who logs.</param>
    /// <param name="logClass">The type of who logs.</param>
    /// <param name="message">What.</param>
    public Error(Exception? cause, string logSource, Type logClass, object message) =>
        (Cause, LogSource, LogClass, Message) = (cause!, logSource, logClass, message);

    /// <inheritdoc/>
    public override LogLevel LogLevel() => Event.LogLevel.ErrorLevel;
}

/// <summary>Told to a logger actor when it starts; it answers with <see cref="LoggerInitialized"/>.</summary>
/// <param name="loggingBus">Where the events come from.</param>
public class InitializeLogger(LoggingBus loggingBus) : INoSerializationVerificationNeeded
{
    /// <summary>Where the events come from.</summary>
    public LoggingBus LoggingBus { get; } = loggingBus;
}

/// <summary>Says that a logger actor is ready.</summary>
public class LoggerInitialized : INoSerializationVerificationNeeded, IDeadLetterSuppression;

/// <summary>Says on a logger what its queue must be able to do.</summary>
public interface ILoggerMessageQueueSemantics : Dispatch.ISemantics;
