namespace Recorder.FFmpeg;

/// <summary>The types of NAL units of H.264 and HEVC, and NAL units that stand behind their length (ISO 14496-15).</summary>
internal static class NalUnit
{
    public const byte AvcSequenceSet = 7;
    public const byte AvcPictureSet = 8;
    public const byte HevcVideoSet = 32;
    public const byte HevcSequenceSet = 33;
    public const byte HevcPictureSet = 34;

    public static int AvcType(byte header) => header & 0x1f;

    public static int HevcType(byte header) => header >> 1 & 0x3f;

    public static bool IsAvcSequenceSet(byte header) => AvcType(header) == AvcSequenceSet;

    public static bool IsHevcSequenceSet(byte header) => HevcType(header) == HevcSequenceSet;

    public static bool TryNext(scoped ref ReadOnlySpan<byte> rest, int lengthSize, out ReadOnlySpan<byte> unit)
    {
        unit = default;
        if (rest.Length < lengthSize)
            return false;
        var length = 0L;
        foreach (var value in rest[..lengthSize])
            length = length << 8 | value;
        rest = rest[lengthSize..];
        if (length > rest.Length)
            return false;
        unit = rest[..(int)length];
        rest = rest[(int)length..];
        return true;
    }

    public static void Append(List<byte> to, ReadOnlySpan<byte> unit, int lengthSize)
    {
        for (var shift = (lengthSize - 1) * 8; shift >= 0; shift -= 8)
            to.Add((byte)(unit.Length >> shift));
        to.AddRange(unit);
    }
}
