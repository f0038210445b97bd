using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Recorder.FFmpeg;

/// <summary>
/// Packets that are sent together as one message. References are counted: <see cref="Rent"/> returns the first one, <see cref="AddRef"/>
/// takes another, and the last <see cref="Release"/> recycles the batch. One thread fills a batch before it is passed on. The finalizer
/// frees a batch that is never released, for example one in a dead letter.
/// </summary>
public sealed unsafe class PacketBatch
{
    // Idle batches beyond this number, and native packets of one beyond that, are freed.
    private const int MostPooled = 256, PooledPackets = 64;

    private static readonly ConcurrentQueue<PacketBatch> Pool = new();
    private static int _pooled;
    private static long _outstanding;

    private nint[] _packets = new nint[8];
    private PacketInfo[] _infos = new PacketInfo[8];
    private TimeSpan[] _arrivals = new TimeSpan[8];
    private bool[] _stated = new bool[8];
    private TimeSpan[] _jumped = new TimeSpan[8];
    private int _allocated;
    private int _references;

    private PacketBatch()
    {
    }

    /// <summary>Frees the native memory if the batch was never released.</summary>
    ~PacketBatch()
    {
        if (_references > 0)
            Interlocked.Decrement(ref _outstanding);
        Free(0);
    }

    /// <summary>The number of batches that are rented and not yet released by their last owner.</summary>
    public static long OutstandingBatches => Interlocked.Read(ref _outstanding);

    /// <summary>The number of packets in the batch.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes of all packets together.</summary>
    public long Bytes { get; private set; }

    /// <summary>The description of the packet at <paramref name="index"/>.</summary>
    public PacketInfo this[int index]
    {
        get
        {
            Check(index);
            return _infos[index];
        }
    }

    /// <summary>Returns an empty batch with one reference.</summary>
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

    /// <summary>Takes one more reference. Any thread that has a reference may call this.</summary>
    public PacketBatch AddRef()
    {
        if (Interlocked.Increment(ref _references) <= 1)
        {
            Interlocked.Decrement(ref _references);
            throw new ObjectDisposedException(nameof(PacketBatch));
        }
        return this;
    }

