using Microsoft.Extensions.Logging;
using Recorder.Contracts;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Cluster.Runtime;

internal static partial class TenuresLog
{
    [LoggerMessage(1, LogLevel.Information, "Takes recorder {Recorder}, term {Term}")]
    public static partial void Claimed(ILogger logger, RecorderId recorder, long term);

    [LoggerMessage(2, LogLevel.Information, "Lets recorder {Recorder} go, term {Term}")]
    public static partial void LetGo(ILogger logger, RecorderId recorder, long term);

    [LoggerMessage(3, LogLevel.Warning, "The control plane has not come up: this node goes on alone with the {Count} recorders that it held before")]
    public static partial void BeginsAlone(ILogger logger, int count);

    [LoggerMessage(4, LogLevel.Warning, "Recorder {Recorder} was changed on two nodes at the same time: its {Registers}. Recording and existing win, else the greater value")]
    public static partial void Conflict(ILogger logger, RecorderId recorder, string registers);

    [LoggerMessage(5, LogLevel.Warning, "Recorder {Recorder} could not be completed here: {Reason}")]
    public static partial void NotCompleted(ILogger logger, RecorderId recorder, string reason);

    [LoggerMessage(7, LogLevel.Error, "{Count} tenures cannot be written to the node's cluster-state.db, and are tried again: {Reason} Recordings go on")]
    public static partial void NotSaved(ILogger logger, int count, string reason);

    [LoggerMessage(8, LogLevel.Information, "Node {Node} recorded recorder {Recorder} after this node had taken over: {Extents} extents are marked late")]
    public static partial void LateMedia(ILogger logger, RecorderId recorder, string node, long extents);

    [LoggerMessage(6, LogLevel.Information, "Node {Node}: {Change}")]
    public static partial void Member(ILogger logger, string node, string change);

    [LoggerMessage(9, LogLevel.Error, "What other nodes recorded late could not be summed up; it is tried again")]
    public static partial void LateMediaFailed(ILogger logger, Exception failed);

    [LoggerMessage(10, LogLevel.Error, "Recordings that nobody records any more could not be completed or ended; it is tried again")]
    public static partial void NotEnded(ILogger logger, Exception failed);
}
