using Recorder.Cluster.Events;
using Recorder.Cluster.Index;

namespace Recorder.Node.Api;

/// <summary>One reader's stream of the events of the whole cluster, from this node's log, as server-sent events; it can be taken up at any node.</summary>
internal sealed class ClusterEventStream(HttpResponse response, EventLog log, EventFilter filter, TimeSpan timeout, TimeProvider time)
{
    private readonly ServerSentEvents _events = new(response, timeout, time);

    /// <summary>The node whose journal is not the one that the reader had; null for none.</summary>
    public string? LostNode { get; init; }

    /// <summary>Writes events until the reader goes, stalls, or the node ends.</summary>
    /// <param name="from">Null to begin with what is told from now on.</param>
    /// <exception cref="TimeoutException">The reader takes nothing.</exception>
    public async Task RunAsync(LogPosition? from, CancellationToken cancellationToken)
    {
        var reader = new EventLogReader(log, filter.Recorder, time);
        if (from is null)
            reader.BeginNow();
        else
            reader.Begin(from);

        await _events.BeginAsync(cancellationToken, reader.Position.ToString());
        if (LostNode is { } node)
        {
            var lost = new EventsProtocol.Lagged(node, 0, 0, filter.Recorder);
            await _events.WriteAsync(LaggedEvents.Write(lost, reader.Position.ToString(), (reader.Position[node] ?? 0) + 1), cancellationToken);
        }

        var written = time.GetTimestamp();
        await foreach (var items in reader.ReadAsync(EventStream.Heartbeat, cancellationToken))
        {
            var hasWritten = false;
            foreach (var item in items)
                hasWritten |= await WriteAsync(item, cancellationToken);

            // A filter can hide every event for days.
            if (!hasWritten && time.GetElapsedTime(written) >= EventStream.Heartbeat)
            {
                await _events.BufferAsync($": still here\nid: {reader.Position}\n\n", cancellationToken);
                hasWritten = true;
            }

            if (!hasWritten)
                continue;

            written = time.GetTimestamp();
            await _events.FlushAsync(cancellationToken);
        }
    }

    private async Task<bool> WriteAsync(LogItem item, CancellationToken cancellationToken)
    {
        switch (item)
        {
            case LogItem.Told { Event: var raised } when filter.Passes(raised.Recorder, raised.Kind):
                await _events.BufferAsync($"id: {item.Position}\nevent: {raised.Kind}\ndata: ", cancellationToken);
                await _events.BufferAsync(raised.Json, cancellationToken);
                await _events.BufferAsync("\n\n", cancellationToken);
                return true;
            case LogItem.Lagged lagged:
                var missed = new EventsProtocol.Lagged(lagged.Node, lagged.From, lagged.To, filter.Recorder);
                await _events.BufferAsync(LaggedEvents.Write(missed, item.Position.ToString(), lagged.To + 1), cancellationToken);
                return true;
            default:
                return false;
        }
    }
}
