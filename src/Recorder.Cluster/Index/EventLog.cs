using System.Data.Common;
using System.Text;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Catalogue.Sql;
using Recorder.Cluster.Events;
using Recorder.Cluster.Tenures;
using Recorder.Contracts;
using Recorder.Contracts.Json;

namespace Recorder.Cluster.Index;

/// <summary>What is told to those who subscribed: an event, or that entries of a node's journal are gone.</summary>
/// <param name="Index">Counts what was told since the node started.</param>
/// <param name="Item">With the position of a reader that has this and everything before it.</param>
internal sealed record ToldItem(long Index, LogItem Item)
{
    public LoggedEvent? Event => (Item as LogItem.Told)?.Event;

    public int Size => Event?.Json.Length ?? 0;
}

/// <summary>Events that a transaction adds to the log; they count once it is committed.</summary>
/// <param name="Removed">Of each node's journal, the last entry that was trimmed.</param>
internal sealed record LogAddition(string Node, LogExtent Extent, IReadOnlyList<LoggedEvent> Events, IReadOnlyDictionary<string, long> Removed);

/// <summary>What a reader that catches up needs to know of the log.</summary>
/// <param name="Index">Where it goes on once it has caught up.</param>
/// <param name="Position">The same as a position.</param>
/// <param name="Waiting">Events that are in the log and not told yet.</param>
/// <param name="IsFilling">Whether the log is being filled with what was before the beginning of a journal that is followed.</param>
internal sealed record LogState(
    long Index, LogPosition Position, long LastId, IReadOnlySet<long> Waiting, IReadOnlyDictionary<string, LogExtent> Extents, bool IsFilling);

/// <summary>
/// The events of all nodes, as this node knows them from their journals. Everybody who reads them, here or on another node, reads one order of each
/// recorder's events. The newest that were told are in memory, for all readers together. Safe to use from any thread.
/// </summary>
internal sealed class EventLog : IDisposable
{
    private const int MaxLive = 4_096;
    private const long MaxLiveBytes = 8 << 20;

    // Half of what a node's own journal has, which must outlast a partition.
    private const long MaxEventsOfANode = 1_000_000;
    private const long TrimInterval = 1_000;

    // Longer than it takes from a node that answers.
    private static readonly TimeSpan MaxFilling = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(7);
    private static readonly TimeSpan ExpiryInterval = TimeSpan.FromMilliseconds(250);

    private readonly CatalogueConnections _connections;
    private readonly Lock _gate = new();
    private readonly LiveOrder _order;
    private readonly Dictionary<string, LogExtent> _extents = new(StringComparer.Ordinal);
    private readonly ToldItem?[] _live = new ToldItem?[MaxLive];
    private readonly JournalSignal _signal = new();
    private readonly HashSet<RecorderId> _changed = [];
    private readonly Dictionary<string, long> _filling = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _startedAt;
    private readonly ITimer _expiry;
    private LogPosition _position = LogPosition.Empty;
    private long _told;
    private long _forgotten;
    private long _lastId;
    private long _liveBytes;
    private long _untrimmed;
    private int _readers;

    public EventLog(CatalogueConnections connections, TimeProvider time)
    {
        (_connections, _time) = (connections, time);
        _startedAt = time.GetUtcNow();
        _order = new LiveOrder(node => MayStillCome?.Invoke(node) == true, time);
        _expiry = time.CreateTimer(_ => Expire(), null, ExpiryInterval, ExpiryInterval);
    }

    /// <summary>Whether a node lives, so that what it raised can still come.</summary>
    public Func<string, bool>? MayStillCome { get; set; }

    /// <summary>Whether anybody waits for events at the moment.</summary>
    public bool HasReaders => Volatile.Read(ref _readers) > 0;

