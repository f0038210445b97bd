namespace Recorder.FFmpeg;

/// <summary>Reads the video usability information at the end of sequence parameter sets (H.264 annex E, H.265 annex E).</summary>
internal static class VideoUsability
{
    private const int ExtendedAspect = 255;
    private const int MostFramesPerSecond = 1000;

    private static readonly (int Num, int Den)[] Aspects =
    [
        (0, 0), (1, 1), (12, 11), (10, 11), (16, 11), (40, 33), (24, 11), (20, 11), (32, 11), (80, 33), (18, 11), (15, 11), (64, 33),
        (160, 99), (4, 3), (3, 2), (2, 1),
    ];

    public static SequenceInfo ReadAvc(ref BitReader bits, SequenceInfo info)
    {
        info = ReadCommon(ref bits, info);
        if (bits.Read(1) != 0)
        {
            var (units, scale) = (bits.ReadLong(), bits.ReadLong());
            bits.Read(1);
            // Two fields make a frame.
            info = info with { FrameRate = Rate(scale, units * 2) };
        }
        var hasNalBuffer = SkipAvcBuffer(ref bits);
        var hasStreamBuffer = SkipAvcBuffer(ref bits);
        if (hasNalBuffer || hasStreamBuffer)
            bits.Read(1);
        bits.Read(1);
        if (bits.Read(1) == 0)
            return info;
        bits.Read(1);
        for (var i = 0; i < 4; i++)
            bits.ReadUnsigned();
        var reordered = bits.ReadUnsigned();
        return reordered <= 16 && !bits.IsBehindEnd ? info with { ReorderedFrames = reordered } : info;
    }

    public static SequenceInfo ReadHevc(ref BitReader bits, SequenceInfo info)
    {
        info = ReadCommon(ref bits, info);
        bits.Read(3);
        if (bits.Read(1) != 0)
        {
            for (var i = 0; i < 4; i++)
                bits.ReadUnsigned();
        }
        if (bits.Read(1) == 0)
            return info;
        var (units, scale) = (bits.ReadLong(), bits.ReadLong());
        return info with { FrameRate = Rate(scale, units) };
    }

    // Aspect, overscan, signal type and chroma location, which both codecs write alike.
    private static SequenceInfo ReadCommon(ref BitReader bits, SequenceInfo info)
    {
        if (bits.Read(1) != 0)
        {
            var index = bits.Read(8);
            var (num, den) = index == ExtendedAspect ? (bits.Read(16), bits.Read(16)) : index < Aspects.Length ? Aspects[index] : default;
            if (num > 0 && den > 0)
                info = info with { PixelAspect = new Rational(num, den) };
        }
        if (bits.Read(1) != 0)
            bits.Read(1);
        if (bits.Read(1) != 0)
        {
            bits.Read(3);
            info = info with { IsFullRange = bits.Read(1) != 0 };
            if (bits.Read(1) != 0)
                bits.Read(24);
        }
        if (bits.Read(1) != 0)
        {
            bits.ReadUnsigned();
            bits.ReadUnsigned();
        }
        return info;
    }

    private static bool SkipAvcBuffer(ref BitReader bits)
    {
        if (bits.Read(1) == 0)
            return false;
        var count = Math.Min(bits.ReadUnsigned() + 1, 32);
        bits.Read(8);
        for (var i = 0; i < count; i++)
        {
            bits.ReadUnsigned();
            bits.ReadUnsigned();
            bits.Read(1);
        }
        bits.Read(20);
        return true;
    }

    // A rate that no camera has is a mistake of its encoder.
    private static Rational Rate(long scale, long units)
    {
        if (scale <= 0 || units <= 0 || scale / units > MostFramesPerSecond || units / scale > MostFramesPerSecond)
            return default;
        for (; scale > int.MaxValue || units > int.MaxValue; scale >>= 1, units >>= 1)
        {
        }
        var divisor = Divisor(scale, units);
        return new Rational((int)(scale / divisor), (int)(units / divisor));
    }

    private static long Divisor(long a, long b) => b == 0 ? a : Divisor(b, a % b);
}
