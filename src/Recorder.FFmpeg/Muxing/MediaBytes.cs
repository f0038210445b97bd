using System.Collections.Concurrent;

namespace Recorder.FFmpeg;

/// <summary>
/// Bytes in pooled segments of native memory. They have one owner, which disposes them on any thread. The finalizer frees bytes
/// that are never disposed, for example in a dead letter.
/// </summary>
public sealed class MediaBytes : IDisposable
{
    private static readonly ConcurrentQueue<List<ReadOnlyMemory<byte>>> Lists = new();
    private static int _pooledLists;

    private List<ReadOnlyMemory<byte>>? _segments;

    private MediaBytes(List<ReadOnlyMemory<byte>> segments, long length) => (_segments, Length) = (segments, length);

    /// <summary>Returns the segments to the pool if the bytes were never disposed.</summary>
    ~MediaBytes() => Release();

    /// <summary>The number of bytes.</summary>
    public long Length { get; }

    /// <summary>The memory in use for the bytes: whole segments, even if they are partly empty. 0 once disposed.</summary>
    public long Held => (long)(_segments?.Count ?? 0) * SegmentPool.SegmentSize;

    /// <summary>The segments in order, valid until disposed.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Segments => _segments ?? throw new ObjectDisposedException(nameof(MediaBytes));

    /// <summary>Copies bytes into new segments.</summary>
    public static MediaBytes CopyOf(ReadOnlySpan<byte> bytes)
    {
        var segments = RentList();
        for (var at = 0; at < bytes.Length; at += SegmentPool.SegmentSize)
        {
            var part = bytes[at..Math.Min(bytes.Length, at + SegmentPool.SegmentSize)];
            var segment = SegmentPool.Rent();
            part.CopyTo(segment.GetSpan());
            segments.Add(segment.Memory[..part.Length]);
        }
        return new MediaBytes(segments, bytes.Length);
    }

    /// <summary>Copies the bytes into one array.</summary>
    public byte[] ToArray()
    {
        var all = GC.AllocateUninitializedArray<byte>(checked((int)Length));
        var at = 0;
        foreach (var segment in Segments)
        {
            segment.Span.CopyTo(all.AsSpan(at));
            at += segment.Length;
        }
        GC.KeepAlive(this);
        return all;
    }

    /// <summary>Returns the segments to the pool.</summary>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    internal static MediaBytes Of(List<ReadOnlyMemory<byte>> segments, long length) => new(segments, length);

    internal static List<ReadOnlyMemory<byte>> RentList()
    {
        if (!Lists.TryDequeue(out var list))
            return [];
        Interlocked.Decrement(ref _pooledLists);
        return list;
    }

    private void Release()
    {
        if (Interlocked.Exchange(ref _segments, null) is not { } segments)
            return;
        foreach (var segment in segments)
            SegmentPool.Return(segment);
        segments.Clear();
        if (Interlocked.Increment(ref _pooledLists) <= SegmentPool.MostIdle)
            Lists.Enqueue(segments);
        else
            Interlocked.Decrement(ref _pooledLists);
    }
}