    public CatalogueConnections Connections => _connections;

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await _connections.WriteAsync(durable: false, EventTable.ForgetRecorders, cancellationToken).ConfigureAwait(false);
        var (extents, tenures, lastId, unfilled) = await _connections.ReadSnapshotAsync(
            reader => (
                EventTable.ReadExtents(reader), EventTable.ReadTenures(reader).ToList(), EventTable.ReadLastId(reader), EventTable.ReadUnfilled(reader)),
            cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            foreach (var (recorder, events) in tenures)
                _order.OrderOf(recorder).Put(events);

            foreach (var recorder in tenures.Select(tenure => tenure.Recorder).Distinct())
                Restored(recorder);

            foreach (var (node, extent) in extents)
                SetExtent(node, extent);

            foreach (var node in unfilled)
                _filling[node] = _time.GetTimestamp();

            _lastId = lastId;
        }
    }

    /// <summary>How much of a node's journal is here; null for nothing.</summary>
    public LogExtent? ExtentOf(string node)
    {
        lock (_gate)
            return _extents.TryGetValue(node, out var extent) ? extent : null;
    }

    /// <summary>Adds the next entries of a node's journal, in a transaction of the caller, which then says <see cref="Committed"/>.</summary>
    /// <param name="extent">How much of the journal is here with them.</param>
    public LogAddition Put(DbConnection writer, string node, LogExtent extent, IEnumerable<JournalEntry> entries)
    {
        var last = ExtentOf(node)?.Last ?? 0;
        var events = EventTable.Put(writer, [.. entries.Where(entry => entry.Number > last).Select(entry => Log(node, entry))]);
        EventTable.Put(writer, node, extent);
        var isDue = Interlocked.Add(ref _untrimmed, events.Count) >= TrimInterval;
        var removed = isDue ? EventTable.Trim(writer, MaxEventsOfANode * Math.Max(1, _extents.Count), MaxAge) : [];
        if (isDue)
            Interlocked.Exchange(ref _untrimmed, 0);

        return new LogAddition(node, extent, events, removed);
    }

    /// <param name="isOld">Whether what was raised before this node started is told to nobody: it was read to fill the log.</param>
    /// <param name="isFilling">Whether there is more to fill the log with.</param>
    public void Committed(LogAddition added, bool isOld = false, bool isFilling = false)
    {
        lock (_gate)
        {
            if (!isFilling)
                _filling.Remove(added.Node);

            TellIfLagged(added.Node, added.Extent);
            foreach (var raised in added.Events)
            {
                _lastId = raised.Id;
                _position = _position.With(added.Node, raised.Journal);
                Tell(_order.Offer(raised), isOld);
                NoteChange(raised.Recorder);
            }

            SetExtent(added.Node, added.Extent);
            foreach (var (node, number) in added.Removed)
                _extents[node] = _extents[node] with { Missing = Math.Max(_extents[node].Missing, number) };
        }

        _signal.Set(Interlocked.Read(ref _told));
    }

    /// <summary>
    /// The log has this of a node's journal, whose entries do not continue where it was; it is filled as far as the journal has them.
    /// </summary>
    /// <param name="through">Up to where it is filled.</param>
    public void Begin(string node, LogExtent extent, long through)
    {
        lock (_gate)
        {
            if (extent.Last < through)
                _filling[node] = _time.GetTimestamp();

            TellIfLagged(node, extent);
            SetExtent(node, extent);
        }

        _signal.Set(Interlocked.Read(ref _told));
    }

    /// <summary>A node is gone for good.</summary>
    public void Remove(string node)
    {
        lock (_gate)
        {
            _filling.Remove(node);
            _extents.Remove(node);
        }
    }

    /// <summary>The last event before a tenure's first, as far as this node knows.</summary>
    public EventNumber? FindBefore(RecorderId recorder, Tenure tenure)
    {
        lock (_gate)
            return _order.OrderOf(recorder).LastBefore(tenure);
    }

    /// <summary>Whether this node knows an event that was raised under a tenure.</summary>
    public bool HasRaised(RecorderId recorder, Tenure tenure)
    {
        lock (_gate)
            return _order.OrderOf(recorder).Find(tenure) is not null;
    }

    /// <summary>What counts of a recorder's events, and what is known of each tenure.</summary>
    public (EventOrder Order, IReadOnlyList<TenureEvents> Tenures) FindOrder(RecorderId recorder)
    {
        lock (_gate)
        {
            var order = _order.OrderOf(recorder);
            return (order.FindOrder(), [.. order.Tenures]);
        }
    }

    /// <summary>The recorders with several tenures of which this node learned something since the last call.</summary>
    public IReadOnlyList<RecorderId> TakeChanged()
    {
        lock (_gate)
        {
            List<RecorderId> changed = [.. _changed];
            _changed.Clear();
            return changed;
        }
    }

    /// <summary>The events of a recorder that do not count and that no LateMedia event sums up.</summary>
    public IReadOnlyList<EventRange> FindUntoldLate(RecorderId recorder)
    {
        lock (_gate)
            return [.. _order.OrderOf(recorder).FindUntoldLate()];
    }

    /// <summary>The entries of a node's journal after one, as far as they are here.</summary>
    public Task<List<JournalEntry>> ReadEntriesAsync(string node, long after, int limit, CancellationToken cancellationToken) => _connections.ReadAsync(
        reader => EventTable.Read(reader, node, after, recorder: null, long.MaxValue, limit)
            .ConvertAll(raised => new JournalEntry(raised.Journal, ProtocolJson.Read<RecorderProtocol.IEvent>(Encoding.UTF8.GetString(raised.Json)))),
        cancellationToken);

    /// <summary>Counts a reader for as long as it reads.</summary>
    public IDisposable Subscribe() => new Subscription(this);

    public LogState ReadState()
    {
        lock (_gate)
        {
            return new LogState(
                _told, PositionBefore([]), _lastId, _order.Waiting.Select(raised => raised.Id).ToHashSet(),
                new Dictionary<string, LogExtent>(_extents, StringComparer.Ordinal),
                _filling.Values.Any(since => _time.GetElapsedTime(since) < MaxFilling));
        }
    }

    /// <summary>What was told after something; null when memory begins later.</summary>
    public IReadOnlyList<ToldItem>? ReadLive(long index, int limit)
    {
        lock (_gate)
        {
            if (index < _forgotten)
                return null;

            var told = new List<ToldItem>((int)Math.Min(limit, _told - index));
            for (var next = index + 1; next <= _told && told.Count < limit; next++)
                told.Add(_live[next % MaxLive]!);

            return told;
        }
    }

    public Task WaitAsync(long index, CancellationToken cancellationToken) => _signal.WaitAsync(index, cancellationToken);

    public void Dispose() => _expiry.Dispose();

    private static LoggedEvent Log(string node, JournalEntry entry)
    {
        var raised = entry.Event;
        return new LoggedEvent(
            node, entry.Number, raised.Recorder, EventNumbers.NumberOf(raised), EventNumbers.AfterOf(raised),
            EventKindConverter.NameOf(raised.GetType()), raised.At, ProtocolJson.WriteUtf8(raised))
        {
            Event = raised,
            Late = raised is RecorderProtocol.LateMedia late
                ? new EventRange(EventNumbers.TenureOf(late.Superseded), late.First, late.Last)
                : null,
        };
    }

    private void Restored(RecorderId recorder)
    {
        _order.Restored(recorder);
        NoteChange(recorder);
    }

    private void NoteChange(RecorderId recorder)
    {
        if (_order.OrderOf(recorder).Tenures.Skip(1).Any())
            _changed.Add(recorder);
    }

    private void Expire()
    {
        lock (_gate)
            Tell(_order.Expire(), isOld: false);

        _signal.Set(Interlocked.Read(ref _told));
    }

    private void SetExtent(string node, LogExtent extent) => (_extents[node], _position) = (extent, _position.With(node, extent.Last));

    private void Tell(IReadOnlyList<LoggedEvent> ready, bool isOld)
    {
        for (var index = 0; index < ready.Count; index++)
        {
            if (isOld && ready[index].At < _startedAt)
                continue;

            Tell(new LogItem.Told(ready[index], PositionBefore(ready.Skip(index + 1))));
        }
    }

    private void Tell(LogItem item)
    {
        var told = new ToldItem(++_told, item);
        while (_told - _forgotten > MaxLive || (_liveBytes > MaxLiveBytes && _told - _forgotten > 1))
        {
            ref var oldest = ref _live[++_forgotten % MaxLive];
            _liveBytes -= oldest!.Size;
            oldest = null;
        }

        _live[told.Index % MaxLive] = told;
        _liveBytes += told.Size;
    }

    private void TellIfLagged(string node, LogExtent extent)
    {
        if (!_extents.TryGetValue(node, out var known) || known.Last == 0 || known.Last >= extent.Missing)
            return;

        _position = _position.With(node, extent.Missing);
        Tell(new LogItem.Lagged(node, known.Last + 1, extent.Missing, PositionBefore([])));
    }

    // Before everything that waits, so that a reader that comes back to it gets that too.
    private LogPosition PositionBefore(IEnumerable<LoggedEvent> untold)
    {
        var position = _position;
        foreach (var raised in _order.Waiting.Concat(untold))
        {
            if (position.Covers(raised.Node, raised.Journal))
                position = position.With(raised.Node, raised.Journal - 1);
        }

        return position;
    }

    private sealed class Subscription : IDisposable
    {
        private EventLog? _log;

        public Subscription(EventLog log) => Interlocked.Increment(ref (_log = log)._readers);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _log, null) is { } log)
                Interlocked.Decrement(ref log._readers);
        }
    }
}
