using System.Net;
using System.Net.Security;
using System.Threading.Channels;

namespace Recorder.Rtsp.Sessions;

/// <summary>A connection that is a stream, such as TLS: a task reads it into a bounded buffer, another one writes to it.</summary>
internal sealed class StreamWire : IRtspWire
{
    private const int Capacity = 1 << 20;
    private const int MostQueued = 64;

    private readonly Lock _gate = new();
    private readonly Stream _stream;
    private readonly CancellationTokenSource _ending = new();
    private readonly ManualResetEventSlim _arrived = new();
    private readonly SemaphoreSlim _room = new(0);
    private readonly Channel<byte[]> _outgoing = Channel.CreateBounded<byte[]>(MostQueued);
    private readonly byte[] _buffer = new byte[Capacity];
    private int _start;
    private int _count;
    private bool _isOver;
    private bool _awaitsRoom;
    private Exception? _error;
    private Exception? _sendError;
    private int _isDisposed;

    /// <summary>Owns the stream.</summary>
    public StreamWire(Stream stream, IPAddress remote, IPAddress local)
    {
        (_stream, RemoteAddress, LocalAddress) = (stream, IRtspWire.Unmapped(remote), IRtspWire.Unmapped(local));
        _ = ReadAsync();
        _ = WriteAsync();
    }

    public IPAddress RemoteAddress { get; }

    public IPAddress LocalAddress { get; }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (!_outgoing.Writer.TryWrite(bytes.ToArray()))
            throw new RtspException(RtspFault.Closed, "it takes no requests any more", _sendError);
    }

    public int Receive(Span<byte> into, TimeSpan wait)
    {
        if (TryTake(into) is not 0 and var taken)
            return taken;

        if (wait <= TimeSpan.Zero)
            return 0;

        _arrived.Wait(wait);
        return TryTake(into);
    }

    public void EndSending() => _outgoing.Writer.TryComplete();

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;

        _outgoing.Writer.TryComplete();
        _ending.Cancel();
        _stream.Dispose();
        _ending.Dispose();
    }

    private int TryTake(Span<byte> into)
    {
        lock (_gate)
        {
            if (_count == 0)
            {
                _arrived.Reset();
                return !_isOver ? 0 : _error is null ? -1 : throw new RtspException(RtspFault.Closed, $"its connection broke ({_error.Message.TrimEnd('.')})", _error);
            }

            // What waits may go on at the beginning of the buffer.
            var taken = Math.Min(into.Length, _count);
            var part = Math.Min(taken, Capacity - _start);
            _buffer.AsSpan(_start, part).CopyTo(into);
            _buffer.AsSpan(0, taken - part).CopyTo(into[part..]);
            (_start, _count) = ((_start + taken) % Capacity, _count - taken);
            if (_awaitsRoom)
            {
                _awaitsRoom = false;
                _room.Release();
            }

            return taken;
        }
    }

    private async Task ReadAsync()
    {
        var ending = _ending.Token;
        try
        {
            while (true)
            {
                if (Room() is { IsEmpty: false } room)
                {
                    var read = await _stream.ReadAsync(room, ending).ConfigureAwait(false);
                    if (read == 0)
                        break;

                    lock (_gate)
                        _count += read;

                    _arrived.Set();
                }
                else
                {
                    await _room.WaitAsync(ending).ConfigureAwait(false);
                }
            }
        }
#pragma warning disable CA1031 // Whatever ends the stream is what the reader must be told; else it would wait for ever.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _error = error;
        }

        lock (_gate)
            _isOver = true;

        _arrived.Set();
    }

    // The free bytes behind those that wait.
    private Memory<byte> Room()
    {
        lock (_gate)
        {
            var end = (_start + _count) % Capacity;
            var length = _count == Capacity ? 0 : end >= _start ? Capacity - end : _start - end;
            _awaitsRoom = length == 0;
            return _buffer.AsMemory(end, length);
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            var ending = _ending.Token;
            await foreach (var bytes in _outgoing.Reader.ReadAllAsync(ending).ConfigureAwait(false))
                await _stream.WriteAsync(bytes, ending).ConfigureAwait(false);

            // The server sees that nothing more comes, as it does at the end of a plain connection.
            if (_stream is SslStream tls)
                await tls.ShutdownAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Sending again says what happened.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _sendError = error;
        }
    }
}
