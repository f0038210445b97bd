namespace Recorder.ActorKernel.Event;

/// <summary>Logs to the event stream.</summary>
public interface ILoggingAdapter
{
    /// <summary>Makes text of templates.</summary>
    ILogMessageFormatter Formatter { get; }

    /// <summary>Whether debug events are published.</summary>
    bool IsDebugEnabled { get; }

    /// <summary>Whether info events are published.</summary>
    bool IsInfoEnabled { get; }

    /// <summary>Whether warnings are published.</summary>
    bool IsWarningEnabled { get; }

    /// <summary>Whether errors are published.</summary>
    bool IsErrorEnabled { get; }

    /// <summary>Whether a level is published.</summary>
    /// <param name="logLevel">The level.</param>
    /// <returns>Whether.</returns>
    bool IsEnabled(LogLevel logLevel);

    /// <summary>Logs.</summary>
    /// <param name="logLevel">The level.</param>
    /// <param name="cause">What was thrown, if anything.</param>
    /// <param name="message">What.</param>
    void Log(LogLevel logLevel, Exception? cause, LogMessage message);

    /// <summary>Logs.</summary>
    /// <param name="logLevel">The level.</param>
    /// <param name="cause">What was thrown, if anything.</param>
    /// <param name="format">What.</param>
    void Log(LogLevel logLevel, Exception? cause, string format);
}

/// <summary>The base of log adapters.</summary>
/// <param name="logMessageFormatter">Makes text of templates.</param>
public abstract class LoggingAdapterBase(ILogMessageFormatter logMessageFormatter) : ILoggingAdapter
{
    /// <inheritdoc/>
    public ILogMessageFormatter Formatter { get; } = logMessageFormatter;

    /// <inheritdoc/>
    public abstract bool IsDebugEnabled { get; }

    /// <inheritdoc/>
    public abstract bool IsInfoEnabled { get; }

    /// <inheritdoc/>
    public abstract bool IsWarningEnabled { get; }

    /// <inheritdoc/>
    public abstract bool IsErrorEnabled { get; }

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel switch
    {
        LogLevel.DebugLevel => IsDebugEnabled,
        LogLevel.InfoLevel => IsInfoEnabled,
        LogLevel.WarningLevel => IsWarningEnabled,
        _ => IsErrorEnabled,
    };

    /// <inheritdoc/>
    public void Log(LogLevel logLevel, Exception? cause, LogMessage message)
    {
        if (IsEnabled(logLevel))
            NotifyLog(logLevel, message, cause);
    }

    /// <inheritdoc/>
    public void Log(LogLevel logLevel, Exception? cause, string format)
    {
        if (IsEnabled(logLevel))
            NotifyLog(logLevel, format, cause);
    }

    /// <summary>Publishes.</summary>
    /// <param name="logLevel">The level.</param>
    /// <param name="message">What.</param>
    /// <param name="cause">What was thrown, if anything.</param>
    protected abstract void NotifyLog(LogLevel logLevel, object message, Exception? cause = null);
}

/// <summary>Logs to a bus.</summary>
/// <param name="bus">The bus.</param>
/// <param name="logSource">Who logs.</param>
/// <param name="logClass">The type of who logs.</param>
/// <param name="logMessageFormatter">Makes text of templates.</param>
public sealed class BusLogging(LoggingBus bus, string logSource, Type logClass, ILogMessageFormatter logMessageFormatter)
    : LoggingAdapterBase(logMessageFormatter)
{
    /// <summary>The bus.</summary>
    public LoggingBus Bus => bus;

    /// <summary>Who logs.</summary>
    public string LogSource => logSource;

    /// <summary>The type of who logs.</summary>
    public Type LogClass => logClass;

    /// <inheritdoc/>
    public override bool IsDebugEnabled => bus.LogLevel <= LogLevel.DebugLevel;

    /// <inheritdoc/>
    public override bool IsInfoEnabled => bus.LogLevel <= LogLevel.InfoLevel;

    /// <inheritdoc/>
    public override bool IsWarningEnabled => bus.LogLevel <= LogLevel.WarningLevel;

    /// <inheritdoc/>
    public override bool IsErrorEnabled => bus.LogLevel <= LogLevel.ErrorLevel;

    /// <inheritdoc/>
    protected override void NotifyLog(LogLevel logLevel, object message, Exception? cause = null) => bus.Publish(logLevel switch
    {
        LogLevel.DebugLevel => new Debug(cause, logSource, logClass, message),
        LogLevel.InfoLevel => new Info(cause, logSource, logClass, message),
        LogLevel.WarningLevel => new Warning(cause, logSource, logClass, message),
        _ => (LogEvent)new Error(cause, logSource, logClass, message),
    });
}

/// <summary>Logs nothing.</summary>
public sealed class NoLogger : ILoggingAdapter
{
    /// <summary>The only instance.</summary>
    public static readonly ILoggingAdapter Instance = new NoLogger();

    private NoLogger()
    {
    }

    /// <inheritdoc/>
    public ILogMessageFormatter Formatter => DefaultLogMessageFormatter.Instance;

    /// <inheritdoc/>
    public bool IsDebugEnabled => false;

    /// <inheritdoc/>
    public bool IsInfoEnabled => false;

    /// <inheritdoc/>
    public bool IsWarningEnabled => false;

    /// <inheritdoc/>
    public bool IsErrorEnabled => false;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => false;

    /// <inheritdoc/>
    public void Log(LogLevel logLevel, Exception? cause, LogMessage message)
    {
    }

