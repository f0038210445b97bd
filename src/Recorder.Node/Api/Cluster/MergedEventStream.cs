using System.Buffers;
using System.Text;

namespace Recorder.Node.Api;

/// <summary>One reader's stream of the events of the whole cluster, as server-sent events; it can be taken up at any node.</summary>
internal sealed class MergedEventStream(HttpResponse response, MergedEvents events, TimeProvider time)
{
    /// <summary>Writes events until the reader goes, stalls, or the node ends.</summary>
    /// <exception cref="TimeoutException">The reader takes nothing.</exception>
    public async Task RunAsync(EventPosition from, TimeSpan timeout, CancellationToken ending)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        await foreach (var ready in events.ReadAsync(from, EventStream.Heartbeat, ending))
        {
            if (ready is null)
            {
                Write($": still here\nid: {events.Position}\n\n");
            }
            else if (ready.Count == 0)
            {
                // A reader whose connection breaks before its first event comes back to where it began.
                Write($": recorder\nretry: 2000\nid: {events.BeginPosition}\n\n");
            }

            foreach (var raised in ready ?? [])
            {
                Write(raised.Id.Length > 0 ? $"id: {raised.Id}\n" : "");
                Write($"event: {raised.Kind}\ndata: {raised.Text}\n\n");
            }

            await FlushAsync(timeout, ending);
        }
    }

    private void Write(string text) => response.BodyWriter.Write(Encoding.UTF8.GetBytes(text));

    private Task FlushAsync(TimeSpan timeout, CancellationToken ending)
    {
        var flush = response.BodyWriter.FlushAsync(ending);
        return flush.IsCompletedSuccessfully ? Task.CompletedTask : flush.AsTask().WaitAsync(timeout, time, ending);
    }
}
