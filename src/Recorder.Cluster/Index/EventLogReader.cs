using System.Runtime.CompilerServices;
using Recorder.Actors.Catalogue;
using Recorder.Cluster.Events;
using Recorder.Cluster.Tenures;
using Recorder.Contracts;

namespace Recorder.Cluster.Index;

/// <summary>What a reader of the log gets.</summary>
/// <param name="Position">Where it is with it.</param>
internal abstract record LogItem(LogPosition Position)
{
    internal sealed record Told(LoggedEvent Event, LogPosition Position) : LogItem(Position);

    /// <summary>Entries of a node's journal are not here any more; what follows begins after them.</summary>
    /// <param name="From">The first that is missing.</param>
    /// <param name="To">The last.</param>
    internal sealed record Lagged(string Node, long From, long To, LogPosition Position) : LogItem(Position);

    /// <summary>No event, but a position further on.</summary>
    internal sealed record Reached(LogPosition Position) : LogItem(Position);
}

/// <summary>
/// One reader of the log: first what it does not have, from the disk and by the order that counts now; then what is told, from memory. Its position says
/// how far it is in each node's journal, so that it can go on at any node.
/// </summary>
/// <param name="recorder">Only this recorder's events; null for all.</param>
internal sealed class EventLogReader(EventLog log, RecorderId? recorder, TimeProvider time)
{
    private const int Page = 500;
    private const int MaxLive = 256;

    // A reader that comes from another node may have more than this one knows yet.
    private static readonly TimeSpan MaxBehind = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BehindInterval = TimeSpan.FromMilliseconds(20);

    private LogPosition _position = LogPosition.Empty;
    private LogPosition? _ahead;
    private long _index;

    /// <summary>How far the reader is.</summary>
    public LogPosition Position => _position;

    /// <summary>Begins with what is told from now on.</summary>
    public LogPosition BeginNow()
    {
        var state = log.ReadState();
        (_index, _position) = (state.Index, state.Position);
        return _position;
    }

    /// <summary>Begins after a position. Of a node that it does not name, everything happened since.</summary>
    public void Begin(LogPosition position) => (_index, _position) = (-1, position);

    /// <summary>The next items; empty when a while went by without any.</summary>
    public async IAsyncEnumerable<IReadOnlyList<LogItem>> ReadAsync(TimeSpan heartbeat, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var subscription = log.Subscribe();
        while (true)
        {
            if (_index >= 0 && log.ReadLive(_index, MaxLive) is { } told)
            {
                if (told.Count == 0 && !await WaitAsync(heartbeat, cancellationToken).ConfigureAwait(false))
                    yield return [];
                else if (told.Count > 0)
                    yield return Take(told);

                continue;
            }

            await WaitUntilKnownAsync(cancellationToken).ConfigureAwait(false);
            await foreach (var items in CatchUpAsync(cancellationToken).ConfigureAwait(false))
                yield return items;
        }
    }

    private List<LogItem> Take(IReadOnlyList<ToldItem> told)
    {
        _index = told[^1].Index;
        List<LogItem> items = [.. told.Where(IsNew).Select(one => one.Item with { Position = PositionOf(one) })];
        _position = PositionOf(told[^1]);
        if (_ahead is { } ahead && ahead.Nodes.All(node => told[^1].Item.Position.Covers(node, ahead[node]!.Value)))
            _ahead = null;

        if (items.Count == 0)
            items.Add(new LogItem.Reached(_position));

        return items;
    }

    private bool IsNew(ToldItem told) => told.Item switch
    {
        LogItem.Told { Event: var raised } =>
            (recorder is null || raised.Recorder == recorder) && _ahead?.Covers(raised.Node, raised.Journal) != true,
        LogItem.Lagged lagged => _ahead?.Covers(lagged.Node, lagged.To) != true,
        _ => true,
    };

    private LogPosition PositionOf(ToldItem told) => _ahead is null ? told.Item.Position : told.Item.Position.MergeWith(_ahead);

    private async Task<bool> WaitAsync(TimeSpan heartbeat, CancellationToken cancellationToken)
    {
        try
        {
            await log.WaitAsync(_index, cancellationToken).WaitAsync(heartbeat, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    // Null when the log cannot be read: it is tried again from where the reader is.
    private async Task<IReadOnlyList<LogItem>?> TryReadAsync(LogMerge merge, CancellationToken cancellationToken)
    {
        try
        {
            return await merge.ReadAsync(Page, cancellationToken).ConfigureAwait(false);
        }
        catch (CatalogueUnavailableException)
        {
            await Task.Delay(RetryAfter, time, cancellationToken).ConfigureAwait(false);
            return null;
        }
    }

    private async Task WaitUntilKnownAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        // What fills the log is told to nobody who is there already.
        while (log.ReadState() is var state && (state.IsFilling || (IsBehind(state) && time.GetElapsedTime(began) < MaxBehind)))
            await Task.Delay(BehindInterval, time, cancellationToken).ConfigureAwait(false);
    }

    private bool IsBehind(LogState state) => _position.Nodes.Any(node => !state.Position.Covers(node, _position[node]!.Value));

    private async IAsyncEnumerable<IReadOnlyList<LogItem>> CatchUpAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var state = log.ReadState();
        var lagged = new List<LogItem>();
        foreach (var (node, extent) in state.Extents.OrderBy(extent => extent.Key, StringComparer.Ordinal))
        {
            // Of a node that joined since, whatever is here is new.
            var from = _position[node];
            if (from >= extent.Missing)
                continue;

            _position = _position.With(node, extent.Missing);
            if (from is not null)
                lagged.Add(new LogItem.Lagged(node, from.Value + 1, extent.Missing, _position));
        }

        if (lagged.Count > 0)
            yield return lagged;

        var merge = new LogMerge(log, state, recorder, _position);
        while (!merge.IsComplete)
        {
            var items = await TryReadAsync(merge, cancellationToken).ConfigureAwait(false);
            if (items is null)
                yield break;

            _position = merge.Position;
            if (items.Count > 0)
                yield return items;
        }

        _ahead = IsBehind(state) ? _position : null;
        (_index, _position) = (state.Index, state.Position.MergeWith(_position));
        yield return [new LogItem.Reached(_position)];
    }
}
