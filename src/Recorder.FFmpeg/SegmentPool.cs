using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>
/// Native memory for media on its way to the disk, in pieces of one size: no copy for a write, and nothing that the collector counts.
/// Arrays would: a few megabytes of pinned ones, which a slow disk soon makes, are a collection of all generations.
/// </summary>
internal static class SegmentPool
{
    public const int SegmentSize = 32 * 1024;

    /// <summary>Segments kept while idle: 16 MB. What a burst took beyond them is freed.</summary>
    public const int Kept = 512;

    private static readonly ConcurrentQueue<Segment> Idle = new();
    private static int _idle;

    public static Segment Rent()
    {
        if (!Idle.TryDequeue(out var segment))
            return new Segment();
        Interlocked.Decrement(ref _idle);
        return segment;
    }

    public static void Return(ReadOnlyMemory<byte> memory)
    {
        if (!MemoryMarshal.TryGetMemoryManager<byte, Segment>(memory, out var segment))
            return;
        if (Interlocked.Increment(ref _idle) <= Kept)
        {
            Idle.Enqueue(segment);
            return;
        }
        Interlocked.Decrement(ref _idle);
        ((IDisposable)segment).Dispose();
    }
}

/// <summary>A piece of native memory; who holds the list that it is in sees to its end.</summary>
internal sealed unsafe class Segment : MemoryManager<byte>
{
    private byte* _bytes = (byte*)NativeMemory.Alloc(SegmentPool.SegmentSize);

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_bytes == null, this);
        return new Span<byte>(_bytes, SegmentPool.SegmentSize);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ObjectDisposedException.ThrowIf(_bytes == null, this);
        return new MemoryHandle(_bytes + elementIndex, default, this);
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        NativeMemory.Free(_bytes);
        _bytes = null;
    }
}
