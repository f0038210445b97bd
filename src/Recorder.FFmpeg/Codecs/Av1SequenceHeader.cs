namespace Recorder.FFmpeg;

/// <summary>What the sequence header of AV1 states (AV1 specification, 5.5).</summary>
internal readonly record struct Av1SequenceHeader(int Profile, int Level, int Tier, int Width, int Height)
{
    private const int SequenceHeaderType = 1;

    /// <summary>Reads the first sequence header in a chain of OBUs; null if there is none.</summary>
    public static Av1SequenceHeader? Read(ReadOnlySpan<byte> obus) => FindFields(obus) is { Length: >= 4 } header ? ReadFields(header) : null;

    /// <summary>Returns the first sequence header OBU with its own header; empty if there is none.</summary>
    public static ReadOnlySpan<byte> FindObu(ReadOnlySpan<byte> obus)
    {
        while (Measure(obus, out var type, out _) is > 0 and var size)
        {
            if (type == SequenceHeaderType)
                return obus[..size];
            obus = obus[size..];
        }
        return default;
    }

    private static ReadOnlySpan<byte> FindFields(ReadOnlySpan<byte> obus)
    {
        var obu = FindObu(obus);
        return Measure(obu, out _, out var payload) > 0 ? obu[payload..] : default;
    }

    // Returns the size of the first OBU with its header, and where its payload begins; 0 if it is not whole.
    private static int Measure(ReadOnlySpan<byte> rest, out int type, out int payload)
    {
        (type, payload) = (0, 0);
        if (rest.Length < 2)
            return 0;
        type = rest[0] >> 3 & 0xf;
        payload = (rest[0] & 4) != 0 ? 2 : 1;
        var size = rest.Length - payload;
        if ((rest[0] & 2) != 0)
        {
            size = 0;
            for (var shift = 0; payload < rest.Length && shift < 28; shift += 7)
            {
                var part = rest[payload++];
                size |= (part & 0x7f) << shift;
                if ((part & 0x80) == 0)
                    break;
            }
        }
        return size < 0 || size > rest.Length - payload ? 0 : payload + size;
    }

    private static Av1SequenceHeader ReadFields(ReadOnlySpan<byte> header)
    {
        var bits = new BitReader(header);
        var profile = bits.Read(3);
        bits.Read(1);
        var (level, tier) = (0, 0);
        if (bits.Read(1) != 0)
            level = bits.Read(5);
        else
            (level, tier) = ReadOperatingPoints(ref bits);
        var (widthBits, heightBits) = (bits.Read(4) + 1, bits.Read(4) + 1);
        return new Av1SequenceHeader(profile, level, tier, bits.Read(widthBits) + 1, bits.Read(heightBits) + 1);
    }

    private static (int Level, int Tier) ReadOperatingPoints(ref BitReader bits)
    {
        var (hasModel, delayBits) = (false, 0);
        if (bits.Read(1) != 0)
        {
            bits.ReadLong();
            bits.ReadLong();
            if (bits.Read(1) != 0)
                bits.ReadUnsigned();
            hasModel = bits.Read(1) != 0;
            if (hasModel)
            {
                delayBits = bits.Read(5) + 1;
                bits.ReadLong();
                bits.Read(10);
            }
        }
        var hasDelay = bits.Read(1) != 0;
        var first = (0, 0);
        for (int i = 0, count = bits.Read(5); i <= count; i++)
        {
            bits.Read(12);
            var level = bits.Read(5);
            var tier = level > 7 ? bits.Read(1) : 0;
            if (hasModel && bits.Read(1) != 0)
            {
                bits.Read(delayBits);
                bits.Read(delayBits);
                bits.Read(1);
            }
            if (hasDelay && bits.Read(1) != 0)
                bits.Read(4);
            first = i == 0 ? (level, tier) : first;
        }
        return first;
    }
}
