using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Timing;
using Recorder.Contracts;
using Recorder.Media;

namespace Recorder.Actors.Cluster;

/// <summary>What nodes share of the catalogue, and the journal of this one.</summary>
internal sealed class ClusterCatalogue(SqlCatalogue shared, SharedIndex index, ICatalogue local, ClusterRoutes routes) : ICatalogue
{
    public async Task<IReadOnlyList<RecorderDefinition>> ListRecordersAsync(CancellationToken ending) =>
        [.. (await routes.ListAsync(ending).ConfigureAwait(false)).Select(it => it.Definition)];

    public async Task<RecorderDefinition?> FindRecorderAsync(RecorderId recorder, CancellationToken ending) =>
        (await routes.FindAsync(recorder, ending).ConfigureAwait(false))?.Definition;

    public Task PutRecorderAsync(RecorderDefinition definition, CancellationToken ending) => local.PutRecorderAsync(definition, ending);

    public Task RemoveRecorderAsync(RecorderId recorder, CancellationToken ending) => local.RemoveRecorderAsync(recorder, ending);

    public Task<IReadOnlyList<RecordingRow>> ListRecordingsAsync(RecordingQuery query, CancellationToken ending) =>
        shared.ListRecordingsAsync(query, ending);

    public Task<RecordingRow?> FindRecordingAsync(RecordingKey recording, CancellationToken ending) => shared.FindRecordingAsync(recording, ending);

    public Task<IReadOnlyList<Extent>> ListExtentsAsync(RecordingKey recording, TimeSpan? from, TimeSpan? to, CancellationToken ending) =>
        index.ListExtentsAsync(recording, from, to, ending);

    public Task<IReadOnlyList<RecorderProtocol.GapRecorded>> ListGapsAsync(
        RecordingKey recording, TimeSpan? from, TimeSpan? to, CancellationToken ending) => shared.ListGapsAsync(recording, from, to, ending);

    public Task<IReadOnlyList<RecorderProtocol.Marked>> ListMarksAsync(RecordingKey recording, CancellationToken ending) =>
        shared.ListMarksAsync(recording, ending);

    public Task SetHoldAsync(RecordingKey recording, bool held, CancellationToken ending) => shared.SetHoldAsync(recording, held, ending);

    public Task<IReadOnlyList<JournalEntry>> ReadEventsAsync(long after, RecorderId? recorder, int limit, CancellationToken ending) =>
        local.ReadEventsAsync(after, recorder, limit, ending);

    public Task<long> LastEventAsync(CancellationToken ending) => local.LastEventAsync(ending);

    public Task WaitForEventsAsync(long after, CancellationToken ending) => local.WaitForEventsAsync(after, ending);

    public ValueTask DisposeAsync() => shared.DisposeAsync();
}

/// <summary>Retention of what this node has on its disk: what goes, goes from the shared index first.</summary>
internal sealed class ClusterRetentionIndex(IRetentionStore local, SharedIndex index) : IRetentionStore
{
    public Task<IReadOnlyList<RecorderUsage>> ListUsageAsync(CancellationToken ending) => local.ListUsageAsync(ending);

    public Task<IReadOnlyList<StoredExtent>> ListRemovableAsync(RecorderId recorder, int limit, CancellationToken ending) =>
        local.ListRemovableAsync(recorder, limit, ending);

    public Task<IReadOnlyList<StoredExtent>> ListDeletedAsync(int limit, CancellationToken ending) => local.ListDeletedAsync(limit, ending);

    public Task MarkDeletedAsync(IReadOnlyList<StoredExtent> extents, CancellationToken ending) => local.MarkDeletedAsync(extents, ending);

    public async Task PurgeAsync(IReadOnlyList<StoredExtent> extents, CancellationToken ending)
    {
        try
        {
            await index.RemoveAsync([.. extents.Select(it => (it.Recording, it.Extent.Number))], ending).ConfigureAwait(false);
        }
        catch (CatalogueUnavailableException)
        {
            // Their files are gone, which is what makes room; the next sweep finds their tombstones again.
            return;
        }

        await local.PurgeAsync(extents, ending).ConfigureAwait(false);
    }

    public Task KeepClockAsync(NodeClock clock, CancellationToken ending) => local.KeepClockAsync(clock, ending);

    public Task ForgetEmptyAsync(DateTimeOffset endedBefore, CancellationToken ending) => local.ForgetEmptyAsync(endedBefore, ending);
}
