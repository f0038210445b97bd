using System.Buffers;

namespace Recorder.Rtsp.Rtp;

/// <summary>Puts datagrams back into the order of sending. Only those that come too early are kept, and copied; the others pass.
/// A missing one is given up after <see cref="LongestWait"/> or when <see cref="MostKept"/> wait behind it.</summary>
internal sealed class ReorderBuffer(SequenceTracker sequence)
{
    public const int MostKept = 256;

    public static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(200);

    private readonly SortedList<long, Kept> _kept = [];

    public int Count => _kept.Count;

    /// <summary>Whether the packet is next and may pass; otherwise it was kept, or is a copy of one that is.</summary>
    public bool Offer(in RtpPacket packet, ReadOnlyMemory<byte> datagram, TimeSpan now)
    {
        var number = sequence.NumberOf(packet.Sequence);
        var ahead = number - sequence.Last;
        // What is far ahead or behind is for the tracker to judge.
        if (!sequence.IsStarted || ahead <= 1 || ahead > SequenceTracker.MostMissing)
            return true;

        if (_kept.ContainsKey(number))
        {
            Repeated++;
            return false;
        }

        var copy = ArrayPool<byte>.Shared.Rent(datagram.Length);
        datagram.CopyTo(copy);
        _kept.Add(number, new Kept(copy, datagram.Length, now));
        return false;
    }

    /// <summary>Copies of packets that were waiting.</summary>
    public long Repeated { get; private set; }

    /// <summary>Takes the next packet if it is there, or if those before it are given up. The datagram is valid until <see
    /// cref="Return"/>.</summary>
    public bool TryTake(TimeSpan now, out ReadOnlyMemory<byte> datagram, out TimeSpan arrival)
    {
        (datagram, arrival) = (default, default);
        if (_kept.Count == 0)
            return false;

        var (number, first) = (_kept.GetKeyAtIndex(0), _kept.GetValueAtIndex(0));
        // The wait is that of the packet which has waited longest, and that is not always the first.
        if (number > sequence.Last + 1 && _kept.Count <= MostKept && now - Oldest() < LongestWait)
            return false;

        _kept.RemoveAt(0);
        (datagram, arrival) = (first.Bytes.AsMemory(0, first.Length), first.Arrival);
        return true;
    }

    public static void Return(ReadOnlyMemory<byte> datagram)
    {
        if (System.Runtime.InteropServices.MemoryMarshal.TryGetArray(datagram, out var array))
            ArrayPool<byte>.Shared.Return(array.Array!);
    }

    public void Clear()
    {
        foreach (var kept in _kept.Values)
            ArrayPool<byte>.Shared.Return(kept.Bytes);

        _kept.Clear();
    }

    private TimeSpan Oldest()
    {
        var oldest = TimeSpan.MaxValue;
        for (var i = 0; i < _kept.Count; i++)
        {
            var arrival = _kept.GetValueAtIndex(i).Arrival;
            oldest = arrival < oldest ? arrival : oldest;
        }

        return oldest;
    }

    private readonly record struct Kept(byte[] Bytes, int Length, TimeSpan Arrival);
}
