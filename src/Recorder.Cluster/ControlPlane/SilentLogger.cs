using Akka.Event;

namespace Recorder.Cluster.ControlPlane;

/// <summary>Stands in for Akka's console logger, which speaks while a system ends whatever its level is: what a command prints may be read by a program.</summary>
internal sealed class SilentLogger : MinimalLogger
{
    protected override void Log(object message)
    {
    }
}
