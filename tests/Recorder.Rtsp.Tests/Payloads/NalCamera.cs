using System.Buffers.Binary;

namespace Recorder.Rtsp.Tests.Payloads;

/// <summary>An encoder that writes noise: access units with the right headers.</summary>
internal sealed class NalCamera(bool h265, Random random)
{
    /// <summary>Groups of eight frames, of up to three slices each; the last of a group is one that no other needs.</summary>
    public List<AccessUnit> Frames(int count)
        => [.. Enumerable.Range(0, count).Select(i => Frame(1000 + (3600L * i), key: i % 8 == 0, disposable: i % 8 == 7))];

    public AccessUnit Frame(long timestamp, bool key, bool disposable, bool delimiter = false)
    {
        List<byte[]> units = [];
        if (delimiter)
            units.Add(h265 ? [35 << 1, 1, 0x50] : [9, 0xF0]);
        if (key)
            units.AddRange(h265 ? [Unit(32), Unit(33), Unit(34)] : [Unit(7), Unit(8)]);
        var slices = random.Next(1, 4);
        for (var i = 0; i < slices; i++)
            units.Add(Slice(key, disposable, first: i == 0));
        return new AccessUnit(timestamp, key, disposable, units);
    }

    public byte[] Unit(int type, int most = 40) => Noise(h265 ? [(byte)(type << 1), 1] : [(byte)(0x60 | type)], most);

    public byte[] Slice(bool key, bool disposable, bool first)
    {
        byte mark = first ? (byte)0x80 : (byte)0x40;
        var type = h265 ? key ? 19 : disposable ? 0 : 1 : key ? 5 : 1;
        byte[] header = h265 ? [(byte)(type << 1), 1, mark] : [(byte)((disposable ? 0 : 0x60) | type), mark];
        return Noise(header, 1500);
    }

    // No zero bytes: they could be a start code.
    private byte[] Noise(byte[] header, int most)
    {
        var noise = new byte[random.Next(1, most)];
        for (var i = 0; i < noise.Length; i++)
            noise[i] = (byte)random.Next(1, 256);
        return [.. header, .. noise];
    }
}

internal sealed record AccessUnit(long Timestamp, bool Key, bool Disposable, List<byte[]> Units)
{
    /// <summary>As MP4 stores it.</summary>
    public byte[] Bytes => [.. Units.SelectMany(unit => (byte[])[.. Length(unit), .. unit])];

    private static byte[] Length(byte[] unit)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, unit.Length);
        return length;
    }
}
