using Recorder.Contracts;

namespace Recorder.Actors.Capture;

/// <summary>An address that this node never connects to.</summary>
/// <param name="message">Which address and why, as part of a sentence.</param>
internal sealed class ForbiddenAddressException(string message) : Exception(message);

/// <summary>A server has no trusted certificate, and nothing was sent to it.</summary>
/// <param name="message">Which server, why and what to do, as part of a sentence.</param>
internal sealed class UntrustedServerException(string message) : Exception(message);

/// <summary>Explains why the node did not connect for FFmpeg, which does not know the reason.</summary>
internal static class ConnectionFailures
{
    /// <summary>Returns the node's reason for a failure if there is one, else FFmpeg's error.</summary>
    /// <param name="source">The source.</param>
    /// <param name="cause">Why the node did not connect; null if it did.</param>
    /// <param name="error">FFmpeg's error.</param>
    public static Exception Explain(SourceUri source, Exception? cause, Exception error) => cause switch
    {
        ForbiddenAddressException forbidden => new CaptureException(
            new MediaError(ErrorName.SecurityError, $"{source.Masked} may not be opened: {forbidden.Message}.")),
        UntrustedServerException untrusted => new CaptureException(
            new MediaError(
                ErrorName.SecurityError,
                $"{source.Masked} is not trusted: {untrusted.Message}, or append #tls=insecure to the source to skip verification.")),
        { } other => new IOException(other.Message, other),
        null => error,
    };
}
