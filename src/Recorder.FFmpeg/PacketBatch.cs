using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Recorder.FFmpeg;

/// <summary>
/// Some packets that travel as one message. Counted: <see cref="Rent"/> gives the first reference, who keeps it longer takes
/// <see cref="AddRef"/>, the last <see cref="Release"/> recycles it. Written by one thread until it is handed on. A batch that
/// nobody releases is found by its finalizer, so that one lost among dead letters costs no memory.
/// </summary>
public sealed unsafe class PacketBatch
{
    /// <summary>Idle batches kept for reuse; beyond it they are freed.</summary>
    private const int Pooled = 256;

    /// <summary>Packets that a pooled batch keeps allocated; a burst's surplus is freed.</summary>
    private const int PooledPackets = 64;

    private static readonly ConcurrentQueue<PacketBatch> Pool = new();
    private static int _pooled;
    private static long _outstanding;

    private nint[] _packets = new nint[8];
    private PacketInfo[] _infos = new PacketInfo[8];
    private TimeSpan[] _arrivals = new TimeSpan[8];
    private int _allocated;
    private int _references;

    private PacketBatch()
    {
    }

    /// <summary>The net under a lost batch: native memory is freed, the batch is no longer outstanding.</summary>
    ~PacketBatch()
    {
        if (_references > 0)
            Interlocked.Decrement(ref _outstanding);
        Free(0);
    }

    /// <summary>Batches rented and not yet released by their last owner.</summary>
    public static long OutstandingBatches => Interlocked.Read(ref _outstanding);

    /// <summary>Packets in the batch.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of all packets.</summary>
    public long Bytes { get; private set; }

    /// <summary>What is known of the packet at <paramref name="index"/>.</summary>
    public PacketInfo this[int index]
    {
        get
        {
            CheckAlive();
            return index < Count ? _infos[index] : throw new ArgumentOutOfRangeException(nameof(index));
        }
    }

    /// <summary>An empty batch with one reference.</summary>
    public static PacketBatch Rent()
    {
        FFmpegLibrary.Ensure();
        if (Pool.TryDequeue(out var batch))
            Interlocked.Decrement(ref _pooled);
        else
            batch = new PacketBatch();
        batch._references = 1;
        Interlocked.Increment(ref _outstanding);
        return batch;
    }

    /// <summary>Takes one more reference; from any thread that already holds one.</summary>
    public PacketBatch AddRef()
    {
        if (Interlocked.Increment(ref _references) <= 1)
        {
            Interlocked.Decrement(ref _references);
            throw new ObjectDisposedException(nameof(PacketBatch));
        }
        return this;
    }

    /// <summary>Gives one reference back; the last recycles the batch. From any thread.</summary>
    public void Release()
    {
        var left = Interlocked.Decrement(ref _references);
        if (left > 0)
            return;
        if (left < 0)
        {
            Interlocked.Increment(ref _references);
            throw new ObjectDisposedException(nameof(PacketBatch));
        }
        for (var i = 0; i < Count; i++)
            ffmpeg.av_packet_unref((AVPacket*)_packets[i]);
        Count = 0;
        Bytes = 0;
        Interlocked.Decrement(ref _outstanding);
        if (Interlocked.Increment(ref _pooled) <= Pooled)
        {
            Free(PooledPackets);
            Pool.Enqueue(this);
            return;
        }
        Interlocked.Decrement(ref _pooled);
        Free(0);
#pragma warning disable CA1816 // The last release is this type's Dispose.
        GC.SuppressFinalize(this);
#pragma warning restore CA1816
    }

    /// <summary>The packet's bytes, valid while the caller's reference is held.</summary>
    public ReadOnlySpan<byte> Data(int index)
    {
        var packet = Packet(index);
        return new ReadOnlySpan<byte>(packet->data, packet->size);
    }

    /// <summary>Appends a packet with a copy of <paramref name="data"/>.</summary>
    public void Add(ReadOnlySpan<byte> data, int track, long pts, long dts, long duration, bool key, DateTimeOffset? captureTime = null) =>
        data.CopyTo(AddUninitialized(data.Length, track, pts, dts, duration, key, captureTime));

