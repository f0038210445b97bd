using Microsoft.Extensions.Logging;
using Recorder.Actors.Catalogue;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Actors.Retention;

internal static partial class RetentionLog
{
    [LoggerMessage(1, LogLevel.Information, "Deleting {Extents} extents from {Recording} on: {Bytes} bytes")]
    public static partial void Removes(ILogger logger, int extents, RecordingKey recording, long bytes);

    [LoggerMessage(2, LogLevel.Error, "{Path} cannot be deleted and will be retried: {Reason}")]
    public static partial void NotRemoved(ILogger logger, string path, string reason);

    [LoggerMessage(3, LogLevel.Warning, "The volume of {Folder} lacks {Bytes} bytes of free space, and no more recordings may be deleted")]
    public static partial void NothingToRemove(ILogger logger, string folder, long bytes);

    [LoggerMessage(4, LogLevel.Error, "A retention sweep failed and will be retried")]
    public static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(5, LogLevel.Error, "{Detail}")]
    public static partial void ClockDistrusted(ILogger logger, string detail);

    [LoggerMessage(6, LogLevel.Warning, "{Detail}")]
    public static partial void ClockTrusted(ILogger logger, string detail);

    [LoggerMessage(7, LogLevel.Warning, "The state of the clock could not be stored and will be retried: {Reason}")]
    public static partial void ClockNotStored(ILogger logger, string reason);
}
