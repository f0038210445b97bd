using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Actors.Catalogue;

internal static partial class CatalogueLog
{
    [LoggerMessage(1, LogLevel.Error, "{Reason} Recording continues; {Waiting} events are waiting to be entered")]
    public static partial void Away(ILogger logger, string reason, int waiting);

    [LoggerMessage(2, LogLevel.Information, "The catalogue answers again; {Events} events were entered")]
    public static partial void Back(ILogger logger, int events);

    [LoggerMessage(3, LogLevel.Error, "The catalogue was unavailable for so long that {Events} events will be missing in the journal")]
    public static partial void NotJournaled(ILogger logger, long events);

    [LoggerMessage(4, LogLevel.Warning, "{Events} events could not be entered in the catalogue together; retrying with fewer at a time")]
    public static partial void Failed(ILogger logger, Exception exception, int events);

    [LoggerMessage(5, LogLevel.Error, "The catalogue refused {What}; skipping it")]
    public static partial void Refused(ILogger logger, Exception exception, string what);

    [LoggerMessage(6, LogLevel.Error, "{Reason} A power cut may lose the last events until the catalogue is synced")]
    public static partial void NotSynced(ILogger logger, string reason);
}
