namespace Recorder.FFmpeg;

/// <summary>
/// Some packets that travel as one message. Counted: <see cref="Rent"/> gives the first reference, who keeps it longer takes
/// <see cref="AddRef"/>, the last <see cref="Release"/> recycles it. Written by one thread until it is handed on.
/// </summary>
public sealed class PacketBatch
{
    private PacketBatch()
    {
    }

    /// <summary>Batches rented and not yet released by their last owner.</summary>
    public static long OutstandingBatches => throw new NotImplementedException();

    /// <summary>Packets in the batch.</summary>
    public int Count => throw new NotImplementedException();

    /// <summary>Bytes of all packets.</summary>
    public long Bytes => throw new NotImplementedException();

    /// <summary>What is known of the packet at <paramref name="index"/>.</summary>
    public PacketInfo this[int index] => throw new NotImplementedException();

    /// <summary>An empty batch with one reference.</summary>
    public static PacketBatch Rent() => throw new NotImplementedException();

    /// <summary>Takes one more reference; from any thread that already holds one.</summary>
    public PacketBatch AddRef() => throw new NotImplementedException();

    /// <summary>Gives one reference back; the last recycles the batch. From any thread.</summary>
    public void Release() => throw new NotImplementedException();

    /// <summary>The packet's bytes, valid while the caller's reference is held.</summary>
    public ReadOnlySpan<byte> Data(int index) => throw new NotImplementedException();

    /// <summary>Appends a packet with a copy of <paramref name="data"/>.</summary>
    public void Add(ReadOnlySpan<byte> data, int track, long pts, long dts, long duration, bool key, DateTimeOffset? captureTime = null) =>
        throw new NotImplementedException();

    /// <summary>Appends a packet of <paramref name="size"/> bytes that the caller fills in place.</summary>
    public Span<byte> AddUninitialized(int size, int track, long pts, long dts, long duration, bool key, DateTimeOffset? captureTime = null) =>
        throw new NotImplementedException();

    /// <summary>Appends a packet of another batch by reference: no media is copied.</summary>
    public void Append(PacketBatch other, int index) => throw new NotImplementedException();

    /// <summary>Restates track and times of a packet; only before the batch is handed on.</summary>
    public void SetTimestamps(int index, int track, long pts, long dts, long duration) => throw new NotImplementedException();
}
