using Recorder.Contracts;

namespace Recorder.Actors.Recording;

internal readonly record struct InputResult
{
    public bool HasBegun { get; init; }

    /// <summary>The error with which the recording fails; null when it continues.</summary>
    public MediaError? Error { get; init; }

    public bool IsWithoutData { get; init; }

    /// <summary>Whether the recording failed because the source changed: a recorder that is started again can record it.</summary>
    public bool SourceHasChanged { get; init; }

    /// <summary>The reason for which the recording stops; null when it continues.</summary>
    public StopReason? Stop { get; init; }

    /// <summary>How long to wait for the source; zero ends the wait, null leaves it unchanged.</summary>
    public TimeSpan? Wait { get; init; }

    public static InputResult Failed(string message) => new() { Error = new MediaError(ErrorName.UnknownError, message) };
}
