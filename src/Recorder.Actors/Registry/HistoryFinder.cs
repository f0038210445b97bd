using System.Collections.Concurrent;
using Recorder.Actors.Catalogue.Repair;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Actors.Storage.Recovery;
using Recorder.Actors.Timing;
using Recorder.Contracts;

namespace Recorder.Actors.Registry;

/// <summary>Recovers recordings that a crash interrupted, and finds their events that were never published.</summary>
internal sealed class HistoryFinder(SqlCatalogue catalogue, string folder, TimeProvider time) : IHistoryFinder
{
    private readonly ConcurrentDictionary<RecorderId, SemaphoreSlim> _locks = new();

    /// <summary>The node's clock, which corrects times of interrupted recordings; null uses them unchanged.</summary>
    public NodeClock? Clock { get; init; }

    /// <summary>Finds the history of a recorder of this node. The caller publishes the missing events.</summary>
    public Task<FoundHistory> FindAsync(RecorderDefinition definition, CancellationToken cancellationToken) => SearchAsync(
        definition.Id,
        new SearchOptions((_, isLast) => isLast && definition.Desired != RecorderState.Inactive),
        cancellationToken);

    // Appends the missing events to the journal, except the stop events: the recordings may continue on another node.
    public Task<FoundHistory> FindMovedAsync(RecorderId recorder, RecordingId? continued, StopReason reason, CancellationToken cancellationToken) =>
        SearchAsync(
            recorder,
            new SearchOptions((recording, _) => recording == continued) { MayRecordElsewhere = true, Reason = reason },
            cancellationToken);

    /// <summary>Completes the recordings of recorders that are not defined on this node: no recorder will do it.</summary>
    public async Task CompleteAsync(IEnumerable<RecorderId> recorders, CancellationToken cancellationToken)
    {
        foreach (var recorder in recorders)
        {
            try
            {
                await LockedAsync(recorder, () => CompleteAsync(recorder, cancellationToken), cancellationToken).ConfigureAwait(false);
            }
            catch (RecordingInUseException)
            {
                // The process that records it completes it.
            }
        }
    }

    public IReadOnlyList<RecorderId> Recorders() =>
    [
        .. Directory.EnumerateDirectories(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .Where(name => RecorderId.TryParse(name, out _)).Select(name => new RecorderId(name!)),
    ];

    private async Task<FoundHistory> CompleteAsync(RecorderId recorder, CancellationToken cancellationToken)
    {
        // A recorder that was defined meanwhile is completed when it is created.
        if (CatalogueCheck.IsDefined(folder, recorder))
            return new FoundHistory(new RecorderHistory(0, 0), []);

        var found = await CreateSearch(recorder, new SearchOptions((_, _) => false), cancellationToken).RunAsync().ConfigureAwait(false);
        await catalogue.Journal.AppendAsync(found.Missing, null, cancellationToken).ConfigureAwait(false);
        return found;
    }

    private Task<FoundHistory> SearchAsync(RecorderId recorder, SearchOptions options, CancellationToken cancellationToken) =>
        LockedAsync(recorder, CreateSearch(recorder, options, cancellationToken).RunAsync, cancellationToken);

    private HistorySearch CreateSearch(RecorderId recorder, SearchOptions options, CancellationToken cancellationToken) =>
        new(catalogue, new RecorderFolder(folder, recorder), options, Clock, time, cancellationToken);

    // One search of a recorder at a time: each repairs the folder, and numbers events after those that the previous one appended.
    private async Task<FoundHistory> LockedAsync(RecorderId recorder, Func<Task<FoundHistory>> search, CancellationToken cancellationToken)
    {
        var semaphore = _locks.GetOrAdd(recorder, _ => new SemaphoreSlim(1, 1));
        await semaphore.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await search().ConfigureAwait(false);
        }
        finally
        {
            semaphore.Release();
        }
    }
}

/// <param name="Continues">Decides whether a recording continues, from its id and whether it is the recorder's last one.</param>
internal sealed record SearchOptions(Func<RecordingId, bool, bool> Continues)
{
    /// <summary>Whether another node may record the recorder now: no stop events are raised.</summary>
    public bool MayRecordElsewhere { get; init; }

    public StopReason Reason { get; init; } = StopReason.Crashed;
}
