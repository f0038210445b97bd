using Microsoft.Extensions.Logging;
using Recorder.Contracts;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Actors.Registry;

internal static partial class RegistryLog
{
    [LoggerMessage(1, LogLevel.Error, "{Path} is not a valid recorder definition and is ignored: {Reason}")]
    public static partial void Unreadable(ILogger logger, string path, string reason);

    [LoggerMessage(2, LogLevel.Warning, "Recorder {Recorder} ended ({Reason}); it will be started again in {Delay}")]
    public static partial void WillRestart(ILogger logger, RecorderId recorder, string reason, TimeSpan delay);

    [LoggerMessage(3, LogLevel.Warning, "The definition of {Recorder} is on disk but not in the catalogue: {Reason}")]
    public static partial void NotInCatalogue(ILogger logger, RecorderId recorder, string reason);

    [LoggerMessage(4, LogLevel.Error, "Recorder {Recorder} cannot be created or started; next attempt in {Delay}: {Reason}")]
    public static partial void NotStarted(ILogger logger, RecorderId recorder, string reason, TimeSpan delay);

    [LoggerMessage(5, LogLevel.Information, "Recorder {Recorder} publishes {Events} events that the previous process did not publish")]
    public static partial void PublishesMissing(ILogger logger, RecorderId recorder, int events);

    [LoggerMessage(6, LogLevel.Warning, "Recordings of recorders that are no longer defined could not be recovered: {Reason}")]
    public static partial void NotCompleted(ILogger logger, string reason);

    [LoggerMessage(7, LogLevel.Warning, "The files of recorder {Recorder}, which is handed over, could not be completed and are completed later: {Reason}")]
    public static partial void NotHandedOver(ILogger logger, RecorderId recorder, string reason);

    [LoggerMessage(8, LogLevel.Information, "Recorder {Recorder} was changed on another node while it records; the change takes effect when this recording ends")]
    public static partial void ChangeWaits(ILogger logger, RecorderId recorder);
}
