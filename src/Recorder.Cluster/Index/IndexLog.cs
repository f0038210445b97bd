using Microsoft.Extensions.Logging;

namespace Recorder.Cluster.Index;

internal static partial class IndexLog
{
    [LoggerMessage(1, LogLevel.Information, "Takes a snapshot of what node {Node} has: its journal does not continue where this node was")]
    public static partial void Snapshot(ILogger logger, string node);

    [LoggerMessage(2, LogLevel.Warning, "The journal of node {Node} cannot be followed: {Reason} It is tried again")]
    public static partial void Away(ILogger logger, string node, string reason);

    [LoggerMessage(3, LogLevel.Information, "The journal of node {Node} is followed again")]
    public static partial void Back(ILogger logger, string node);

    [LoggerMessage(4, LogLevel.Error, "The journal of node {Node} cannot be applied; it is tried again")]
    public static partial void Failed(ILogger logger, Exception cause, string node);
}
