namespace Recorder.FFmpeg;

/// <summary>Reads frame size and sample format from the sequence parameter sets of H.264 and HEVC.</summary>
internal static class SequenceParameterSet
{
    private const int LargestSide = 16384;

    public static (int Width, int Height) SizeOf(ReadOnlySpan<byte> annexB, bool h264)
    {
        var unit = AnnexB.Find(annexB, h264 ? NalUnit.IsAvcSequenceSet : NalUnit.IsHevcSequenceSet);
        if (unit is null || unit.Length < 8)
            return default;
        var plain = AnnexB.Unescape(unit);
        var (width, height, _, _, _) = h264 ? ReadAvc(plain) : ReadHevc(plain);
        return width is > 0 and <= LargestSide && height is > 0 and <= LargestSide ? (width, height) : default;
    }

    // Reads the chroma format, and by how much luma and chroma exceed 8 bits, of a set without emulation prevention. Null for
    // profiles that only allow 4:2:0 with 8 bits.
    public static (int Chroma, int Luma, int ChromaDepth)? AvcFormat(ReadOnlySpan<byte> sps)
    {
        var (_, _, chroma, luma, depth) = ReadAvc(sps);
        return IsHighProfile(sps[1]) ? (chroma & 3, luma & 7, depth & 7) : null;
    }

    public static (int Chroma, int Luma, int ChromaDepth)? HevcFormat(ReadOnlySpan<byte> sps)
    {
        var (_, _, chroma, luma, depth) = ReadHevc(sps);
        return chroma is >= 0 and <= 3 && luma is >= 0 and <= 8 && depth is >= 0 and <= 8 ? (chroma, luma, depth) : null;
    }

    private static bool IsHighProfile(int profile) => profile is 100 or 110 or 122 or 244 or 44 or 83 or 86 or 118 or 128 or 138 or 139 or 134 or 135;

    private static (int Width, int Height, int Chroma, int Luma, int ChromaDepth) ReadAvc(ReadOnlySpan<byte> sps)
    {
        var bits = new BitReader(sps[4..]);
        bits.ReadUnsigned();
        var (chroma, luma, depth, separatePlanes) = (1, 0, 0, 0);
        if (IsHighProfile(sps[1]))
        {
            chroma = bits.ReadUnsigned();
            if (chroma == 3)
                separatePlanes = bits.Read(1);
            luma = bits.ReadUnsigned();
            depth = bits.ReadUnsigned();
            bits.Read(1);
            if (bits.Read(1) != 0)
            {
                for (var list = 0; list < (chroma == 3 ? 12 : 8); list++)
                {
                    if (bits.Read(1) != 0)
                        SkipScalingList(ref bits, list < 6 ? 16 : 64);
                }
            }
        }
        bits.ReadUnsigned();
        switch (bits.ReadUnsigned())
        {
            case 0:
                bits.ReadUnsigned();
                break;
            case 1:
                bits.Read(1);
                bits.ReadSigned();
                bits.ReadSigned();
                for (var left = Math.Min(bits.ReadUnsigned(), 255); left > 0; left--)
                    bits.ReadSigned();
                break;
        }
        bits.ReadUnsigned();
        bits.Read(1);
        var width = (bits.ReadUnsigned() + 1) * 16;
        var mapUnits = bits.ReadUnsigned() + 1;
        var frames = bits.Read(1);
        var height = mapUnits * 16 * (2 - frames);
        if (frames == 0)
            bits.Read(1);
        bits.Read(1);
        if (bits.Read(1) != 0)
        {
            var unitX = separatePlanes != 0 || chroma is 0 or 3 ? 1 : 2;
            var unitY = (separatePlanes != 0 || chroma != 1 ? 1 : 2) * (2 - frames);
            width -= (bits.ReadUnsigned() + bits.ReadUnsigned()) * unitX;
            height -= (bits.ReadUnsigned() + bits.ReadUnsigned()) * unitY;
        }
        return (width, height, chroma, luma, depth);
    }

    private static (int Width, int Height, int Chroma, int Luma, int ChromaDepth) ReadHevc(ReadOnlySpan<byte> sps)
    {
        var bits = new BitReader(sps[2..]);
        bits.Read(4);
        var subLayers = bits.Read(3);
        bits.Read(1);
        for (var i = 0; i < 11; i++)
            bits.Read(8);
        bits.Read(8);
        Span<int> present = stackalloc int[16];
        for (var i = 0; i < subLayers; i++)
            present[i] = bits.Read(2);
        if (subLayers > 0)
            bits.Read(2 * (8 - subLayers));
        for (var i = 0; i < subLayers; i++)
        {
            for (var bytes = ((present[i] & 2) != 0 ? 11 : 0) + (present[i] & 1); bytes > 0; bytes--)
                bits.Read(8);
        }
        bits.ReadUnsigned();
        var chroma = bits.ReadUnsigned();
        if (chroma == 3)
            bits.Read(1);
        var width = bits.ReadUnsigned();
        var height = bits.ReadUnsigned();
        if (bits.Read(1) != 0)
        {
            width -= (bits.ReadUnsigned() + bits.ReadUnsigned()) * (chroma is 1 or 2 ? 2 : 1);
            height -= (bits.ReadUnsigned() + bits.ReadUnsigned()) * (chroma == 1 ? 2 : 1);
        }
        return (width, height, chroma, bits.ReadUnsigned(), bits.ReadUnsigned());
    }

    private static void SkipScalingList(ref BitReader bits, int size)
    {
        int last = 8, next = 8;
        for (var i = 0; i < size; i++)
        {
            if (next != 0)
                next = (last + bits.ReadSigned() + 256) % 256;
            last = next == 0 ? last : next;
        }
    }
}
