using Microsoft.Extensions.Logging;
using Recorder.Cluster.Formations;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Cluster.ControlPlane;

internal static partial class ControlPlaneLog
{
    [LoggerMessage(1, LogLevel.Error, "Port {Port} on {Address} is used by another program; the control plane tries again in {Delay}. Recordings go on")]
    public static partial void PortInUse(ILogger logger, int port, string address, TimeSpan delay);

    [LoggerMessage(2, LogLevel.Error, "The control plane does not start; it tries again in {Delay}. Recordings go on")]
    public static partial void NotStarted(ILogger logger, Exception exception, TimeSpan delay);

    [LoggerMessage(3, LogLevel.Warning, "The control plane ended ({Reason}) and starts again in {Delay}. Recordings go on")]
    public static partial void Ended(ILogger logger, string reason, TimeSpan delay);

    [LoggerMessage(4, LogLevel.Information, "Joins the formation of {Node} at {Host}:{Port}")]
    public static partial void Joins(ILogger logger, string node, string host, int port);

    [LoggerMessage(5, LogLevel.Information, "No other node answers (asked to join: {Join}); forms a cluster of one")]
    public static partial void FormsAlone(ILogger logger, string join);

    [LoggerMessage(6, LogLevel.Information, "Gives up its formation {Own} for the one of {Node}")]
    public static partial void GivesUp(ILogger logger, Formation? own, string node);

    [LoggerMessage(7, LogLevel.Error, "The node at {Url} is called {Node} as well, so this one stays outside of the cluster: give one of them another name. Recordings go on")]
    public static partial void SameName(ILogger logger, Uri url, string node);

    [LoggerMessage(8, LogLevel.Warning, "Other nodes cannot be asked: {Reason}")]
    public static partial void NotAsked(ILogger logger, string reason);

    [LoggerMessage(9, LogLevel.Debug, "The control plane left the cluster")]
    public static partial void Left(ILogger logger);
}
