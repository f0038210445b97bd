using System.Collections.Concurrent;

namespace Recorder.ActorKernel.Testing;

/// <summary>
/// What a test actor received and the test has not looked at yet. The actor adds; the test takes, blocking or awaiting
/// (a semaphore serves both without a thread of the pool standing still for the other).
/// </summary>
internal sealed class MessageQueue
{
    private readonly ConcurrentQueue<MessageEnvelope> _messages = new();
    private readonly SemaphoreSlim _available = new(0);

    public int Count => _messages.Count;

    public void Enqueue(MessageEnvelope envelope)
    {
        _messages.Enqueue(envelope);
        _available.Release();
    }

    public MessageEnvelope? Take(TimeSpan timeout, CancellationToken cancellationToken) =>
        _available.Wait(timeout, cancellationToken) ? Dequeue() : null;

    public async ValueTask<MessageEnvelope?> TakeAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        await _available.WaitAsync(timeout, cancellationToken).ConfigureAwait(false) ? Dequeue() : null;

    public MessageEnvelope? Peek(TimeSpan timeout, CancellationToken cancellationToken) =>
        _available.Wait(timeout, cancellationToken) ? PutBack() : null;

    public async ValueTask<MessageEnvelope?> PeekAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        await _available.WaitAsync(timeout, cancellationToken).ConfigureAwait(false) ? PutBack() : null;

    private MessageEnvelope Dequeue() =>
        _messages.TryDequeue(out var envelope) ? envelope : throw new InvalidOperationException("Two receivers on one queue.");

    private MessageEnvelope PutBack()
    {
        if (!_messages.TryPeek(out var envelope))
            throw new InvalidOperationException("Two receivers on one queue.");
        _available.Release();
        return envelope;
    }
}
