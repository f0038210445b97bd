using Microsoft.Extensions.Logging;

namespace Recorder.Actors.Capture;

/// <summary>Credentials in sources are masked.</summary>
internal static partial class CaptureLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Source {Source} is open as {Format} with {Tracks} tracks.")]
    public static partial void Opened(ILogger logger, string source, string format, int tracks);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Source {Source} is lost: {Cause}")]
    public static partial void Lost(ILogger logger, string source, string cause);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Source {Source}: attempt {Attempt} failed, next in {RetryIn}: {Cause}")]
    public static partial void Retrying(ILogger logger, string source, int attempt, TimeSpan retryIn, string cause);

    [LoggerMessage(Level = LogLevel.Information, Message = "Source {Source} failed: {Cause}")]
    public static partial void Failed(ILogger logger, string source, string cause);

    [LoggerMessage(Level = LogLevel.Information, Message = "Source {Source} ended: {Reason}")]
    public static partial void Ended(ILogger logger, string source, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Source {Source} is closed.")]
    public static partial void Closed(ILogger logger, string source);
}
