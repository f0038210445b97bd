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
    /// <param name="position">With which a reader comes back that loses it before the first event; null for none.</param>
    public Task BeginAsync(CancellationToken cancellationToken, string? position = null)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        return WriteAsync($": recorder\nretry: 2000\n{(position is null ? "" : $"id: {position}\n")}\n", cancellationToken);
    }

    public async Task WriteAsync(string events, CancellationToken cancellationToken)
    {
        await BufferAsync(events, cancellationToken);
        await FlushAsync(cancellationToken);
    }

    /// <summary>The event is sent with the next flush, or now if much waits already.</summary>
    public Task BufferAsync(ReadOnlyMemory<byte> written, CancellationToken cancellationToken)
    {
        response.BodyWriter.Write(written.Span);
        return CountAsync(written.Length, cancellationToken);
    }

    /// <summary>As above, of a text.</summary>
    public Task BufferAsync(string text, CancellationToken cancellationToken)
    {
        var length = Encoding.UTF8.GetBytes(text, response.BodyWriter.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length)));
        response.BodyWriter.Advance(length);
        return CountAsync(length, cancellationToken);
    }

    /// <summary>Completes once the server can buffer more, which a reader that accepts nothing prevents.</summary>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        _unsent = 0;
        var flush = response.BodyWriter.FlushAsync(cancellationToken);
        return flush.IsCompletedSuccessfully ? Task.CompletedTask : flush.AsTask().WaitAsync(timeout, time, cancellationToken);
    }

    private Task CountAsync(int written, CancellationToken cancellationToken)
    {
        _unsent += written;
        return _unsent < MostUnsent ? Task.CompletedTask : FlushAsync(cancellationToken);
    }
}
