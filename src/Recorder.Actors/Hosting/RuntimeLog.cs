using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Recorder.Actors;

internal static partial class RuntimeLog
{
    [LoggerMessage(
        1, LogLevel.Warning,
        "The actor system '{System}' gives its phase service-stop {Phase}, less than the {Timeout} that recordings may take to be completed")]
    public static partial void PhaseIsShort(ILogger logger, string system, TimeSpan phase, TimeSpan timeout);
}
