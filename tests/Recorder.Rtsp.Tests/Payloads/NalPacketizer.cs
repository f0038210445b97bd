using System.Buffers.Binary;

namespace Recorder.Rtsp.Tests.Payloads;

/// <summary>How a camera sets the marker bit.</summary>
internal enum MarkerHabit
{
    Last,
    Never,
    EachUnit,
    ParameterSets,
}

/// <summary>Packs NAL units as RFC 6184 and RFC 7798 say.</summary>
internal sealed class NalPacketizer(bool h265, Random random)
{
    private int HeaderLength => h265 ? 2 : 1;

    public List<Sent> Pack(IReadOnlyList<byte[]> units, long timestamp, MarkerHabit habit = MarkerHabit.Last, int mtu = 0, bool aggregate = true)
    {
        List<Sent> packets = [];
        for (var i = 0; i < units.Count;)
        {
            var limit = mtu > 0 ? mtu : random.Next(HeaderLength + 4, 300);
            var count = aggregate ? random.Next(1, 4) : 1;
            var together = units.Skip(i).Take(count).ToList();
            if (together.Count > 1 && together.Sum(unit => unit.Length + 2) + HeaderLength <= Math.Max(limit, 60))
            {
                packets.Add(new Sent(Aggregate(together), timestamp, habit == MarkerHabit.EachUnit));
                i += together.Count;
                continue;
            }

            packets.AddRange(Pack(units[i], timestamp, habit, limit));
            i++;
        }

        if (habit == MarkerHabit.Last)
            packets[^1] = packets[^1] with { Marker = true };
        return packets;
    }

    private List<Sent> Pack(byte[] unit, long timestamp, MarkerHabit habit, int limit)
    {
        var marker = habit == MarkerHabit.EachUnit || (habit == MarkerHabit.ParameterSets && IsParameterSet(unit));
        if (unit.Length <= limit)
            return [new Sent(unit, timestamp, marker)];

        List<Sent> packets = [];
        var rest = unit.AsSpan(HeaderLength);
        var size = limit - HeaderLength - 1;
        for (var at = 0; at < rest.Length; at += size)
        {
            var last = at + size >= rest.Length;
            var flags = (at == 0 ? 0x80 : 0) | (last ? 0x40 : 0);
            packets.Add(new Sent([.. FragmentHeader(unit, flags), .. rest[at..Math.Min(at + size, rest.Length)]], timestamp, marker && last));
        }

        return packets;
    }

    private bool IsParameterSet(byte[] unit) => h265 ? (unit[0] >> 1 & 63) is >= 32 and <= 34 : (unit[0] & 31) is 7 or 8;

    private byte[] FragmentHeader(byte[] unit, int flags) => h265
        ? [(byte)((unit[0] & 0x81) | (49 << 1)), unit[1], (byte)(flags | (unit[0] >> 1 & 63))]
        : [(byte)((unit[0] & 0xE0) | 28), (byte)(flags | (unit[0] & 31))];

    private byte[] Aggregate(List<byte[]> units)
    {
        List<byte> packet = h265 ? [48 << 1, 1] : [24 | 0x60];
        foreach (var unit in units)
        {
            var length = new byte[2];
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)unit.Length);
            packet.AddRange([.. length, .. unit]);
        }

        return [.. packet];
    }
}
