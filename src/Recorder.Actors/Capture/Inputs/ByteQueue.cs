namespace Recorder.Actors.Capture;

internal sealed class ByteQueue(int capacity)
{
    private readonly byte[] _buffer = new byte[capacity];
    private int _start;

    public int Count { get; private set; }

    public int Enqueue(ReadOnlySpan<byte> bytes)
    {
        var total = Math.Min(bytes.Length, capacity - Count);
        for (var done = 0; done < total;)
        {
            var at = (_start + Count) % capacity;
            var part = Math.Min(total - done, capacity - at);
            bytes.Slice(done, part).CopyTo(_buffer.AsSpan(at));
            (done, Count) = (done + part, Count + part);
        }

        return total;
    }

    public int Dequeue(Span<byte> into)
    {
        var part = Math.Min(Math.Min(into.Length, Count), capacity - _start);
        _buffer.AsSpan(_start, part).CopyTo(into);
        (_start, Count) = ((_start + part) % capacity, Count - part);
        return part;
    }
}
