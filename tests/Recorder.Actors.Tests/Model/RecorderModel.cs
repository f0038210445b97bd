using System.Collections.Immutable;
using Recorder.Contracts;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Tests.Model;

/// <summary>
/// What a recorder must do, without actors, media or files: its state, what it refuses, how a recording may end. Pure: each step
/// makes the next model. Where the order of deliveries or the media decide, it allows what may be and takes over what was.
/// </summary>
internal sealed partial record RecorderModel(RecorderOptions Options)
{
    // A key frame is a second away at most, a track's first packet and the end of the last less.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan LongestPacket = TimeSpan.FromMilliseconds(100);

    /// <summary>A rule that the model has wrong on purpose, to prove that a difference is found.</summary>
    public PlantedBug Bug { get; init; }

    public TimeSpan Now { get; init; }

    public RecorderState State { get; init; } = RecorderState.Inactive;

    public ModelSource Source { get; init; } = new();

    public ModelDisk Disk { get; init; } = new();

    public ImmutableList<ModelRecording> Recordings { get; init; } = [];

    /// <summary>What may have cost an interval so far.</summary>
    public ImmutableHashSet<GapCause> Losses { get; init; } = [];

    /// <summary>Whether the source counts this recorder among those that want its media.</summary>
    public bool IsAttached { get; init; }

    /// <summary>Whether the source has told it its tracks.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Whether the source tells it what becomes of it while nothing is recorded.</summary>
    public bool IsWatching { get; init; } = true;

    /// <summary>Whether it was told that the source has ended.</summary>
    public bool KnowsEnd { get; init; }

    /// <summary>Whether gathering has begun.</summary>
    public bool HasBegun { get; init; }

    /// <summary>Whether media came that a recording can consist of.</summary>
    public bool MayHaveMedia { get; init; }

    /// <summary>Whether the tracks are those that the recording was opened with.</summary>
    public bool IsWhole { get; init; }

    /// <summary>When the source, or its return, was waited for long enough.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>start()'s duration.</summary>
    public TimeSpan? Limit { get; init; }

    /// <summary>For how long media has come without anything else happening.</summary>
    public TimeSpan Flow { get; init; }

    /// <summary>Subscribers that came.</summary>
    public int Viewers { get; init; }

    public bool IsActive => State != RecorderState.Inactive;

    private ModelRecording Last => Recordings[^1];

    /// <summary>Time passes; sources that play deliver.</summary>
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

    /// <summary>Either this or another that differs in how the recording may end.</summary>
    public RecorderModel Or(RecorderModel other) => this with
    {
        IsWhole = false,
        Losses = Losses.Union(other.Losses),
        Recordings = Recordings.SetItem(Recordings.Count - 1, Last with { Endings = Last.Endings.Union(other.Last.Endings) }),
    };

    /// <summary>A fault of the disk may reach every recording that is not closed, now or later.</summary>
    public RecorderModel Doubt() => !Disk.IsFaulty ? this : this with
    {
        Recordings = Recordings.ConvertAll(recording => recording.IsClosed ? recording : recording with { IsDoubtful = true }),
    };

    /// <summary>The recorder's own word of itself must agree, and settles what the model leaves open.</summary>
    /// <returns>The model to go on with, and what does not agree.</returns>
    public (RecorderModel Next, string? Difference) Observe(Status status)
    {
        if (IsActive && status.State == RecorderState.Inactive)
        {
            // The only ends that come of themselves.
            return Limit is null && !Last.IsDoubtful ? (this, Expected("state", State, status.State))
                : (End(Limit is null ? [] : [Ending.Requested]) with { State = RecorderState.Inactive }, null);
        }

        if (State != status.State)
        {
            return (this, Expected("state", State, status.State));
        }

        if (!IsActive)
        {
            return (this, null);
        }

        var begun = status.MimeType.Contains("codecs=", StringComparison.Ordinal);
        var nextFlow = this with { HasBegun = begun, Deadline = begun && !HasBegun ? null : Deadline };
        return (nextFlow,
            begun && (!IsOpen || !(HasBegun || MayHaveMedia)) ? "Gathering began without media."
            : !begun && HasBegun ? "Gathering ended without an end."
            : !begun && IsWhole && Flow > LongestWait ? $"Gathering has not begun after {Flow.TotalSeconds} s of media."
            : status.Duration > Limit + LongestPacket ? $"{status.Duration} was recorded of the {Limit} asked for."
            : IsWhole && Flow > Limit + LongestWait ? $"It goes on after {Flow} of media; {Limit} was asked for."
            : null);
    }

    /// <summary>The stop event of the oldest recording that is not closed.</summary>
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

    // What is known of the source is asked for anew at the end of each recording.
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
