using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>
/// A pool of equal segments of native memory for media that waits to be written to disk. The disk write needs no copy, and the
/// garbage collector does not count the memory: a few megabytes of pinned arrays, which a slow disk soon causes, would start a
/// full collection.
/// </summary>
internal static class SegmentPool
{
    public const int SegmentSize = 32 * 1024;

    /// <summary>The number of idle segments that are kept: 16 MB. More are freed.</summary>
    public const int MostIdle = 512;

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
        if (Interlocked.Increment(ref _idle) <= MostIdle)
        {
            Idle.Enqueue(segment);
            return;
        }
        Interlocked.Decrement(ref _idle);
        ((IDisposable)segment).Dispose();
    }
}
