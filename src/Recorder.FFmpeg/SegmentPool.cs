using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>Pinned arrays of one size for media on its way to the disk: no garbage in steady state, no copy for a write.</summary>
internal static class SegmentPool
{
    public const int SegmentSize = 32 * 1024;

    /// <summary>Segments kept while idle: 16 MB. What a burst took beyond them is left to the collector.</summary>
    public const int Kept = 512;

    private static readonly ConcurrentQueue<byte[]> Idle = new();
    private static int _idle;

    public static byte[] Rent()
    {
        if (!Idle.TryDequeue(out var segment))
            return GC.AllocateUninitializedArray<byte>(SegmentSize, pinned: true);
        Interlocked.Decrement(ref _idle);
        return segment;
    }

    public static void Return(ReadOnlyMemory<byte> segment)
    {
        if (!MemoryMarshal.TryGetArray(segment, out var array) || array.Array is not { Length: SegmentSize } whole)
            return;
        if (Interlocked.Increment(ref _idle) <= Kept)
            Idle.Enqueue(whole);
        else
            Interlocked.Decrement(ref _idle);
    }
}
