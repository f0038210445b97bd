using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Timing;
using Recorder.Contracts;

namespace Recorder.Cluster.Index;

/// <summary>Retention of what this node has on its disk. What it removes leaves the indices of all nodes.</summary>
internal sealed class IndexedRetention(SqlCatalogue catalogue, ClusterIndex index) : IRetentionStore
{
    private readonly RetentionStore _local = catalogue.Retention;

    public Task<IReadOnlyList<RecorderUsage>> ListUsageAsync(CancellationToken cancellationToken) => _local.ListUsageAsync(cancellationToken);

    public Task<IReadOnlyList<StoredExtent>> ListRemovableAsync(RecorderId recorder, int limit, CancellationToken cancellationToken) =>
        _local.ListRemovableAsync(recorder, limit, cancellationToken);

    public Task<IReadOnlyList<StoredExtent>> ListDeletedAsync(int limit, CancellationToken cancellationToken) =>
        _local.ListDeletedAsync(limit, cancellationToken);

    public Task MarkDeletedAsync(IReadOnlyList<StoredExtent> extents, CancellationToken cancellationToken) =>
        _local.MarkDeletedAsync(extents, cancellationToken);

    public async Task PurgeAsync(IReadOnlyList<StoredExtent> extents, CancellationToken cancellationToken)
    {
        try
        {
            await index.PurgeAsync(
                [.. extents.Select(it => (it.Recording, it.Extent.Number))], catalogue.Journal.Last, cancellationToken).ConfigureAwait(false);
        }
        catch (CatalogueUnavailableException)
        {
            // Their files are gone, which is what makes room; the next sweep finds their tombstones again.
            return;
        }

        await _local.PurgeAsync(extents, cancellationToken).ConfigureAwait(false);
    }

    public Task KeepClockAsync(NodeClock clock, CancellationToken cancellationToken) => _local.KeepClockAsync(clock, cancellationToken);

    public Task ForgetEmptyAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken) =>
        _local.ForgetEmptyAsync(endedBefore, cancellationToken);
}