    /// <summary>Appends a packet of <paramref name="size"/> bytes that the caller fills in place.</summary>
    public Span<byte> AddUninitialized(int size, int track, long pts, long dts, long duration, bool key, DateTimeOffset? captureTime = null)
    {
        var packet = Next();
        NativeError.Check(ffmpeg.av_new_packet(packet, size), $"A packet of {size} bytes");
        packet->pts = pts;
        packet->dts = dts;
        packet->duration = duration;
        packet->stream_index = track;
        packet->flags = key ? ffmpeg.AV_PKT_FLAG_KEY : 0;
        Commit(captureTime is { } time ? (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond : 0);
        return new Span<byte>(packet->data, size);
    }

    /// <summary>Appends a packet of another batch by reference: no media is copied.</summary>
    public void Append(PacketBatch other, int index)
    {
        var source = other.Packet(index);
        var info = other._infos[index];
        NativeError.Check(ffmpeg.av_packet_ref(Next(), source), "Sharing a packet");
        Commit(info.CaptureTimeUs);
        // The other's owner may have restated the times.
        _infos[Count - 1] = info;
        _arrivals[Count - 1] = other._arrivals[index];
        GC.KeepAlive(other);
    }

    /// <summary>Restates track and times of a packet; only before the batch is handed on.</summary>
    public void SetTimestamps(int index, int track, long pts, long dts, long duration)
    {
        var packet = Packet(index);
        packet->stream_index = track;
        packet->pts = pts;
        packet->dts = dts;
        packet->duration = duration;
        _infos[index] = _infos[index] with { Track = track, Pts = pts, Dts = dts, Duration = duration };
    }

    /// <summary>States when a packet was captured, microseconds since 1970; only before the batch is handed on.</summary>
    public void SetCaptureTime(int index, long captureTimeUs)
    {
        CheckAlive();
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
        _infos[index] = _infos[index] with { CaptureTimeUs = captureTimeUs };
    }

    /// <summary>When a packet was read, on the reader's monotonic clock; zero when nobody said.</summary>
    public TimeSpan ArrivedAt(int index)
    {
        CheckAlive();
        return index < Count ? _arrivals[index] : throw new ArgumentOutOfRangeException(nameof(index));
    }

    /// <summary>States when a packet was read; only before the batch is handed on.</summary>
    public void SetArrival(int index, TimeSpan at)
    {
        CheckAlive();
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
        _arrivals[index] = at;
    }

    /// <summary>Takes the last packet out again; only before the batch is handed on.</summary>
    internal void RemoveLast()
    {
        var packet = Packet(Count - 1);
        Bytes -= packet->size;
        ffmpeg.av_packet_unref(packet);
        Count--;
    }

    /// <summary>States that a packet is damaged; only before the batch is handed on.</summary>
    internal void MarkCorrupt(int index)
    {
        Packet(index)->flags |= ffmpeg.AV_PKT_FLAG_CORRUPT;
        _infos[index] = _infos[index] with { Corrupt = true };
    }

    /// <summary>The packet, valid while the caller's reference is held.</summary>
    internal AVPacket* Packet(int index)
    {
        CheckAlive();
        return (uint)index < (uint)Count ? (AVPacket*)_packets[index] : throw new ArgumentOutOfRangeException(nameof(index));
    }

    /// <summary>A blank packet behind the last one, to be filled and then committed, or left.</summary>
    internal AVPacket* Next()
    {
        CheckAlive();
        if (Count == _packets.Length)
        {
            Array.Resize(ref _packets, Count * 2);
            Array.Resize(ref _infos, Count * 2);
            Array.Resize(ref _arrivals, Count * 2);
        }
        if (Count == _allocated)
        {
            _packets[_allocated] = (nint)NativeError.NotNull(ffmpeg.av_packet_alloc());
            _allocated++;
        }
        return (AVPacket*)_packets[Count];
    }

    /// <summary>Takes the packet that was filled behind the last one into the batch.</summary>
    internal void Commit(long captureTimeUs)
    {
        var packet = (AVPacket*)_packets[Count];
        _arrivals[Count] = default;
        _infos[Count++] = new PacketInfo(
            packet->stream_index,
            packet->pts,
            packet->dts,
            packet->duration,
            packet->size,
            (packet->flags & ffmpeg.AV_PKT_FLAG_KEY) != 0,
            (packet->flags & ffmpeg.AV_PKT_FLAG_CORRUPT) != 0,
            captureTimeUs);
        Bytes += packet->size;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CheckAlive() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _references) <= 0, this);

    private void Free(int keep)
    {
        while (_allocated > keep)
        {
            var packet = (AVPacket*)_packets[--_allocated];
            ffmpeg.av_packet_free(&packet);
        }
    }
}
