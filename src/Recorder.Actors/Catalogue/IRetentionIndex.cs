using Recorder.Actors.Timing;
using Recorder.Contracts;
using Recorder.Media;

namespace Recorder.Actors.Catalogue;

/// <summary>
/// What the catalogue knows of what may go. An extent goes in three steps, each of which can be the last before a power cut: entombed in the
/// index, unlinked from its folder, purged from the index.
/// </summary>
internal interface IRetentionIndex
{
    /// <summary>Bytes of each recorder that has recordings.</summary>
    Task<IReadOnlyList<RecorderUsage>> ListUsageAsync(CancellationToken cancellationToken);

    /// <summary>Extents of a recorder in the order in which they were recorded, but those that are held or being written.</summary>
    Task<IReadOnlyList<StoredExtent>> ListRemovableAsync(RecorderId recorder, int limit, CancellationToken cancellationToken);

    /// <summary>Extents that are entombed and not purged.</summary>
    Task<IReadOnlyList<StoredExtent>> ListTombstonesAsync(int limit, CancellationToken cancellationToken);

    /// <summary>From here on they are no longer there for anybody; survives a power cut.</summary>
    Task EntombAsync(IReadOnlyList<StoredExtent> extents, CancellationToken cancellationToken);

    /// <summary>Forgets extents that are unlinked, and a recording that has ended with the last of its extents.</summary>
    Task PurgeAsync(IReadOnlyList<StoredExtent> extents, CancellationToken cancellationToken);

    /// <summary>Keeps what is known of the clock, and moves what is stored along with the node's time where that was set.</summary>
    Task KeepClockAsync(NodeClock clock, CancellationToken cancellationToken);

    /// <summary>Forgets recordings that ended before without ever holding a blob.</summary>
    Task ForgetEmptyAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken);
}

/// <param name="Recorder">The recorder.</param>
/// <param name="Bytes">Bytes of all its extents.</param>
internal sealed record RecorderUsage(RecorderId Recorder, long Bytes);

/// <param name="Recording">The recording.</param>
/// <param name="Extent">One of its extents.</param>
internal sealed record StoredExtent(RecordingKey Recording, Extent Extent)
{
    /// <summary>When it was begun, by the node's time: whatever the system clock said.</summary>
    public DateTimeOffset RecordedAt { get; init; } = Extent.CapturedAt;

    /// <summary>The node's time of its last media.</summary>
    public DateTimeOffset EndsAt => RecordedAt + Extent.Duration;

    public string Folder => Path.GetDirectoryName(Extent.Path)!;
}
