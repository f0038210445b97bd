using Akka.Event;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Actors;

/// <summary>
/// The logger of the actor systems that Recorder creates: errors and warnings go to the node's log with the actor's path. Dead
/// letters go there at debug level, with their type only, since messages may contain credentials. It is an actor instead of an
/// <c>akka.loggers</c> entry because the start of an actor system waits for those. A program's own actor system keeps the loggers
/// that the program chose.
/// </summary>
internal sealed class SystemLogger : ReceiveActor
{
    public SystemLogger(ILogger logger)
    {
        Receive<Error>(error => SystemLog.Error(logger, error.Cause, error.LogSource, error.Message));
        Receive<Warning>(warning => SystemLog.Warning(logger, warning.Cause, warning.LogSource, warning.Message));
        Receive<DeadLetter>(letter => SystemLog.DeadLetter(logger, letter.Message.GetType().Name, letter.Recipient.Path));
    }

    public static Props PropsFor(ILogger logger) => Props.Create(() => new SystemLogger(logger));

    protected override void PreStart()
    {
        foreach (var kind in new[] { typeof(Error), typeof(Warning), typeof(DeadLetter) })
            Context.System.EventStream.Subscribe(Self, kind);
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);
}

internal static partial class SystemLog
{
    [LoggerMessage(1, LogLevel.Error, "{Actor}: {Text}")]
    public static partial void Error(ILogger logger, Exception? exception, string actor, object text);

    [LoggerMessage(2, LogLevel.Warning, "{Actor}: {Text}")]
    public static partial void Warning(ILogger logger, Exception? exception, string actor, object text);

    [LoggerMessage(3, LogLevel.Debug, "Dead letter: {Message} for {Actor}")]
    public static partial void DeadLetter(ILogger logger, string message, ActorPath actor);
}
