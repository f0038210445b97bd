using System.Globalization;
using Microsoft.Extensions.Logging;
using Recorder.Actors.Capture;

namespace Recorder.Actors;

internal static class SystemConfiguration
{
    /// <summary>For an actor system that Recorder creates: it logs to the program's log and prints nothing.</summary>
    public static Config Own { get; } = ConfigurationFactory.ParseString(
        """
        akka {
          # SystemLogger does the logging.
          loggers = []
          loglevel = WARNING
          stdout-loglevel = OFF
          # Messages may contain credentials: SystemLogger logs only their types.
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          actor.serializers.json = "Recorder.Actors.LocalOnlySerializer, Recorder.Actors"
          scheduler.implementation = "Recorder.Actors.DueTimeScheduler, Recorder.Actors"
          # The program shuts the system down itself: an abort must not wait for recordings, and DisposeAsync must not race with a hook.
          coordinated-shutdown.run-by-clr-shutdown-hook = off
        }
        """);

    public static void StartLogger(ActorSystem system, ILoggerFactory logging) =>
        system.ActorOf(SystemLogger.PropsFor(logging.CreateLogger("Actors")), "log");

    public static Config ForRecorders(RecorderRuntimeOptions options) => ConfigurationFactory.ParseString(string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {{SourcesActor.Dispatchers}}
        # Recordings are completed in this phase, which must last longer than their own timeout.
        akka.coordinated-shutdown.phases.service-stop.timeout = {{((2 * options.ShutdownTimeout) + TimeSpan.FromSeconds(1)).TotalMilliseconds}}ms
        """));
}
