using System.Collections.Immutable;
using Recorder.Contracts;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Tests.Model;

/// <summary>
/// A model of a recorder without actors, media or files: its state, its refusals, and how a recording may end. Immutable: each step returns the
/// next model. Where the media or the order of messages decides, the model allows every possible result and takes over the actual one.
/// </summary>
internal sealed partial record RecorderModel(RecorderOptions Options)
{
    // A key frame arrives within a second, and the first packet of a track and the end of the last packet sooner.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan LongestPacket = TimeSpan.FromMilliseconds(100);

    /// <summary>A deliberate mistake in the model, to prove that a difference is found.</summary>
    public PlantedBug Bug { get; init; }

    public TimeSpan Now { get; init; }

    public RecorderState State { get; init; } = RecorderState.Inactive;

    public ModelSource Source { get; init; } = new();

    public ModelDisk Disk { get; init; } = new();

    public ImmutableList<ModelRecording> Recordings { get; init; } = [];

    /// <summary>The possible causes of gaps so far.</summary>
    public ImmutableHashSet<GapCause> Losses { get; init; } = [];

    /// <summary>Whether the source has this recorder as a subscriber.</summary>
    public bool IsAttached { get; init; }

    /// <summary>Whether the source has sent its tracks to the recorder.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Whether the source sends messages to the inactive recorder.</summary>
    public bool IsWatching { get; init; } = true;

    /// <summary>Whether the recorder knows that the source has ended.</summary>
    public bool KnowsEnd { get; init; }

    /// <summary>Whether the recording has begun.</summary>
    public bool HasBegun { get; init; }

    /// <summary>Whether media arrived with which a recording can begin.</summary>
    public bool MayHaveMedia { get; init; }

    /// <summary>Whether the tracks are the same as when the recording was opened.</summary>
    public bool IsWhole { get; init; }

    /// <summary>When the wait for the source times out.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>The duration requested by start().</summary>
    public TimeSpan? Limit { get; init; }

    /// <summary>How long media has arrived without another event.</summary>
    public TimeSpan Flow { get; init; }

    /// <summary>The subscribers that have subscribed.</summary>
    public int Viewers { get; init; }

    public bool IsActive => State != RecorderState.Inactive;

    private ModelRecording Last => Recordings[^1];

    /// <summary>Advances the time; a playing source delivers media.</summary>
    public RecorderModel Advance(TimeSpan by)
    {
        var flows = IsOpen && Source.IsFlowing && State == RecorderState.Recording;
        var next = this with
        {
            Now = Now + by,
            MayHaveMedia = MayHaveMedia || flows,
            Flow = flows && !Disk.IsSlow && Losses.IsEmpty ? Flow + by : Flow,
        };
        return next.IsActive && Deadline <= next.Now
            ? next.End(HasBegun ? new Ending(StopReason.SourceLost) : Ending.Failed(ErrorName.UnknownError))
            : next;
    }

    public RecorderModel WithDisk(ModelDisk disk) => this with
    {
        Disk = disk,
        Flow = TimeSpan.Zero,
        Losses = disk.IsSlow ? Losses.Add(GapCause.DiskStalled) : disk.IsFaulty ? Losses.Add(GapCause.DiskFull) : Losses,
        Recordings = disk.IsFull
            ? Recordings
            : Recordings.ConvertAll(recording => recording.IsClosed ? recording : recording with { IsUnwritable = false }),
    };

    /// <summary>Adds the possible ends of another model.</summary>
    public RecorderModel Or(RecorderModel other) => this with
    {
        IsWhole = false,
        Losses = Losses.Union(other.Losses),
        Recordings = Recordings.SetItem(Recordings.Count - 1, Last with { Endings = Last.Endings.Union(other.Last.Endings) }),
    };

    /// <summary>Notes a disk fault, which may affect every recording that is not closed.</summary>
    public RecorderModel NoteDiskFault() => !Disk.IsFaulty ? this : this with
    {
        Recordings = Recordings.ConvertAll(recording => recording.IsClosed ? recording : recording with { IsDoubtful = true }),
    };

    /// <summary>Compares the model with the recorder's status, and takes over what the model leaves open.</summary>
    /// <returns>The next model, and the difference; null for none.</returns>
    public (RecorderModel Next, string? Difference) Observe(Status status)
    {
        if (IsActive && status.State == RecorderState.Inactive)
        {
            // Only these ends happen without a command.
            return Limit is null && !Last.IsDoubtful ? (this, Expected("state", State, status.State))
                : (End(Limit is null ? [] : [Ending.Requested]) with { State = RecorderState.Inactive }, null);
        }

        if (State != status.State)
            return (this, Expected("state", State, status.State));

        if (!IsActive)
            return (this, null);

        var begun = status.MimeType.Contains("codecs=", StringComparison.Ordinal);
        var nextFlow = this with { HasBegun = begun, Deadline = begun && !HasBegun ? null : Deadline };
        return (nextFlow,
            begun && (!IsOpen || !(HasBegun || MayHaveMedia)) ? "The recording began without media."
            : !begun && HasBegun ? "The recording is no longer begun and has not ended."
            : !begun && IsWhole && Flow > LongestWait ? $"The recording has not begun after {Flow.TotalSeconds} s of media."
            : status.Duration > Limit + LongestPacket ? $"{status.Duration} was recorded and {Limit} was requested."
            : IsWhole && Flow > Limit + LongestWait ? $"The recording continues after {Flow} of media; {Limit} was requested."
            : null);
    }

    /// <summary>Takes the stop event of the oldest recording that is not closed.</summary>
    public (RecorderModel Next, string? Difference) Close(int recording, Ending end, bool hasMedia, long bytes)
    {
        var closed = Recordings[recording];
        var next = this with { Recordings = Recordings.SetItem(recording, closed with { IsClosed = true }) };
        return (next,
            !closed.Allows(end) ? $"Recording {recording + 1} ended: {end}. Allowed: {string.Join(", ", closed.Endings)}" +
                (closed.IsDoubtful ? $", {Ending.Failed(ErrorName.UnknownError)}." : ".")
            : closed.IsUnwritable && hasMedia && (end.Reason != StopReason.Failed || bytes > 0)
                ? $"Recording {recording + 1} ended: {end}, {bytes} bytes. The disk took nothing."
            : null);
    }

    private static string Expected(string what, object expected, object instead) =>
        $"Expected {what} {expected}, but it is {instead}.";

    // The recorder asks for the state of the source at the end of each recording.
    private RecorderModel End(params IEnumerable<Ending> endings) => this with
    {
        State = Bug == PlantedBug.StopLeavesPaused && State == RecorderState.Paused ? State : RecorderState.Inactive,
        IsAttached = false,
        IsOpen = false,
        HasBegun = false,
        MayHaveMedia = false,
        Deadline = null,
        Limit = null,
        IsWatching = true,
        KnowsEnd = Source.HasEnded,
        Recordings = Recordings.SetItem(Recordings.Count - 1, Last with { Endings = [.. endings] }),
    };
}
