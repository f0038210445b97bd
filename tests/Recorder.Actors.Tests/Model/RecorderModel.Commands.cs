using System.Collections.Immutable;
using Recorder.Contracts;

namespace Recorder.Actors.Tests.Model;

/// <summary>The expected answer to a command.</summary>
/// <param name="Accepted">The model after the command is accepted; null when it must be refused.</param>
/// <param name="Refusal">The name of the refusal; null when the command must be accepted.</param>
internal readonly record struct Answer(RecorderModel? Accepted, ErrorName? Refusal = null);

// The commands of users.
internal sealed partial record RecorderModel
{
    /// <summary>start() with a valid timeslice and duration.</summary>
    public Answer Start(TimeSpan? limit)
    {
        if (IsActive)
            return Refused;

        var started = this with
        {
            State = RecorderState.Recording,
            IsAttached = true,
            Deadline = Now + Options.OpenTimeout,
            Limit = limit,
            Flow = TimeSpan.Zero,
            Recordings = Recordings.Add(new ModelRecording { IsUnwritable = Disk.IsFull }),
        };
        // Refused when the recorder already knows the reason, else an error at once. It knows the source's state as of its last message.
        var refusal = Source.IsForbidden ? ErrorName.SecurityError
            : Source.HasEnded || Source.Tracks.IsEmpty ? ErrorName.NotSupportedError : (ErrorName?)null;
        return new Answer(KnowsEnd ? null : Source.Opens ? started.Open() : started, refusal);
    }

    /// <summary>start() with invalid arguments.</summary>
    public Answer StartWrongly() => IsActive ? Refused : new Answer(null, ErrorName.NotSupportedError);

    public Answer Stop() => new(IsActive ? End(Ending.Requested) : this);

    public Answer Pause() =>
        !IsActive ? Refused
        : new Answer(this with
        {
            State = RecorderState.Paused,
            MayHaveMedia = MayHaveMedia && HasBegun,
            Flow = TimeSpan.Zero,
        });

    public Answer Resume() =>
        IsActive ? new Answer(this with { State = RecorderState.Recording, Flow = TimeSpan.Zero }) : Refused;

    public Answer RequestData() => IsActive ? new Answer(this) : Refused;

    private static Answer Refused => new(null, ErrorName.InvalidStateError);

    // The source answers every attachment.
    private RecorderModel Open() =>
        Source.IsForbidden ? End(Ending.Failed(ErrorName.SecurityError))
        : Source.HasEnded ? EndOfSource()
        : Source.Tracks.IsEmpty ? End(Ending.Failed(ErrorName.NotSupportedError))
        : this with { IsOpen = true, IsWhole = true, Deadline = null, Flow = TimeSpan.Zero };
}
