using Recorder.ActorKernel.Configuration;
using Recorder.ActorKernel.Setup;

namespace Recorder.ActorKernel;

/// <summary>What the configuration of a system says.</summary>
public class Settings
{
    /// <summary>Settings.</summary>
    /// <param name="system">The system.</param>
    /// <param name="config">Its configuration; the kernel's defaults fill what it does not say.</param>
    public Settings(ActorSystem system, Config config)
        : this(system, config, ActorSystemSetup.Empty)
    {
    }

    /// <summary>Settings.</summary>
    /// <param name="system">The system.</param>
    /// <param name="config">Its configuration; the kernel's defaults fill what it does not say.</param>
    /// <param name="setup">What it was set up with.</param>
    public Settings(ActorSystem system, Config config, ActorSystemSetup setup)
    {
        System = system;
        Setup = setup;
        Config = config.WithFallback(ConfigurationFactory.Default());
        LogLevel = Config.GetString("akka.loglevel");
        StdoutLogLevel = Config.GetString("akka.stdout-loglevel");
        Loggers = Config.GetStringList("akka.loggers");
        LoggerStartTimeout = Config.GetTimeSpan("akka.logger-startup-timeout");
        LogConfigOnStart = Config.GetBoolean("akka.log-config-on-start");
        AskTimeout = Config.GetTimeSpan("akka.actor.ask-timeout", Timeout.InfiniteTimeSpan);
        CreationTimeout = Config.GetTimeSpan("akka.actor.creation-timeout");
        AddLoggingReceive = Config.GetBoolean("akka.actor.debug.receive");
        DebugAutoReceive = Config.GetBoolean("akka.actor.debug.autoreceive");
        DebugLifecycle = Config.GetBoolean("akka.actor.debug.lifecycle");
        DebugEventStream = Config.GetBoolean("akka.actor.debug.event-stream");
        DebugUnhandledMessage = Config.GetBoolean("akka.actor.debug.unhandled");
        LogDeadLetters = Config.GetString("akka.log-dead-letters") switch
        {
            "off" or "false" or "no" => 0,
            "on" or "true" or "yes" => int.MaxValue,
            _ => Config.GetInt("akka.log-dead-letters"),
        };
        LogDeadLettersDuringShutdown = Config.GetBoolean("akka.log-dead-letters-during-shutdown");
        LogDeadLettersSuspendDuration = Config.GetTimeSpan("akka.log-dead-letters-suspend-duration");
        SchedulerClass = Config.GetString("akka.scheduler.implementation");
        SchedulerShutdownTimeout = Config.GetTimeSpan("akka.scheduler.shutdown-timeout");
        SupervisorStrategyClass = Config.GetString("akka.actor.guardian-supervisor-strategy");
        CoordinatedShutdownTerminateActorSystem = Config.GetBoolean("akka.coordinated-shutdown.terminate-actor-system");
        CoordinatedShutdownRunByActorSystemTerminate =
            Config.GetBoolean("akka.coordinated-shutdown.run-by-actor-system-terminate");
        if (CoordinatedShutdownRunByActorSystemTerminate && !CoordinatedShutdownTerminateActorSystem)
        {
            throw new ConfigurationException(
                "akka.coordinated-shutdown.run-by-actor-system-terminate=on and akka.coordinated-shutdown.terminate-actor-system=off is not a supported configuration combination.");
        }
    }

    /// <summary>The system.</summary>
    public ActorSystem System { get; }

    /// <summary>What the system was set up with.</summary>
    public ActorSystemSetup Setup { get; }

    /// <summary>The whole configuration.</summary>
    public Config Config { get; private set; }

    /// <summary><c>akka.loglevel</c>: the least important level that is published.</summary>
    public string LogLevel { get; }

    /// <summary><c>akka.stdout-loglevel</c>; the kernel prints nothing unless a logger does.</summary>
    public string StdoutLogLevel { get; }

    /// <summary><c>akka.loggers</c>: the types of the logger actors.</summary>
    public IList<string> Loggers { get; }

    /// <summary><c>akka.logger-startup-timeout</c>.</summary>
    public TimeSpan LoggerStartTimeout { get; }

    /// <summary><c>akka.log-config-on-start</c>: log the whole configuration at the start.</summary>
    public bool LogConfigOnStart { get; }

    /// <summary><c>akka.actor.ask-timeout</c>: how long an Ask waits that says nothing.</summary>
    public TimeSpan AskTimeout { get; }

    /// <summary><c>akka.actor.creation-timeout</c>.</summary>
    public TimeSpan CreationTimeout { get; }

    /// <summary><c>akka.actor.debug.receive</c>: log what actors with <see cref="ILogReceive"/> get.</summary>
    public bool AddLoggingReceive { get; }

    /// <summary><c>akka.actor.debug.autoreceive</c>: log what the runtime handles.</summary>
    public bool DebugAutoReceive { get; }

    /// <summary><c>akka.actor.debug.lifecycle</c>: log starts, restarts, stops and watches.</summary>
    public bool DebugLifecycle { get; }

    /// <summary><c>akka.actor.debug.event-stream</c>: log subscriptions.</summary>
    public bool DebugEventStream { get; }

    /// <summary><c>akka.actor.debug.unhandled</c>: log what nobody handles.</summary>
    public bool DebugUnhandledMessage { get; }

    /// <summary><c>akka.log-dead-letters</c>: how many are logged; 0 for none.</summary>
    public int LogDeadLetters { get; }

    /// <summary><c>akka.log-dead-letters-during-shutdown</c>.</summary>
    public bool LogDeadLettersDuringShutdown { get; }

    /// <summary>How long no dead letters are logged after <see cref="LogDeadLetters"/> of them; infinite: from then on.</summary>
    public TimeSpan LogDeadLettersSuspendDuration { get; }

    /// <summary><c>akka.scheduler.implementation</c>.</summary>
    public string SchedulerClass { get; }

    /// <summary><c>akka.scheduler.shutdown-timeout</c>.</summary>
    public TimeSpan SchedulerShutdownTimeout { get; }

    /// <summary><c>akka.actor.guardian-supervisor-strategy</c>.</summary>
    public string SupervisorStrategyClass { get; }

    /// <summary><c>akka.coordinated-shutdown.terminate-actor-system</c>.</summary>
    public bool CoordinatedShutdownTerminateActorSystem { get; }

    /// <summary><c>akka.coordinated-shutdown.run-by-actor-system-terminate</c>.</summary>
    public bool CoordinatedShutdownRunByActorSystemTerminate { get; }

    /// <summary>Adds defaults.</summary>
    /// <param name="config">The defaults.</param>
    public void InjectTopLevelFallback(Config config) => Config = Config.WithFallback(config);

    /// <inheritdoc/>
    public override string ToString() => Config.ToString();
}
