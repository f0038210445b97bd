using Microsoft.Extensions.Logging;
using Recorder.Contracts;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Actors.Takes;

internal static partial class TakesLog
{
    [LoggerMessage(1, LogLevel.Error, "{Path} is not a valid take and is ignored: {Reason}")]
    public static partial void Unreadable(ILogger logger, string path, string reason);

    [LoggerMessage(2, LogLevel.Error, "Take {Take} cannot be stored: {Reason}")]
    public static partial void NotStored(ILogger logger, TakeId take, string reason);

    [LoggerMessage(3, LogLevel.Information, "Take {Take} ({Scene}, take {Number}) begins at {At} with {Ready} of {Angles} recorders")]
    public static partial void Begins(ILogger logger, TakeId take, string scene, int number, DateTimeOffset at, int ready, int angles);

    [LoggerMessage(4, LogLevel.Warning, "Take {Take}: recorder {Recorder} is missing: {Reason}")]
    public static partial void Missing(ILogger logger, TakeId take, RecorderId recorder, string reason);

    [LoggerMessage(5, LogLevel.Warning, "Take {Take} goes on here: node {Node}, which ran it, is gone")]
    public static partial void Claims(ILogger logger, TakeId take, string node);
}
