using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Recorder.Node.Http;

/// <summary>Writes server-sent events to one reader.</summary>
/// <param name="response">The reader's response; nothing was written to it yet.</param>
/// <param name="timeout">How long the reader may accept nothing.</param>
/// <param name="time">The clock of the timeout.</param>
internal sealed class ServerSentEvents(HttpResponse response, TimeSpan timeout, TimeProvider time)
{
    // Bytes that are written before a flush; one event more may be buffered.
    private const int MostUnsent = 16 << 10;

    private int _unsent;

    /// <summary>Begins the stream. Readers that lose it come back after two seconds.</summary>
    /// <exception cref="TimeoutException">The reader accepts nothing.</exception>
    public Task BeginAsync(CancellationToken cancellationToken)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        return WriteAsync(": recorder\nretry: 2000\n\n", cancellationToken);
    }

    /// <summary>Writes one or more whole events and sends them.</summary>
    /// <exception cref="TimeoutException">The reader accepts nothing.</exception>
    public Task WriteAsync(string events, CancellationToken cancellationToken)
    {
        response.BodyWriter.Write(Encoding.UTF8.GetBytes(events));
        return FlushAsync(cancellationToken);
    }

    /// <summary>Writes a whole event; it is sent with the next flush, or now if much waits already.</summary>
    /// <exception cref="TimeoutException">The reader accepts nothing.</exception>
    public Task BufferAsync(ReadOnlyMemory<byte> written, CancellationToken cancellationToken)
    {
        response.BodyWriter.Write(written.Span);
        _unsent += written.Length;
        return _unsent < MostUnsent ? Task.CompletedTask : FlushAsync(cancellationToken);
    }

    /// <summary>
    /// Sends what was written. Completes once the server can buffer more, which a reader that accepts nothing prevents.
    /// </summary>
    /// <exception cref="TimeoutException">The reader accepts nothing.</exception>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        _unsent = 0;
        var flush = response.BodyWriter.FlushAsync(cancellationToken);
        return flush.IsCompletedSuccessfully ? Task.CompletedTask : flush.AsTask().WaitAsync(timeout, time, cancellationToken);
    }
}