    /// <inheritdoc/>
    public void Log(LogLevel logLevel, Exception? cause, string format)
    {
    }
}

/// <summary>Makes log adapters, and names levels.</summary>
public static class Logging
{
    /// <summary>The logger of an actor.</summary>
    /// <param name="context">Its context.</param>
    /// <param name="logMessageFormatter">Makes text of templates.</param>
    /// <returns>The logger.</returns>
    public static ILoggingAdapter GetLogger(this IActorContext context, ILogMessageFormatter? logMessageFormatter = null)
    {
        var cell = (ActorCell)context;
        return new BusLogging(
            context.System.EventStream,
            context.Self.Path.ToString(),
            cell.Actor?.GetType() ?? context.Props.Type,
            logMessageFormatter ?? SemanticLogMessageFormatter.Instance);
    }

    /// <summary>A logger for anything.</summary>
    /// <param name="system">The system.</param>
    /// <param name="logSourceObj">Who logs: an actor, a type, a name, or an object.</param>
    /// <param name="logMessageFormatter">Makes text of templates.</param>
    /// <returns>The logger.</returns>
    public static ILoggingAdapter GetLogger(
        ActorSystem system, object logSourceObj, ILogMessageFormatter? logMessageFormatter = null) =>
        MakeLogger(system.EventStream, LogSource.Create(logSourceObj, system), logMessageFormatter);

    /// <summary>A logger for anything.</summary>
    /// <param name="loggingBus">The bus.</param>
    /// <param name="logSourceObj">Who logs: an actor, a type, a name, or an object.</param>
    /// <param name="logMessageFormatter">Makes text of templates.</param>
    /// <returns>The logger.</returns>
    public static ILoggingAdapter GetLogger(
        LoggingBus loggingBus, object logSourceObj, ILogMessageFormatter? logMessageFormatter = null) =>
        MakeLogger(loggingBus, LogSource.Create(logSourceObj), logMessageFormatter);

    /// <summary>The level of a name.</summary>
    /// <param name="logLevel">DEBUG, INFO, WARNING, ERROR or OFF, in any case.</param>
    /// <returns>The level.</returns>
    /// <exception cref="ArgumentException">It is none of them.</exception>
    public static LogLevel LogLevelFor(string logLevel) => logLevel.ToUpperInvariant() switch
    {
        "DEBUG" => LogLevel.DebugLevel,
        "INFO" => LogLevel.InfoLevel,
        "WARNING" => LogLevel.WarningLevel,
        "ERROR" => LogLevel.ErrorLevel,
        "OFF" => Off,
        _ => throw new ArgumentException($"Unknown LogLevel: \"{logLevel}\". Valid values are: \"OFF\", \"DEBUG\", \"INFO\", \"WARNING\", \"ERROR\"", nameof(logLevel)),
    };

    /// <summary>The level of a kind of event.</summary>
    /// <typeparam name="T">The kind.</typeparam>
    /// <returns>The level.</returns>
    public static LogLevel LogLevelFor<T>()
        where T : LogEvent =>
        typeof(T) == typeof(Debug) ? LogLevel.DebugLevel
        : typeof(T) == typeof(Info) ? LogLevel.InfoLevel
        : typeof(T) == typeof(Warning) ? LogLevel.WarningLevel
        : LogLevel.ErrorLevel;

    /// <summary>The kind of event of a level.</summary>
    /// <param name="logLevel">The level.</param>
    /// <returns>The kind.</returns>
    public static Type ClassFor(this LogLevel logLevel) => logLevel switch
    {
        LogLevel.DebugLevel => typeof(Debug),
        LogLevel.InfoLevel => typeof(Info),
        LogLevel.WarningLevel => typeof(Warning),
        _ => typeof(Error),
    };

    /// <summary>The name of a level.</summary>
    /// <param name="logLevel">The level.</param>
    /// <returns>The name.</returns>
    public static string StringFor(this LogLevel logLevel) => logLevel switch
    {
        LogLevel.DebugLevel => "DEBUG",
        LogLevel.InfoLevel => "INFO",
        LogLevel.WarningLevel => "WARNING",
        LogLevel.ErrorLevel => "ERROR",
        _ => "OFF",
    };

    /// <summary>The name of the type of an object.</summary>
    /// <param name="o">The object.</param>
    /// <returns>The name.</returns>
    public static string SimpleName(object o) => o.GetType().Name;

    /// <summary>The name of a type.</summary>
    /// <param name="t">The type.</param>
    /// <returns>The name.</returns>
    public static string SimpleName(Type t) => t.Name;

    internal const LogLevel Off = (LogLevel)int.MaxValue;

    private static BusLogging MakeLogger(LoggingBus bus, LogSource source, ILogMessageFormatter? formatter) =>
        new(bus, source.Source, source.Type, formatter ?? SemanticLogMessageFormatter.Instance);
}

/// <summary>The type of a logger that has only a name.</summary>
public class DummyClassForStringSources;

/// <summary>A logger actor that prints to standard output; name it in <c>akka.loggers</c>.</summary>
public class DefaultLogger : ActorBase
{
    /// <summary>Prints an event.</summary>
    /// <param name="logEvent">The event.</param>
    protected virtual void Print(LogEvent logEvent) => Console.Out.WriteLine(logEvent);

    /// <inheritdoc/>
    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                return true;
            case LogEvent logEvent:
                Print(logEvent);
                return true;
            default:
                return false;
        }
    }
}
