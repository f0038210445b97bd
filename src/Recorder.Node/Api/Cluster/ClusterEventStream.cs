using System.Buffers;
using System.Text;
using Recorder.Cluster.Events;
using Recorder.Cluster.Index;

namespace Recorder.Node.Api;

/// <summary>One reader's stream of the events of the whole cluster, from this node's log, as server-sent events; it can be taken up at any node.</summary>
internal sealed class ClusterEventStream(HttpResponse response, EventLog log, EventFilter filter, TimeProvider time)
{
    private bool _hasWritten;

    /// <summary>The node whose journal is not the one that the reader had; null for none.</summary>
    public string? LostNode { get; init; }

    /// <summary>Writes events until the reader goes, stalls, or the node ends.</summary>
    /// <param name="from">Null to begin with what is told from now on.</param>
    /// <exception cref="TimeoutException">The reader takes nothing.</exception>
    public async Task RunAsync(LogPosition? from, TimeSpan timeout, CancellationToken cancellationToken)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        var reader = new EventLogReader(log, filter.Recorder, time);
        if (from is null)
            reader.BeginNow();
        else
            reader.Begin(from);

        // A reader whose connection breaks before its first event comes back to where it began.
        Write($": recorder\nretry: 2000\nid: {reader.Position}\n\n");
        if (LostNode is { } node)
            Write(LaggedEvents.Write(new EventsProtocol.Lagged(node, 0, 0, filter.Recorder), reader.Position.ToString(), (reader.Position[node] ?? 0) + 1));

        await FlushAsync(timeout, cancellationToken);
        var written = time.GetTimestamp();
        await foreach (var items in reader.ReadAsync(EventStream.Heartbeat, cancellationToken))
        {
            _hasWritten = false;
            foreach (var item in items)
                Write(item);

            // A filter can hide every event for days.
            if (!_hasWritten && time.GetElapsedTime(written) >= EventStream.Heartbeat)
                Write($": still here\nid: {reader.Position}\n\n");

            if (!_hasWritten)
                continue;

            written = time.GetTimestamp();
            await FlushAsync(timeout, cancellationToken);
        }
    }

    private void Write(LogItem item)
    {
        switch (item)
        {
            case LogItem.Told { Event: var raised } when filter.Passes(raised.Recorder, raised.Kind):
                Write($"id: {item.Position}\nevent: {raised.Kind}\ndata: ");
                response.BodyWriter.Write(raised.Json);
                Write("\n\n");
                break;
            case LogItem.Lagged lagged:
                Write(LaggedEvents.Write(
                    new EventsProtocol.Lagged(lagged.Node, lagged.From, lagged.To, filter.Recorder), item.Position.ToString(), lagged.To + 1));
                break;
            default:
                break;
        }
    }

    private void Write(string text)
    {
        var span = response.BodyWriter.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        response.BodyWriter.Advance(Encoding.UTF8.GetBytes(text, span));
        _hasWritten = true;
    }

    private Task FlushAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var flush = response.BodyWriter.FlushAsync(cancellationToken);
        return flush.IsCompletedSuccessfully ? Task.CompletedTask : flush.AsTask().WaitAsync(timeout, time, cancellationToken);
    }
}
