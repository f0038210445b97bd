using Recorder.Contracts;

namespace Recorder.Client;

/// <summary>A request to the recorders did not succeed. The message says what is wrong and what to do.</summary>
public abstract class RecorderClientException : Exception
{
    private protected RecorderClientException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>A node refused the request, which changed nothing.</summary>
public sealed class RecorderRefusedException : RecorderClientException
{
    internal RecorderRefusedException(MediaError error, RecorderState state, int status)
        : base(error.Message) => (Error, State, Status) = (error, state, status);

    /// <summary>Why: the DOM's name of the error, and a sentence.</summary>
    public MediaError Error { get; }

    /// <summary>The recorder's state; <see cref="RecorderState.Unknown"/> when the node did not say it.</summary>
    public RecorderState State { get; }

    /// <summary>The HTTP status: 400, 401, 403, 404, 409 …</summary>
    public int Status { get; }
}

/// <summary>No known node could carry out the request in time, and none began to. Try again later.</summary>
public sealed class RecorderUnavailableException : RecorderClientException
{
    internal RecorderUnavailableException(string message, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(message, inner) => RetryAfter = retryAfter;

    /// <summary>How long to wait before the next attempt, when a node said so.</summary>
    public TimeSpan? RetryAfter { get; }
}

/// <summary>
/// The command was sent, and no answer came that tells whether it was carried out. Look at the recorder's status or its events
/// before you send it again.
/// </summary>
public sealed class OutcomeUnknownException : RecorderClientException
{
    internal OutcomeUnknownException(string message, RecorderState state = RecorderState.Unknown, int status = 0, Exception? inner = null)
        : base(message, inner) => (State, Status) = (state, status);

    /// <summary>The recorder's state as a later answer says it; <see cref="RecorderState.Unknown"/> without one.</summary>
    public RecorderState State { get; }

    internal int Status { get; }
}
