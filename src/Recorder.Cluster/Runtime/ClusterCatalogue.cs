using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Cluster.Index;
using Recorder.Contracts;
using Recorder.Media;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Cluster.Runtime;

/// <summary>The recordings of all nodes out of this node's index, the recorders of the registry, and the journal of this node.</summary>
internal sealed class ClusterCatalogue(ClusterIndex index, ICatalogue local, ClusterRoutes routes, string folder, TimeProvider time) : ICatalogue
{
    private readonly SqlCatalogue _shared = SqlCatalogue.CreateShared(index.Database, new CatalogueOptions { Root = folder, Time = time });

    public Task<IReadOnlyList<RecorderDefinition>> ListRecordersAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<RecorderDefinition>>([.. routes.All.Select(route => route.Definition)]);

    public Task<RecorderDefinition?> FindRecorderAsync(RecorderId recorder, CancellationToken cancellationToken) =>
        Task.FromResult(routes.Find(recorder)?.Definition);

    public Task PutRecorderAsync(RecorderDefinition definition, CancellationToken cancellationToken) => local.PutRecorderAsync(definition, cancellationToken);

    public Task RemoveRecorderAsync(RecorderId recorder, CancellationToken cancellationToken) => local.RemoveRecorderAsync(recorder, cancellationToken);

    public Task<IReadOnlyList<RecordingRow>> ListRecordingsAsync(RecordingQuery query, CancellationToken cancellationToken) =>
        _shared.ListRecordingsAsync(query, cancellationToken);

    public Task<RecordingRow?> FindRecordingAsync(RecordingKey recording, CancellationToken cancellationToken) =>
        _shared.FindRecordingAsync(recording, cancellationToken);

    public Task<IReadOnlyList<Extent>> ListExtentsAsync(RecordingKey recording, TimeSpan? from, TimeSpan? to, CancellationToken cancellationToken) =>
        index.ListExtentsAsync(recording, from, to, cancellationToken);

    public Task<IReadOnlyList<GapRecorded>> ListGapsAsync(RecordingKey recording, TimeSpan? from, TimeSpan? to, CancellationToken cancellationToken) =>
        index.ListGapsAsync(recording, from, to, cancellationToken);

    public Task<IReadOnlyList<Marked>> ListMarksAsync(RecordingKey recording, CancellationToken cancellationToken) =>
        _shared.ListMarksAsync(recording, cancellationToken);

    public async Task<WallNotes> ReadNotesAsync(WallQuery query, CancellationToken cancellationToken)
    {
        var notes = await _shared.ReadNotesAsync(query, cancellationToken).ConfigureAwait(false);
        var gaps = new List<GapRecorded>();
        // What one node missed another one may have.
        foreach (var recording in notes.Gaps.GroupBy(gap => gap.Recording))
        {
            var key = new RecordingKey(query.Recorder, recording.Key);
            var (begin, end) = (recording.Min(gap => gap.MediaTime), recording.Max(gap => gap.MediaTime + gap.Duration));
            gaps.AddRange((await index.ListGapsAsync(key, begin, end, cancellationToken).ConfigureAwait(false)).Where(gap => gap.From < query.To && gap.To >= query.From));
        }

        return notes with { Gaps = [.. gaps.OrderBy(gap => gap.From)] };
    }

    public Task<T> ReadExtentsAsync<T>(WallQuery query, Func<IEnumerable<WallExtent>, T> read, CancellationToken cancellationToken) =>
        _shared.ReadExtentsAsync(query, read, cancellationToken);

    public Task SetHoldAsync(RecordingKey recording, bool held, CancellationToken cancellationToken) => index.SetHoldAsync(recording, held, cancellationToken);

    public Task<IReadOnlyList<JournalEntry>> ReadEventsAsync(long after, RecorderId? recorder, int limit, CancellationToken cancellationToken) =>
        local.ReadEventsAsync(after, recorder, limit, cancellationToken);

    public Task<long> LastEventAsync(CancellationToken cancellationToken) => local.LastEventAsync(cancellationToken);

    public Task WaitForEventsAsync(long after, CancellationToken cancellationToken) => local.WaitForEventsAsync(after, cancellationToken);

    public ValueTask DisposeAsync() => _shared.DisposeAsync();
}
