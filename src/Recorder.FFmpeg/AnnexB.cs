namespace Recorder.FFmpeg;

/// <summary>The byte stream format of H.264 and HEVC: NAL units between start codes.</summary>
internal static class AnnexB
{
    /// <summary>Whether the bytes begin with a start code.</summary>
    public static bool Is(ReadOnlySpan<byte> data) =>
        data.Length > 4 && data[0] == 0 && data[1] == 0 && (data[2] == 1 || (data[2] == 0 && data[3] == 1));

    /// <summary>The first NAL unit whose header byte suits.</summary>
    public static byte[]? Find(ReadOnlySpan<byte> data, Func<byte, bool> header)
    {
        if (!Is(data))
            return null;
        while (TryNext(ref data, out var unit))
        {
            if (!unit.IsEmpty && header(unit[0]))
                return unit.ToArray();
        }
        return null;
    }

    /// <summary>Cuts the next NAL unit off <paramref name="rest"/>.</summary>
    public static bool TryNext(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> unit)
    {
        ReadOnlySpan<byte> start = [0, 0, 1];
        unit = default;
        var at = rest.IndexOf(start);
        if (at < 0)
            return false;
        rest = rest[(at + 3)..];
        var end = rest.IndexOf(start);
        unit = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[end..];
        unit = unit.TrimEnd((byte)0);
        return true;
    }

    /// <summary>Takes out the bytes that keep start codes from occurring inside.</summary>
    public static byte[] Unescape(ReadOnlySpan<byte> unit)
    {
        var plain = new List<byte>(unit.Length);
        var zeros = 0;
        foreach (var value in unit)
        {
            if (zeros >= 2 && value == 3)
            {
                zeros = 0;
                continue;
            }
            zeros = value == 0 ? zeros + 1 : 0;
            plain.Add(value);
        }
        return [.. plain];
    }
}

/// <summary>Reads numbers of any width, most significant bit first; zeros past the end.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private int _at;

    public int Read(int bits)
    {
        var value = 0;
        for (; bits > 0; bits--, _at++)
            value = value << 1 | (_at >> 3 < _data.Length ? _data[_at >> 3] >> (7 - (_at & 7)) & 1 : 0);
        return value;
    }

    /// <summary>An Exp-Golomb number.</summary>
    public int ReadUnsigned()
    {
        var zeros = 0;
        while (zeros < 31 && Read(1) == 0)
            zeros++;
        return (1 << zeros) - 1 + Read(zeros);
    }

    /// <summary>A signed Exp-Golomb number.</summary>
    public int ReadSigned()
    {
        var value = ReadUnsigned();
        return (value & 1) != 0 ? (value + 1) / 2 : -value / 2;
    }
}
