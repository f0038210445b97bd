using Microsoft.Extensions.Logging;
using Recorder.Actors.Catalogue;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Actors.Retention;

internal static partial class RetentionLog
{
    [LoggerMessage(1, LogLevel.Information, "{Extents} extents go, from {Recording} on: {Bytes} bytes")]
    public static partial void Removes(ILogger logger, int extents, RecordingKey recording, long bytes);

    [LoggerMessage(2, LogLevel.Error, "{Path} cannot be removed and is tried again: {Reason}")]
    public static partial void NotRemoved(ILogger logger, string path, string reason);

    [LoggerMessage(3, LogLevel.Warning, "The volume of {Folder} lacks {Bytes} bytes of free space, and nothing more may be removed")]
    public static partial void NothingToRemove(ILogger logger, string folder, long bytes);

    [LoggerMessage(4, LogLevel.Error, "Retention could not finish and is tried again")]
    public static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(5, LogLevel.Error, "{Detail}")]
    public static partial void ClockDistrusted(ILogger logger, string detail);

    [LoggerMessage(6, LogLevel.Warning, "{Detail}")]
    public static partial void ClockTrusted(ILogger logger, string detail);

    [LoggerMessage(7, LogLevel.Warning, "What is known of the clock is not kept yet: {Reason}")]
    public static partial void ClockNotKept(ILogger logger, string reason);
}
