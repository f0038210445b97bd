using Microsoft.Extensions.Logging;
using Recorder.Contracts;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Actors.Recording;

internal static partial class RecordingLog
{
    [LoggerMessage(1, LogLevel.Warning, "Recorder {Recorder} failed: {Error}")]
    public static partial void Failed(ILogger logger, RecorderId recorder, MediaError error);

    [LoggerMessage(2, LogLevel.Warning, "The last file of recorder {Recorder} could not be completed: {Reason}")]
    public static partial void NotCompleted(ILogger logger, RecorderId recorder, string reason);
}
