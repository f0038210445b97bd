using Akka.Dispatch;
using Akka.Event;
using Akka.Hosting.Logging;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Actors;

/// <summary>
/// The logger of the actor systems that Recorder makes: failures and warnings go to the node's log with the actor's path. Messages that
/// nobody got go there at debug level, by their type only, since what is in them may hold credentials. A program's own actor system has the
/// loggers that the program chose.
/// </summary>
internal sealed class SystemLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private readonly ILogger _logger = Context.System.Settings.Setup.Get<LoggerFactorySetup>().Value.LoggerFactory.CreateLogger("Actors");

    public SystemLogger()
    {
        Receive<InitializeLogger>(initialize =>
        {
            initialize.LoggingBus.Subscribe(Self, typeof(DeadLetter));
            Sender.Tell(new LoggerInitialized());
        });
        Receive<LogEvent>(OnEvent);
        Receive<DeadLetter>(letter => SystemLog.DeadLetter(_logger, letter.Message.GetType().Name, letter.Recipient.Path));
    }

    private void OnEvent(LogEvent raised)
    {
        if (raised.LogLevel() >= Akka.Event.LogLevel.ErrorLevel)
        {
            SystemLog.Error(_logger, raised.Cause, raised.LogSource, raised.Message);
        }
        else if (raised.LogLevel() == Akka.Event.LogLevel.WarningLevel)
        {
            SystemLog.Warning(_logger, raised.Cause, raised.LogSource, raised.Message);
        }
    }
}

internal static partial class SystemLog
{
    [LoggerMessage(1, LogLevel.Error, "{Actor}: {Text}")]
    public static partial void Error(ILogger logger, Exception? exception, string actor, object text);

    [LoggerMessage(2, LogLevel.Warning, "{Actor}: {Text}")]
    public static partial void Warning(ILogger logger, Exception? exception, string actor, object text);

    [LoggerMessage(3, LogLevel.Debug, "Nobody got a {Message} for {Actor}")]
    public static partial void DeadLetter(ILogger logger, string message, ActorPath actor);
}
