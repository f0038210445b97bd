using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>One connection of a sender, whose bytes wait here, up to a limit, until the demuxer reads them.</summary>
internal sealed class PushSession(Action<PushSession> ended) : IMediaFeed, IDisposable
{
    private readonly Lock _gate = new();
    private readonly ByteQueue _bytes = new(capacity: 1 << 20);
    private readonly ManualResetEventSlim _arrived = new();
    private TaskCompletionSource? _changed;
    private bool _isComplete;
    private bool _hasData;
    private bool _isDelivered;
    private string? _refusal;

    /// <summary>Whether a source reads it or has read it; set under the lock of <see cref="PushStreams"/>.</summary>
    public bool IsTaken { get; set; }

    /// <summary>Returns null, or why the reader has left for good.</summary>
    public async Task<string?> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            Task changed;
            lock (_gate)
            {
                if (_refusal is not null)
                    return _refusal;

                var count = _bytes.Enqueue(bytes.Span);
                bytes = bytes[count..];
                if (count > 0)
                {
                    _hasData = true;
                    _arrived.Set();
                    continue;
                }

                changed = NextChange().Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    /// <summary>Waits until all recorders and viewers have received the stream, so that stopping a recorder then loses nothing.
    /// Returns null, or why it was not read to its end within <paramref name="patience"/> without progress.</summary>
    public async Task<string?> DrainAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                _isComplete = true;
                _arrived.Set();
                if (_isDelivered || !_hasData || _refusal is not null)
                    return _refusal;

                changed = NextChange().Task;
            }

            try
            {
                await changed.WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return _bytes.Count == 0 ? null : "No recorder or viewer is reading this stream: send it again when one is.";
            }
        }
    }

    public int Read(Span<byte> into, TimeSpan wait)
    {
        lock (_gate)
        {
            if (_bytes.Count > 0)
                return Take(into);

            if (_isComplete)
                return -1;

            _arrived.Reset();
        }

        _arrived.Wait(wait);
        lock (_gate)
        {
            return _bytes.Count > 0 ? Take(into) : _isComplete ? -1 : 0;
        }
    }

    public void Delivered()
    {
        lock (_gate)
        {
            _isDelivered = true;
            SignalChange();
        }
    }

    /// <summary>Refuses further bytes unless the stream was read to its end.</summary>
    public void Leave(string reason)
    {
        lock (_gate)
        {
            if (!_isComplete || _bytes.Count > 0)
                Abandon(reason);
        }
    }

    public void Abandon(string reason)
    {
        lock (_gate)
        {
            _refusal ??= reason;
            SignalChange();
        }
    }

    /// <summary>The sender has sent everything or has disconnected.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isComplete = true;
            _arrived.Set();
        }

        ended(this);
    }

    private int Take(Span<byte> into)
    {
        var count = _bytes.Dequeue(into);
        SignalChange();
        return count;
    }

    private TaskCompletionSource NextChange() =>
        _changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    private void SignalChange()
    {
        _changed?.TrySetResult();
        _changed = null;
    }
}
