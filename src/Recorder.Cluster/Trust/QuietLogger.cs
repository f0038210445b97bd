using Akka.Event;
using Akka.Hosting.Logging;

namespace Recorder.Cluster.Trust;

/// <summary>
/// Passes warnings and errors of the clustered actor system to the node's log, but for those of the transport: of each connection that breaks it tells several
/// times, with stack traces. What that means for the cluster, the members' log says.
/// </summary>
internal class QuietLogger : LoggerFactoryLogger
{
    protected override void Log(LogEvent log, ActorPath path)
    {
        var isTransport = log.LogSource.Contains("endpointManager", StringComparison.Ordinal) || log.LogSource.Contains("remoting", StringComparison.Ordinal);
        if (log.LogLevel() >= LogLevel.WarningLevel && !isTransport)
            base.Log(log, path);
    }
}
