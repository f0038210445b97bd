using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Actors;

/// <summary>
/// Takes what the actor system says of itself to the node's log: failures and restarts with their exception and the actor's path, and
/// at debug level messages that nobody got, by their type only, since what is in them may hold credentials.
/// </summary>
internal sealed class SystemLogActor : ReceiveActor
{
    public SystemLogActor(ILogger logger)
    {
        Receive<Akka.Event.Error>(error => SystemLog.Error(logger, error.Cause, error.LogSource, error.Message));
        Receive<Akka.Event.Warning>(warning => SystemLog.Warning(logger, warning.Cause, warning.LogSource, warning.Message));
        Receive<Akka.Event.DeadLetter>(letter => SystemLog.DeadLetter(logger, letter.Message.GetType().Name, letter.Recipient.Path));
    }

    public static Props PropsFor(ILogger logger) => Props.Create(() => new SystemLogActor(logger));

    protected override void PreStart()
    {
        foreach (var kind in new[] { typeof(Akka.Event.Error), typeof(Akka.Event.Warning), typeof(Akka.Event.DeadLetter) })
        {
            Context.System.EventStream.Subscribe(Self, kind);
        }
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);
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
