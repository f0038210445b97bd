using Recorder.Contracts;

namespace Recorder.Actors;

/// <summary>
/// A recorder refused a call or failed. The classes are named after the DOM's errors (W3C MediaStream Recording, 3.4). The
/// message is one sentence that says what is wrong and what to do; credentials are masked.
/// </summary>
public abstract class MediaRecorderException : Exception
{
    private protected MediaRecorderException(ErrorName name, string message)
        : base(message) => Name = name;

    /// <summary>The DOM's name of the error.</summary>
    public ErrorName Name { get; }

    /// <summary>Makes the exception for an error of the contract.</summary>
    /// <param name="error">The error.</param>
    public static MediaRecorderException For(MediaError error) =>
        error.Name switch
        {
            ErrorName.InvalidStateError => new InvalidStateError(error.Message),
            ErrorName.NotSupportedError => new NotSupportedError(error.Message),
            ErrorName.SecurityError => new SecurityError(error.Message),
            ErrorName.InvalidModificationError => new InvalidModificationError(error.Message),
            _ => new UnknownError(error.Message),
        };
}

/// <summary>The recorder's state does not allow the call.</summary>
public sealed class InvalidStateError : MediaRecorderException
{
    internal InvalidStateError(string message)
        : base(ErrorName.InvalidStateError, message)
    {
    }
}

/// <summary>The MIME type, an option or the source cannot be recorded.</summary>
public sealed class NotSupportedError : MediaRecorderException
{
    internal NotSupportedError(string message)
        : base(ErrorName.NotSupportedError, message)
    {
    }
}

/// <summary>The source may not be used.</summary>
public sealed class SecurityError : MediaRecorderException
{
    internal SecurityError(string message)
        : base(ErrorName.SecurityError, message)
    {
    }
}

/// <summary>A track was added to or removed from the source while recording.</summary>
public sealed class InvalidModificationError : MediaRecorderException
{
    internal InvalidModificationError(string message)
        : base(ErrorName.InvalidModificationError, message)
    {
    }
}

/// <summary>The operation failed for a reason outside the specification: source, codec, disk.</summary>
public sealed class UnknownError : MediaRecorderException
{
    internal UnknownError(string message)
        : base(ErrorName.UnknownError, message)
    {
    }
}

/// <summary>
/// A reader of <see cref="MediaRecorder.Blobs"/> fell too far behind. The recording goes on, and nothing is lost on disk.
/// </summary>
public sealed class BlobReaderOverrunException : InvalidOperationException
{
    internal BlobReaderOverrunException(string message)
        : base(message)
    {
    }
}
