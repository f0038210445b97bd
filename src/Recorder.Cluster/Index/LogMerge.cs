using Recorder.Cluster.Events;
using Recorder.Cluster.Tenures;
using Recorder.Contracts;

namespace Recorder.Cluster.Index;

/// <summary>
/// Brings what a log has of the journals of all nodes, after a position, into the order that counts. Whoever merges the same events from the same position
/// gets the same, on whichever node.
/// </summary>
internal sealed class LogMerge
{
    private const int PageOfAJournal = 500;

    private readonly EventLog _log;
    private readonly LogState _state;
    private readonly RecorderId? _recorder;
    private readonly LogPosition _from;
    private readonly SortedDictionary<string, Cursor> _cursors = new(StringComparer.Ordinal);
    private readonly Dictionary<RecorderId, ReaderOrder> _orders = [];

    public LogMerge(EventLog log, LogState state, RecorderId? recorder, LogPosition from)
    {
        (_log, _state, _recorder, _from, Position) = (log, state, recorder, from, from);
        foreach (var node in state.Extents.Keys)
            _cursors.Add(node, new Cursor(node, from[node] ?? 0));
    }

    public LogPosition Position { get; private set; }

    /// <summary>Whether there are no more events.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The next events.</summary>
    public async Task<IReadOnlyList<LogItem>> ReadAsync(int limit, CancellationToken cancellationToken)
    {
        var items = new List<LogItem>();
        while (items.Count < limit)
        {
            foreach (var cursor in _cursors.Values)
                await FillAsync(cursor, items, cancellationToken).ConfigureAwait(false);

            if (await FindNextAsync(cancellationToken).ConfigureAwait(false) is not { } next)
            {
                IsComplete = true;
                break;
            }

            var raised = next.Events.Dequeue();
            if (_state.Waiting.Contains(raised.Id))
            {
                // It is told later: a reader that comes back must get it.
                next.IsHeld = true;
                continue;
            }

            Position = next.IsHeld ? Position : Position.With(raised.Node, raised.Journal);
            next.Reached = raised.Journal;
            var order = OrderOf(raised.Recorder);
            if (order.Order.Contains(raised.Number) && !(raised.Number.Tenure < order.Told))
            {
                order.Told = raised.Number.Tenure;
                items.Add(new LogItem.Told(raised, Position));
            }
        }

        return items;
    }

    private async Task FillAsync(Cursor cursor, List<LogItem> items, CancellationToken cancellationToken)
    {
        if (cursor.Events.Count > 0 || cursor.IsComplete)
            return;

        var page = await _log.Connections.ReadAsync(
            reader => EventTable.Read(reader, cursor.Node, cursor.Read, _recorder, _state.LastId, PageOfAJournal), cancellationToken).ConfigureAwait(false);
        cursor.IsComplete = page.Count < PageOfAJournal;
        // What the log lost while it was read.
        if (_log.ExtentOf(cursor.Node)?.Missing is { } missing && missing > cursor.Read)
        {
            Position = cursor.IsHeld ? Position : Position.With(cursor.Node, missing);
            items.Add(new LogItem.Lagged(cursor.Node, cursor.Read + 1, missing, Position));
            (cursor.Read, cursor.Reached) = (missing, missing);
        }

        foreach (var raised in page.Where(raised => raised.Journal > cursor.Read))
            cursor.Events.Enqueue(raised);

        cursor.Read = page.Count > 0 ? Math.Max(cursor.Read, page[^1].Journal) : cursor.Read;
    }

    // The earliest that waits for no other; if all wait for each other, the earliest.
    private async Task<Cursor?> FindNextAsync(CancellationToken cancellationToken)
    {
        List<Cursor> heads = [.. _cursors.Values.Where(cursor => cursor.Events.Count > 0)
            .OrderBy(cursor => cursor.Events.Peek().At).ThenBy(cursor => cursor.Node, StringComparer.Ordinal)];
        foreach (var head in heads)
        {
            if (heads.Count == 1 || !await IsBlockedAsync(head.Events.Peek(), cancellationToken).ConfigureAwait(false))
                return head;
        }

        return heads.FirstOrDefault();
    }

    // Whether events of the same recorder that count come before it, and are in another node's journal.
    private async Task<bool> IsBlockedAsync(LoggedEvent raised, CancellationToken cancellationToken)
    {
        var order = OrderOf(raised.Recorder);
        if (order.Told == raised.Number.Tenure || !order.Order.Contains(raised.Number))
            return false;

        foreach (var end in order.Order.Ends)
        {
            if (end.Tenure < raised.Number.Tenure && !(end.Tenure < order.Told) && end.Tenure != EventNumbers.NoTenure
                && _cursors.TryGetValue(end.Tenure.Node, out var cursor) && cursor.Node != raised.Node && !cursor.IsExhausted
                && cursor.Reached < await FindJournalAsync(order, raised.Recorder, end, cancellationToken).ConfigureAwait(false))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<long> FindJournalAsync(ReaderOrder order, RecorderId recorder, EventNumber end, CancellationToken cancellationToken)
    {
        if (order.Journals.TryGetValue(end.Tenure, out var known))
            return known;

        return order.Journals[end.Tenure] = await _log.Connections.ReadAsync(
            reader => EventTable.FindJournal(reader, recorder, end), cancellationToken).ConfigureAwait(false) ?? 0;
    }

    private ReaderOrder OrderOf(RecorderId recorder)
    {
        if (_orders.TryGetValue(recorder, out var known))
            return known;

        var (order, tenures) = _log.FindOrder(recorder);
        var made = new ReaderOrder(order);
        foreach (var events in tenures)
        {
            if (order.EndOf(events.Tenure) == events.Last)
                made.Journals[events.Tenure] = events.LastJournal;

            // What the reader was told last, it was told under the highest tenure that counts and of which it has an event. Of one that does not count it
            // may have been told on the other side of a partition, or have passed it over.
            if (order.EndOf(events.Tenure) > 0 && _from.Covers(events.Tenure.Node, events.FirstJournal) && !(events.Tenure < made.Told))
                made.Told = events.Tenure;
        }

        return _orders[recorder] = made;
    }

    private sealed class Cursor(string node, long after)
    {
        public string Node => node;

        public Queue<LoggedEvent> Events { get; } = new();

        /// <summary>The last entry that was read from the disk.</summary>
        public long Read { get; set; } = after;

        /// <summary>The last entry that was merged.</summary>
        public long Reached { get; set; } = after;

        public bool IsComplete { get; set; }

        public bool IsHeld { get; set; }

        public bool IsExhausted => IsComplete && Events.Count == 0;
    }

    private sealed class ReaderOrder(EventOrder order)
    {
        public EventOrder Order => order;

        public Dictionary<Tenure, long> Journals { get; } = [];

        public Tenure? Told { get; set; }
    }
}
