using Recorder.Contracts;

namespace Recorder.Actors.Capture;

/// <summary>A source cannot be captured. The message is one sentence with credentials masked.</summary>
public sealed class CaptureException : Exception
{
    internal CaptureException(MediaError error) : base(error.Message) => Error = error;

    /// <summary>What is wrong and what to do.</summary>
    public MediaError Error { get; }
}

/// <summary>A failure to open or read a source, as users see it.</summary>
/// <param name="IsPermanent">Whether trying again is useless.</param>
/// <param name="Error">Its name and a sentence for users.</param>
internal sealed record SourceFailure(bool IsPermanent, MediaError Error)
{
    public static SourceFailure Permanent(ErrorName name, string message) => new(true, new MediaError(name, message));
    public static SourceFailure Transient(string message) => new(false, new MediaError(ErrorName.UnknownError, message));
}
