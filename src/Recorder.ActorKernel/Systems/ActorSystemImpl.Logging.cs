using Recorder.ActorKernel.Configuration;
using Recorder.ActorKernel.Event;

namespace Recorder.ActorKernel.Internal;

public partial class ActorSystemImpl
{
    private IActorRef? _deadLetterListener;

    private void StartLoggers()
    {
        var level = EventStream.LogLevel;
        var number = 0;
        foreach (var name in Settings.Loggers)
        {
            var type = TypeNames.Resolve(name)
                ?? throw new ConfigurationException($"Logger specified in config cannot be found: \"{name}\"");
            var logger = SystemActorOf(Props.Create(type), $"log{++number}-{type.Name}");
            var answer = logger.Ask<object>(new InitializeLogger(EventStream), Settings.LoggerStartTimeout);
            if (!SpinWait.SpinUntil(() => answer.IsCompleted, Settings.LoggerStartTimeout) || answer.IsFaulted)
                throw new LoggerInitializationException($"Logger [{name}] did not start within {Settings.LoggerStartTimeout}");
            foreach (var eventLevel in Enum.GetValues<LogLevel>())
            {
                if (eventLevel >= level)
                    EventStream.Subscribe(logger, eventLevel.ClassFor());
            }
        }

        if (Settings.DebugUnhandledMessage)
            EventStream.Subscribe(SystemActorOf<UnhandledMessageForwarder>("UnhandledMessageForwarder"), typeof(UnhandledMessage));
        if (Settings.LogDeadLetters > 0)
            _deadLetterListener = SystemActorOf<DeadLetterListener>("deadLetterListener");
    }
}
