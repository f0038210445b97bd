using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>One connection of a sender: what it sends waits here, within a bound, for the demuxer.</summary>
/// <param name="ended">Called when the sender is gone.</param>
internal sealed class PushSession(Action<PushSession> ended) : IMediaFeed, IDisposable
{
    private const int MostBytes = 1 << 20;

    private readonly Lock _gate = new();
    private readonly byte[] _ring = new byte[MostBytes];
    private readonly ManualResetEventSlim _arrived = new();
    private TaskCompletionSource? _room;
    private int _start;
    private int _count;
    private bool _complete;
    private bool _hasData;
    private bool _delivered;
    private string? _abandoned;

    /// <summary>Whether somebody reads it, or has; set under the lock of all streams.</summary>
    public bool IsTaken { get; set; }

    /// <summary>Hands bytes in, as fast as they are read.</summary>
    /// <returns>Null; or why the reader is gone for good.</returns>
    public async Task<string?> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            Task room;
            lock (_gate)
            {
                if (_abandoned is not null)
                {
                    return _abandoned;
                }

                var taken = Put(bytes.Span);
                bytes = bytes[taken..];
                if (taken > 0)
                {
                    _arrived.Set();
                    continue;
                }

                room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    /// <summary>All was handed in: ends when whoever records it has it, so that to stop a recorder then loses nothing.</summary>
    /// <param name="patience">How long nothing may be read.</param>
    /// <param name="time">Measures that.</param>
    /// <param name="cancellationToken">The sender does not wait any longer.</param>
    /// <returns>Null; or why it is not read to its end.</returns>
    public async Task<string?> DrainAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room;
            lock (_gate)
            {
                _complete = true;
                _arrived.Set();
                if (_delivered || !_hasData || _abandoned is not null)
                {
                    return _abandoned;
                }

                room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            try
            {
                await room.WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return _count == 0 ? null : "Nobody records or watches the stream: send it again when somebody does.";
            }
        }
    }

    public int Read(Span<byte> into, TimeSpan wait)
    {
        lock (_gate)
        {
            if (_count > 0)
            {
                return Take(into);
            }

            if (_complete)
            {
                return -1;
            }

            _arrived.Reset();
        }

        _arrived.Wait(wait);
        lock (_gate)
        {
            return _count > 0 ? Take(into) : _complete ? -1 : 0;
        }
    }

    /// <summary>What was read went out to all that record or watch it.</summary>
    public void Delivered()
    {
        lock (_gate)
        {
            _delivered = true;
            _room?.TrySetResult();
            _room = null;
        }
    }

    /// <summary>The reader reads no more. When it has all, <see cref="Delivered"/> follows; else what is sent has no place to go.</summary>
    public void Leave(string reason)
    {
        lock (_gate)
        {
            if (!_complete || _count > 0)
            {
                Abandon(reason);
            }
        }
    }

    /// <summary>The reader is gone: what is sent has no place to go.</summary>
    public void Abandon(string reason)
    {
        lock (_gate)
        {
            _abandoned ??= reason;
            _room?.TrySetResult();
            _room = null;
        }
    }

    /// <summary>The sender is done, or gone.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _complete = true;
            _arrived.Set();
        }

        ended(this);
    }

    private int Put(ReadOnlySpan<byte> bytes)
    {
        var total = Math.Min(bytes.Length, MostBytes - _count);
        _hasData |= total > 0;
        for (var done = 0; done < total;)
        {
            var at = (_start + _count) % MostBytes;
            var part = Math.Min(total - done, MostBytes - at);
            bytes.Slice(done, part).CopyTo(_ring.AsSpan(at));
            (done, _count) = (done + part, _count + part);
        }

        return total;
    }

    private int Take(Span<byte> into)
    {
        var part = Math.Min(Math.Min(into.Length, _count), MostBytes - _start);
        _ring.AsSpan(_start, part).CopyTo(into);
        (_start, _count) = ((_start + part) % MostBytes, _count - part);
        _room?.TrySetResult();
        _room = null;
        return part;
    }
}
