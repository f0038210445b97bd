using Microsoft.Extensions.Logging;
using Recorder.Contracts;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Actors;

internal static partial class FacadeLog
{
    [LoggerMessage(20, LogLevel.Error, "A handler of recorder {Recorder} threw; the other handlers and the recorder continue.")]
    public static partial void HandlerFailed(ILogger logger, RecorderId recorder, Exception exception);

    [LoggerMessage(
        21,
        LogLevel.Error,
        "The handlers of recorder {Recorder} take too long: {Count} dataavailable events were skipped; their blobs are recorded.")]
    public static partial void HandlersTooSlow(ILogger logger, RecorderId recorder, long count);

    [LoggerMessage(22, LogLevel.Warning, "Recorder {Recorder} could not be removed within {Timeout}: its disk does not answer.")]
    public static partial void NotRemoved(ILogger logger, RecorderId recorder, TimeSpan timeout);
}