    /// <summary>Returns one reference; the last one recycles the batch. Any thread may call this.</summary>
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
        (Count, Bytes) = (0, 0);
        Interlocked.Decrement(ref _outstanding);
        if (Interlocked.Increment(ref _pooled) <= MostPooled)
        {
            Free(PooledPackets);
            Pool.Enqueue(this);
            return;
        }
        Interlocked.Decrement(ref _pooled);
        Free(0);
#pragma warning disable CA1816 // The last release is the Dispose of this class.
        GC.SuppressFinalize(this);
#pragma warning restore CA1816
    }

    /// <summary>The packet's bytes, valid until the caller returns its reference.</summary>
    public ReadOnlySpan<byte> Data(int index)
    {
        var packet = Packet(index);
        return new ReadOnlySpan<byte>(packet->data, packet->size);
    }

    /// <summary>Appends a packet with a copy of <paramref name="data"/>.</summary>
    public void Add(ReadOnlySpan<byte> data, int track, long pts, long dts, long duration, bool key, DateTimeOffset? captureTime = null) =>
        data.CopyTo(AddUninitialized(data.Length, track, pts, dts, duration, key, captureTime));

    /// <summary>Appends a packet of <paramref name="size"/> bytes and returns the bytes, which the caller must fill.</summary>
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

    /// <summary>Appends what a buffer has gathered as a packet, without copying it; the buffer is empty afterwards.</summary>
    /// <param name="buffer">Not empty.</param>
    /// <param name="info">The packet's track, times and whether decoding can begin with it; its size is that of the buffer.</param>
    public void Take(PacketBuffer buffer, in PacketInfo info)
    {
        var packet = Next();
        ffmpeg.av_packet_move_ref(packet, buffer.Native);
        packet->pts = info.Pts;
        packet->dts = info.Dts;
        packet->duration = info.Duration;
        packet->stream_index = info.Track;
        packet->flags = info.Key ? ffmpeg.AV_PKT_FLAG_KEY : 0;
        Commit(info.CaptureTimeUs);
    }

    /// <summary>Appends a packet of another batch by reference, without copying media.</summary>
    public void Append(PacketBatch other, int index)
    {
        var source = other.Packet(index);
        var info = other._infos[index];
        NativeError.Check(ffmpeg.av_packet_ref(Next(), source), "Sharing a packet");
        Commit(info.CaptureTimeUs);
        // The other batch's times may have been changed, and its native packet does not know its arrival.
        _infos[Count - 1] = info;
        (_arrivals[Count - 1], _stated[Count - 1], _jumped[Count - 1]) = (other._arrivals[index], other._stated[index], other._jumped[index]);
        GC.KeepAlive(other);
    }

    /// <summary>Changes track and times of a packet. Only before the batch is passed on.</summary>
    public void SetTimestamps(int index, int track, long pts, long dts, long duration)
    {
        var packet = Packet(index);
        packet->stream_index = track;
        packet->pts = pts;
        packet->dts = dts;
        packet->duration = duration;
        _infos[index] = _infos[index] with { Track = track, Pts = pts, Dts = dts, Duration = duration };
    }

    /// <summary>Sets a packet's capture time in microseconds since 1970. Only before the batch is passed on.</summary>
    public void SetCaptureTime(int index, long captureTimeUs)
    {
        Check(index);
        _infos[index] = _infos[index] with { CaptureTimeUs = captureTimeUs };
    }

    /// <summary>Whether the sender states a packet's capture time; otherwise it is the time of its arrival.</summary>
    public bool IsCaptureStated(int index)
    {
        Check(index);
        return _stated[index];
    }

    /// <summary>Notes that the sender states a packet's capture time. Only before the batch is passed on.</summary>
    public void SetCaptureStated(int index)
    {
        Check(index);
        _stated[index] = true;
    }

    /// <summary>By how much the clock that the sender states had jumped, in all, when it sent a packet; the capture time does not contain it.</summary>
    public TimeSpan ClockJump(int index)
    {
        Check(index);
        return _jumped[index];
    }

    /// <summary>Sets by how much the sender's clock had jumped when it sent a packet. Only before the batch is passed on.</summary>
    public void SetClockJump(int index, TimeSpan by)
    {
        Check(index);
        _jumped[index] = by;
    }

    /// <summary>The time at which a packet was read, on the reader's monotonic clock; zero if it was not set.</summary>
    public TimeSpan ArrivedAt(int index)
    {
        Check(index);
        return _arrivals[index];
    }

    /// <summary>Sets the time at which a packet was read. Only before the batch is passed on.</summary>
    public void SetArrival(int index, TimeSpan at)
    {
        Check(index);
        _arrivals[index] = at;
    }

    internal void RemoveLast()
    {
        var packet = Packet(Count - 1);
        Bytes -= packet->size;
        ffmpeg.av_packet_unref(packet);
        Count--;
    }

    internal void MarkCorrupt(int index)
    {
        Packet(index)->flags |= ffmpeg.AV_PKT_FLAG_CORRUPT;
        _infos[index] = _infos[index] with { Corrupt = true };
    }

    /// <summary>The native packet, valid until the caller returns its reference.</summary>
    internal AVPacket* Packet(int index)
    {
        Check(index);
        return (AVPacket*)_packets[index];
    }

    /// <summary>Returns a blank packet behind the last one. It joins the batch when <see cref="Commit"/> is called.</summary>
    internal AVPacket* Next()
    {
        CheckAlive();
        if (Count == _packets.Length)
        {
            Array.Resize(ref _packets, Count * 2);
            Array.Resize(ref _infos, Count * 2);
            Array.Resize(ref _arrivals, Count * 2);
            Array.Resize(ref _stated, Count * 2);
            Array.Resize(ref _jumped, Count * 2);
        }
        if (Count == _allocated)
            _packets[_allocated++] = (nint)NativeError.NotNull(ffmpeg.av_packet_alloc());
        return (AVPacket*)_packets[Count];
    }

    internal void Commit(long captureTimeUs)
    {
        var packet = (AVPacket*)_packets[Count];
        (_arrivals[Count], _stated[Count], _jumped[Count]) = (default, false, default);
        _infos[Count++] = new PacketInfo(
            packet->stream_index, packet->pts, packet->dts, packet->duration, packet->size,
            (packet->flags & ffmpeg.AV_PKT_FLAG_KEY) != 0, (packet->flags & ffmpeg.AV_PKT_FLAG_CORRUPT) != 0, captureTimeUs);
        Bytes += packet->size;
    }

    private void Check(int index)
    {
        CheckAlive();
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
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
