using System.Buffers;
using System.Text;

namespace Recorder.Node.Http;

/// <summary>Writes server-sent events to one reader; a TimeoutException says that it accepts nothing.</summary>
internal sealed class ServerSentEvents(HttpResponse response, TimeSpan timeout, TimeProvider time)
{
    // Bytes that are written before a flush; one event more may be buffered.
    private const int MostUnsent = 16 << 10;

    private int _unsent;

    /// <summary>Readers that lose the stream come back after two seconds.</summary>
    public Task BeginAsync(CancellationToken cancellationToken)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        return WriteAsync(": recorder\nretry: 2000\n\n", cancellationToken);
    }

    public Task WriteAsync(string events, CancellationToken cancellationToken)
    {
        response.BodyWriter.Write(Encoding.UTF8.GetBytes(events));
        return FlushAsync(cancellationToken);
    }

    /// <summary>The event is sent with the next flush, or now if much waits already.</summary>
    public Task BufferAsync(ReadOnlyMemory<byte> written, CancellationToken cancellationToken)
    {
        response.BodyWriter.Write(written.Span);
        _unsent += written.Length;
        return _unsent < MostUnsent ? Task.CompletedTask : FlushAsync(cancellationToken);
    }

    /// <summary>Completes once the server can buffer more, which a reader that accepts nothing prevents.</summary>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        _unsent = 0;
        var flush = response.BodyWriter.FlushAsync(cancellationToken);
        return flush.IsCompletedSuccessfully ? Task.CompletedTask : flush.AsTask().WaitAsync(timeout, time, cancellationToken);
    }
}
