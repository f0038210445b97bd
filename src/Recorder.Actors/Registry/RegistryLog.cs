using Microsoft.Extensions.Logging;
using Recorder.Contracts;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Actors.Registry;

internal static partial class RegistryLog
{
    [LoggerMessage(1, LogLevel.Error, "{Path} is no definition of a recorder and is passed over: {Reason}")]
    public static partial void Unreadable(ILogger logger, string path, string reason);

    [LoggerMessage(2, LogLevel.Warning, "Recorder {Recorder} ended ({Reason}) and is started again in {Delay}")]
    public static partial void StartsAgain(ILogger logger, RecorderId recorder, string reason, TimeSpan delay);

    [LoggerMessage(3, LogLevel.Warning, "The definition of {Recorder} is on disk but not in the catalogue: {Reason}")]
    public static partial void NotInCatalogue(ILogger logger, RecorderId recorder, string reason);

    [LoggerMessage(4, LogLevel.Error, "Recorder {Recorder} cannot be made or started and is tried again in {Delay}: {Reason}")]
    public static partial void NotMade(ILogger logger, RecorderId recorder, string reason, TimeSpan delay);

    [LoggerMessage(5, LogLevel.Information, "Recorder {Recorder} announces {Events} events that its last process did not get to")]
    public static partial void Announces(ILogger logger, RecorderId recorder, int events);

    [LoggerMessage(6, LogLevel.Warning, "Recordings of recorders that are defined no more were not looked through: {Reason}")]
    public static partial void NotCompleted(ILogger logger, string reason);
}
