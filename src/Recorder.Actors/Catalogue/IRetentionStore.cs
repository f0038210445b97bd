using Recorder.Actors.Timing;
using Recorder.Contracts;
using Recorder.Media;

namespace Recorder.Actors.Catalogue;

/// <summary>An extent is deleted in three steps, and a power cut may follow each of them: it is marked as deleted in the
/// catalogue, unlinked from its folder, and purged from the catalogue.</summary>
internal interface IRetentionStore
{
    Task<IReadOnlyList<RecorderUsage>> ListUsageAsync(CancellationToken cancellationToken);

    /// <summary>Lists extents of a recorder, oldest first, without those on hold and the one being written.</summary>
    Task<IReadOnlyList<StoredExtent>> ListRemovableAsync(RecorderId recorder, int limit, CancellationToken cancellationToken);

    Task<IReadOnlyList<StoredExtent>> ListDeletedAsync(int limit, CancellationToken cancellationToken);

    /// <summary>No query returns them any more; durable when this returns.</summary>
    Task MarkDeletedAsync(IReadOnlyList<StoredExtent> extents, CancellationToken cancellationToken);

    /// <summary>Forgets extents that were unlinked, and with its last extent a recording that has ended.</summary>
    Task PurgeAsync(IReadOnlyList<StoredExtent> extents, CancellationToken cancellationToken);

    /// <summary>Stores the state of the clock, and shifts the stored times when the node's time was set.</summary>
    Task KeepClockAsync(NodeClock clock, CancellationToken cancellationToken);

    Task ForgetEmptyAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken);
}

internal sealed record RecorderUsage(RecorderId Recorder, long Bytes);

internal sealed record StoredExtent(RecordingKey Recording, Extent Extent)
{
    /// <summary>The node's time at which it was begun, even if the system clock was wrong then.</summary>
    public DateTimeOffset RecordedAt { get; init; } = Extent.CapturedAt;

    public DateTimeOffset EndsAt => RecordedAt + Extent.Duration;
    public string Folder => Path.GetDirectoryName(Extent.Path)!;
}
