using System.Collections.Concurrent;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Cluster.Index;
using Recorder.Cluster.Journals;

namespace Recorder.Cluster.Following;

/// <summary>This node's own journal, for its own follower and, over HTTP, for those of the other nodes.</summary>
internal sealed class OwnJournal : IJournalSource
{
    private const int MaxChanges = 500;

    /// <summary>How long a reader waits when there is nothing new.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, IndexPosition> _followers = new();
    private readonly SqlCatalogue _catalogue;
    private readonly ClusterIndex _index;
    private readonly TimeProvider _time;

    private OwnJournal(SqlCatalogue catalogue, ClusterIndex index, TimeProvider time) => (_catalogue, _index, _time) = (catalogue, index, time);

    /// <summary>Begins this run of the process: from now on numbers are told together with its start id.</summary>
    public static async Task<OwnJournal> OpenAsync(
        SqlCatalogue catalogue, ClusterIndex index, StartId start, TimeProvider time, CancellationToken cancellationToken)
    {
        await index.Runs.BeginAsync(start, catalogue.Journal.Last, cancellationToken).ConfigureAwait(false);
        return new OwnJournal(catalogue, index, time);
    }

    /// <summary>Notes where another node is: what it asks for next follows on what it has applied.</summary>
    public void Note(string follower, IndexPosition position) => _followers[follower] = position;

    /// <summary>Whether another node has everything that is in the journal now, as it said last.</summary>
    public bool IsFollowedBy(string follower) =>
        _followers.TryGetValue(follower, out var at) && at.Journal.Number >= _catalogue.Journal.Last && at.Change >= _index.Changes.Last;

    /// <summary>Where a follower is that has everything.</summary>
    public IndexPosition Position => PositionAt(_catalogue.Journal.Last, _index.Changes.Last);

    public async Task<JournalAnswer> ReadAsync(IndexPosition? position, int limit, CancellationToken cancellationToken)
    {
        if (position is not { } at || !_index.Runs.Contain(at.Journal, _catalogue.Journal.Last) || at.Change > _index.Changes.Last)
            return JournalAnswer.Unknown;

        await WaitAsync(at, cancellationToken).ConfigureAwait(false);
        var last = _catalogue.Journal.Last;
        IReadOnlyList<JournalEntry> entries;
        try
        {
            entries = await _catalogue.ReadEventsAsync(at.Journal.Number, null, limit, cancellationToken).ConfigureAwait(false);
        }
        catch (JournalTruncatedException)
        {
            return JournalAnswer.Unknown;
        }

        // The journal skips numbers: less than a page reaches to its last.
        var through = entries.Count == limit ? entries[^1].Number : Math.Max(last, entries.Count == 0 ? 0 : entries[^1].Number);
        return await _index.Changes.ReadAsync(at.Change, through, MaxChanges, cancellationToken).ConfigureAwait(false) is { } changes
            ? new JournalAnswer(
                PositionAt(through, changes.Count == 0 ? at.Change : changes[^1].Number), entries,
                [.. changes.Select(change => change.Change).OfType<IndexChange>()])
            : JournalAnswer.Unknown;
    }

    public async Task<JournalAnswer?> ReadEventsAsync(long after, int limit, CancellationToken cancellationToken)
    {
        var last = _catalogue.Journal.Last;
        var missing = after;
        IReadOnlyList<JournalEntry> entries;
        try
        {
            entries = await _catalogue.ReadEventsAsync(after, null, limit, cancellationToken).ConfigureAwait(false);
        }
        catch (JournalTruncatedException truncated)
        {
            missing = truncated.Oldest - 1;
            entries = await _catalogue.ReadEventsAsync(missing, null, limit, cancellationToken).ConfigureAwait(false);
        }

        var through = entries.Count == limit ? entries[^1].Number : Math.Max(last, missing);
        return new JournalAnswer(PositionAt(through, 0), entries, []) { Missing = missing == after ? 0 : missing };
    }

    public async Task<JournalAnswer?> ReadCopyAsync(string node, IndexPosition position, int limit, CancellationToken cancellationToken)
    {
        var (after, log) = (position.Journal.Number, _index.Log.ExtentOf(node));
        if (log is not { } extent || extent.Last <= after || extent.Missing > after
            || (await _index.PositionAsync(node, cancellationToken).ConfigureAwait(false))?.Journal.Start != position.Journal.Start)
        {
            return null;
        }

        var entries = await _index.Log.ReadEntriesAsync(node, after, limit, cancellationToken).ConfigureAwait(false);
        var through = entries.Count == limit ? entries[^1].Number : extent.Last;
        return new JournalAnswer(position with { Journal = position.Journal with { Number = through } }, entries, []);
    }

    public async Task<SnapshotEnd> CopyAsync(Func<CatalogueCopy, Task> take, CancellationToken cancellationToken)
    {
        // A change that comes meanwhile is told again after the snapshot, which does no harm.
        var (change, holds) = (_index.Changes.Last, await _index.ListHoldsAsync(cancellationToken).ConfigureAwait(false));
        var (through, sequences) = await _catalogue.CopyAsync(take, cancellationToken).ConfigureAwait(false);
        return new SnapshotEnd(PositionAt(through, change), sequences, holds);
    }

    private IndexPosition PositionAt(long number, long change) => new(new JournalPosition(_index.Runs.RunOf(number), number), change);

    private async Task WaitAsync(IndexPosition at, CancellationToken cancellationToken)
    {
        if (_catalogue.Journal.Last > at.Journal.Number || _index.Changes.Last > at.Change)
            return;

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var grown = _catalogue.WaitForEventsAsync(at.Journal.Number, ending.Token);
        var changed = _index.Changes.WaitAsync(at.Change, ending.Token);
        await Task.WhenAny(grown, changed, Task.Delay(MaxWait, _time, ending.Token)).ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
