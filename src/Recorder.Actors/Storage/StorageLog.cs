using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Actors.Storage;

internal static partial class StorageLog
{
    [LoggerMessage(1, LogLevel.Error, "A write job failed with an unexpected exception")]
    public static partial void JobFailed(ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "Writing {Path} failed: {Reason}")]
    public static partial void WriteFailed(ILogger logger, string path, string reason);

    [LoggerMessage(3, LogLevel.Warning, "{Volume} does not answer; its waiting writes are lost")]
    public static partial void DoesNotAnswer(ILogger logger, string volume);

    [LoggerMessage(4, LogLevel.Warning, "A write job was posted after {Volume} ended and was discarded")]
    public static partial void TooLate(ILogger logger, string volume);
}
