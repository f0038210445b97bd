using Recorder.Contracts;

namespace Recorder.Actors.Capture;

/// <summary>A place that is never connected to.</summary>
/// <param name="message">Which and why, as part of a sentence.</param>
internal sealed class ForbiddenAddressException(string message) : Exception(message);

/// <summary>A server that shows no certificate to be trusted: it was sent nothing.</summary>
/// <param name="message">Whose and why, and what to do, as part of a sentence.</param>
internal sealed class UntrustedServerException(string message) : Exception(message);

/// <summary>Why the node did not connect for FFmpeg, which knows only that it did not.</summary>
internal static class ConnectionFailures
{
    /// <summary>The better explanation of a failure.</summary>
    /// <param name="source">The source.</param>
    /// <param name="cause">What the node found; null when it connected.</param>
    /// <param name="error">What FFmpeg says.</param>
    public static Exception Explain(SourceUri source, Exception? cause, Exception error) => cause switch
    {
        ForbiddenAddressException forbidden => new CaptureException(
            new MediaError(ErrorName.SecurityError, $"{source.Masked} may not be opened: {forbidden.Message}.")),
        UntrustedServerException untrusted => new CaptureException(
            new MediaError(
                ErrorName.SecurityError,
                $"{source.Masked} is not trusted: {untrusted.Message}, or end the source with #tls=insecure to do without verification.")),
        { } other => new IOException(other.Message, other),
        null => error,
    };
}
