using System.Globalization;
using Microsoft.Extensions.Logging;
using Recorder.Actors.Capture;

namespace Recorder.Actors;

/// <summary>How actor systems with recorders are configured.</summary>
internal static class SystemConfiguration
{
    /// <summary>What an actor system has that Recorder's own programs make: it logs to the program's log and prints nothing.</summary>
    public static Config Own { get; } = ConfigurationFactory.ParseString(
        """
        akka {
          # SystemLogger takes what is logged.
          loggers = []
          loglevel = WARNING
          stdout-loglevel = OFF
          # Messages may hold credentials: SystemLogger names them by type only.
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          actor.serializers.json = "Recorder.Actors.LocalOnlySerializer, Recorder.Actors"
          # Akka's 10 ms would wake an idle node a hundred times a second; no timer of a recorder is as fine as that.
          scheduler.tick-duration = 50ms
          # The end of the process is the program's business: an abort must not wait for recordings, and DisposeAsync must not race with a hook.
          coordinated-shutdown.run-by-clr-shutdown-hook = off
        }
        """);

    /// <summary>Begins to log what an actor system with <see cref="Own"/> says of itself.</summary>
    public static void StartLogger(ActorSystem system, ILoggerFactory logging) =>
        system.ActorOf(SystemLogger.PropsFor(logging.CreateLogger("Actors")), "log");

    /// <summary>What the actors need of their system's configuration.</summary>
    public static Config ForRecorders(RecorderRuntimeOptions options) => ConfigurationFactory.ParseString(string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {{SourcesActor.Dispatchers}}
        # Recordings are completed in this phase, which must not be cut off before they give up by themselves.
        akka.coordinated-shutdown.phases.service-stop.timeout = {{((2 * options.ShutdownTimeout) + TimeSpan.FromSeconds(1)).TotalMilliseconds}}ms
        """));
}
