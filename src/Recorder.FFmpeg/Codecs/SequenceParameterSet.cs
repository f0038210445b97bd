namespace Recorder.FFmpeg;

/// <summary>Reads frame size and sample format from the sequence parameter sets of H.264 and HEVC.</summary>
internal static class SequenceParameterSet
{
    private const int LargestSide = 16384;
    private const int MostOrderBits = 16;

    /// <summary>Returns what the first sequence parameter set says; null if there is none, or if it is nonsense.</summary>
    public static SequenceInfo? Read(ReadOnlySpan<byte> annexB, bool h264)
    {
        var unit = AnnexB.Find(annexB, h264 ? NalUnit.IsAvcSequenceSet : NalUnit.IsHevcSequenceSet);
        if (unit is null || unit.Length < 8)
            return null;
        var plain = AnnexB.Unescape(unit);
        var info = h264 ? ReadAvc(plain) : ReadHevc(plain);
        return info.Width is > 0 and <= LargestSide && info.Height is > 0 and <= LargestSide ? info : null;
    }

    // Reads the chroma format, and by how much luma and chroma exceed 8 bits, of a set without emulation prevention. Null for
    // profiles that only allow 4:2:0 with 8 bits.
    public static (int Chroma, int Luma, int ChromaDepth)? AvcFormat(ReadOnlySpan<byte> sps)
    {
        var info = ReadAvc(sps);
        return IsHighProfile(sps[1]) ? (info.Chroma & 3, info.LumaDepth & 7, info.ChromaDepth & 7) : null;
    }

    public static (int Chroma, int Luma, int ChromaDepth)? HevcFormat(ReadOnlySpan<byte> sps)
    {
        var info = ReadHevc(sps);
        return info is { Chroma: >= 0 and <= 3, LumaDepth: >= 0 and <= 8, ChromaDepth: >= 0 and <= 8 }
            ? (info.Chroma, info.LumaDepth, info.ChromaDepth)
            : null;
    }

    private static bool IsHighProfile(int profile) => profile is 100 or 110 or 122 or 244 or 44 or 83 or 86 or 118 or 128 or 138 or 139 or 134 or 135;

    private static SequenceInfo ReadAvc(ReadOnlySpan<byte> sps)
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
        var info = new SequenceInfo(width, height, chroma, luma, depth);
        return bits.Read(1) != 0 ? VideoUsability.ReadAvc(ref bits, info) : info;
    }

    private static SequenceInfo ReadHevc(ReadOnlySpan<byte> sps)
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
        var info = new SequenceInfo(width, height, chroma, bits.ReadUnsigned(), bits.ReadUnsigned());
        return ReadHevcCoding(ref bits, info, subLayers);
    }

    // What stands between the picture's format and the usability information.
    private static SequenceInfo ReadHevcCoding(ref BitReader bits, SequenceInfo info, int subLayers)
    {
        var orderBits = bits.ReadUnsigned() + 4;
        for (var i = bits.Read(1) != 0 ? 0 : subLayers; i <= subLayers; i++)
        {
            bits.ReadUnsigned();
            info = info with { ReorderedFrames = Math.Min(bits.ReadUnsigned(), 16) };
            bits.ReadUnsigned();
        }
        for (var i = 0; i < 6; i++)
            bits.ReadUnsigned();
        if (bits.Read(1) != 0 && bits.Read(1) != 0)
            SkipHevcScalingLists(ref bits);
        bits.Read(2);
        if (bits.Read(1) != 0)
        {
            bits.Read(8);
            bits.ReadUnsigned();
            bits.ReadUnsigned();
            bits.Read(1);
        }
        if (!SkipReferenceSets(ref bits) || orderBits > MostOrderBits || bits.IsBehindEnd)
            return info;
        if (bits.Read(1) != 0)
        {
            for (var left = Math.Min(bits.ReadUnsigned(), 32); left > 0; left--)
                bits.Read(orderBits + 1);
        }
        bits.Read(2);
        return bits.Read(1) != 0 && !bits.IsBehindEnd ? VideoUsability.ReadHevc(ref bits, info) : info;
    }

    private static void SkipHevcScalingLists(ref BitReader bits)
    {
        for (var size = 0; size < 4; size++)
        {
            for (var matrix = 0; matrix < 6; matrix += size == 3 ? 3 : 1)
            {
                if (bits.Read(1) == 0)
                {
                    bits.ReadUnsigned();
                    continue;
                }
                if (size > 1)
                    bits.ReadSigned();
                for (var left = Math.Min(64, 1 << (4 + (size << 1))); left > 0; left--)
                    bits.ReadSigned();
            }
        }
    }

    // Short-term reference picture sets (H.265, 7.3.7). Returns false for nonsense.
    private static bool SkipReferenceSets(ref BitReader bits)
    {
        var count = bits.ReadUnsigned();
        var pictures = 0;
        for (var set = 0; set < count; set++)
        {
            if (count > 64 || bits.IsBehindEnd)
                return false;
            if (set > 0 && bits.Read(1) != 0)
            {
                bits.Read(1);
                bits.ReadUnsigned();
                var kept = 0;
                for (var picture = 0; picture <= pictures; picture++)
                    kept += bits.Read(1) != 0 || bits.Read(1) != 0 ? 1 : 0;
                pictures = kept;
                continue;
            }
            var (negative, positive) = (bits.ReadUnsigned(), bits.ReadUnsigned());
            if (negative > 16 || positive > 16)
                return false;
            pictures = negative + positive;
            for (var picture = 0; picture < pictures; picture++)
            {
                bits.ReadUnsigned();
                bits.Read(1);
            }
        }
        return true;
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
