using System.Collections.Immutable;
using Recorder.Contracts;

namespace Recorder.Actors.Tests.Model;

/// <summary>A deliberate mistake in the model.</summary>
internal enum PlantedBug
{
    None = 0,
    StopLeavesPaused = 1,
    EndOfSourceIsAnError = 2,
}

/// <summary>A possible end of a recording.</summary>
/// <param name="Reason">The reason in its stop event.</param>
/// <param name="Error">The error event before it, if any.</param>
internal sealed record Ending(StopReason Reason, ErrorName? Error = null)
{
    public static readonly Ending Requested = new(StopReason.Requested);

    public static Ending Failed(ErrorName error) => new(StopReason.Failed, error);

    public override string ToString() => Error is null ? $"{Reason}" : $"{Reason} with {Error}";
}

/// <summary>The recording of one start().</summary>
internal sealed record ModelRecording
{
    /// <summary>The possible ends; empty while it records.</summary>
    public ImmutableHashSet<Ending> Endings { get; init; } = [];

    /// <summary>Whether the disk had a fault before the recording was closed, so that it may have failed.</summary>
    public bool IsDoubtful { get; init; }

    /// <summary>Whether the disk stored nothing of the recording.</summary>
    public bool IsUnwritable { get; init; }

    /// <summary>Whether its stop event was published.</summary>
    public bool IsClosed { get; init; }

    public bool Allows(Ending ending) =>
        Endings.Contains(ending) || (IsDoubtful && ending == Ending.Failed(ErrorName.UnknownError));
}


/// <summary>The present state of the scripted source.</summary>
internal sealed record ModelSource
{
    public ImmutableList<TrackKind> Tracks { get; init; } = [TrackKind.Video, TrackKind.Audio];

    public bool Opens { get; init; } = true;

    public bool IsPlaying { get; init; } = true;

    public bool IsLost { get; init; }

    public bool HasEnded { get; init; }

    public bool IsForbidden { get; init; }

    public bool IsRecoded { get; init; }

    public bool IsFlowing => IsPlaying && !Tracks.IsEmpty;

    /// <summary>Whether the source can still do something.</summary>
    public bool IsAlive => !HasEnded && !IsForbidden;

    public bool Has(TrackKind kind) => IsAlive && !IsLost && Tracks.Contains(kind);

    public ModelSource Without(TrackKind kind) => this with { Tracks = Tracks.Remove(kind) };
}

/// <summary>The present state of the scripted disk.</summary>
internal sealed record ModelDisk
{
    public bool IsStalled { get; init; }

    public TimeSpan Delay { get; init; }

    /// <summary>Writes fail, now or after some more bytes.</summary>
    public bool IsFaulty { get; init; }

    /// <summary>No byte is written.</summary>
    public bool IsFull { get; init; }

    public bool IsSlow => IsStalled || Delay > TimeSpan.Zero;
}
