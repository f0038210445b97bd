using Recorder.Contracts;

namespace Recorder.Actors.Capture;

/// <summary>An address that this node never connects to. The message is part of a sentence.</summary>
internal sealed class ForbiddenAddressException(string message) : Exception(message);

/// <summary>A server has no trusted certificate, and nothing was sent to it. The message is part of a sentence.</summary>
internal sealed class UntrustedServerException(string message) : Exception(message);

internal static class ConnectionFailures
{
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
