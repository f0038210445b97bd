using Recorder.FFmpeg;

namespace Recorder.Media.Export;

/// <summary>When a packet is shown and decoded and how long it lasts, in its track's time base.</summary>
internal readonly record struct PacketTimes(long Shown, long Decoded, long Duration);

/// <summary>Interleaves packets by decode time: a fragment has its tracks one behind the other, a file side by side.</summary>
internal sealed class ExportQueues(Muxer muxer, int tracks) : IDisposable
{
    // A track without packets for longer must not fill the memory with those of others.
    private const long MaxBytes = 16 << 20;

    private readonly Queue<Packet>[] _queues = [.. Enumerable.Range(0, tracks).Select(_ => new Queue<Packet>())];
    private long _bytes;

    /// <param name="batch">A batch of this packet alone, which is released when the packet is written.</param>
    public void Add(int track, PacketBatch batch, PacketTimes times, TimeSpan decoded)
    {
        _queues[track].Enqueue(new Packet(batch, times, decoded));
        _bytes += batch[0].Size;
        while (Array.TrueForAll(_queues, queue => queue.Count > 0) || _bytes > MaxBytes)
            WriteNext();
    }

    public void Drain()
    {
        while (Array.Exists(_queues, queue => queue.Count > 0))
            WriteNext();
    }

    public void Dispose()
    {
        foreach (var queue in _queues)
        {
            while (queue.TryDequeue(out var packet))
                packet.Batch.Release();
        }
    }

    private void WriteNext()
    {
        var track = -1;
        for (var i = 0; i < _queues.Length; i++)
            track = _queues[i].Count > 0 && (track < 0 || _queues[i].Peek().Decoded < _queues[track].Peek().Decoded) ? i : track;

        var next = _queues[track].Dequeue();
        _bytes -= next.Batch[0].Size;
        try
        {
            muxer.Write(next.Batch, 0, track, next.Times.Shown, next.Times.Decoded, next.Times.Duration);
        }
        finally
        {
            next.Batch.Release();
        }
    }

    private readonly record struct Packet(PacketBatch Batch, PacketTimes Times, TimeSpan Decoded);
}
