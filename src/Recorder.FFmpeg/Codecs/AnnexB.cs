namespace Recorder.FFmpeg;

/// <summary>The byte stream format of H.264 and HEVC (annex B): NAL units between start codes.</summary>
internal static class AnnexB
{
    public static ReadOnlySpan<byte> StartCode => [0, 0, 1];

    public static bool Is(ReadOnlySpan<byte> data) =>
        data.Length > 4 && data[0] == 0 && data[1] == 0 && (data[2] == 1 || (data[2] == 0 && data[3] == 1));

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

    public static bool TryNext(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> unit)
    {
        unit = default;
        var at = rest.IndexOf(StartCode);
        if (at < 0)
            return false;
        rest = rest[(at + StartCode.Length)..];
        var end = rest.IndexOf(StartCode);
        unit = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[end..];
        unit = unit.TrimEnd((byte)0);
        return true;
    }

    public static void Append(List<byte> to, ReadOnlySpan<byte> unit)
    {
        to.AddRange(StartCode);
        to.AddRange(unit);
    }

    /// <summary>Removes the emulation prevention bytes, which keep start codes from occurring inside a NAL unit.</summary>
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
