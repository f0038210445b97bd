using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Actors.Storage;

internal static partial class StorageLog
{
    [LoggerMessage(1, LogLevel.Error, "A write job failed without saying so itself")]
    public static partial void JobFailed(ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "Writing {Path} failed: {Reason}")]
    public static partial void WriteFailed(ILogger logger, string path, string reason);

    [LoggerMessage(3, LogLevel.Warning, "{Volume} does not answer; what waits for it is given up")]
    public static partial void DoesNotAnswer(ILogger logger, string volume);

    [LoggerMessage(4, LogLevel.Warning, "A write job came after the end of {Volume} and was left out")]
    public static partial void TooLate(ILogger logger, string volume);
}
