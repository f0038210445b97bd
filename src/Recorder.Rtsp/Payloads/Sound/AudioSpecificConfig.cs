namespace Recorder.Rtsp.Payloads;

/// <summary>The header of an AAC stream (ISO/IEC 14496-3 section 1.6.2.1).</summary>
/// <param name="Bytes">As it is stored.</param>
/// <param name="CoreRate">Samples in a second before spectral band replication.</param>
/// <param name="SampleRate">Samples in a second that a decoder puts out.</param>
/// <param name="Channels">0 if a program config element lists none.</param>
/// <param name="FrameLength">Samples of a frame at the core's rate.</param>
/// <param name="BitLength">Bits read, without what an embedding format may add.</param>
internal sealed record AudioSpecificConfig(byte[] Bytes, int CoreRate, int SampleRate, int Channels, int FrameLength, long BitLength)
{
    private const int Lc = 2;
    private const int Sbr = 5;
    private const int Ps = 29;

    private static ReadOnlySpan<int> Rates => [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

    /// <summary>AAC-LC as a clock rate and a number of channels say it.</summary>
    public static AudioSpecificConfig Make(int sampleRate, int channels)
    {
        sampleRate = sampleRate is > 0 and < 1 << 24 ? sampleRate : 48_000;
        var (configuration, count) = channels switch { <= 0 => (1, 1), <= 6 => (channels, channels), _ => (7, 8) };
        var index = Rates.IndexOf(sampleRate);
        byte[] bytes = index >= 0
            ? [(byte)((Lc << 3) | (index >> 1)), (byte)((index << 7) | (configuration << 3))]
            : [
                (Lc << 3) | 7, (byte)(0x80 | (sampleRate >> 17)), (byte)(sampleRate >> 9), (byte)(sampleRate >> 1),
                (byte)((sampleRate << 7) | (configuration << 3)),
            ];
        return new AudioSpecificConfig(bytes, sampleRate, sampleRate, count, 1024, bytes.Length * 8);
    }

    /// <summary>Of a frame, in units of an RTP clock.</summary>
    public int Duration(int clockRate) => (int)Math.Min(clockRate, (long)FrameLength * clockRate / CoreRate);

    /// <summary>Null if it is broken or not AAC.</summary>
    /// <param name="skip">Bits before it.</param>
    /// <param name="embedded">Whether other things follow, so that no extension is looked for behind it.</param>
    public static AudioSpecificConfig? Read(ReadOnlySpan<byte> bytes, long skip = 0, bool embedded = false)
    {
        var bits = new BitReader(bytes);
        bits.Skip(skip);
        var type = ReadType(ref bits);
        var core = ReadRate(ref bits);
        var configuration = (int)bits.Read(4);
        var (rate, stereo) = (core, type == Ps);
        var extended = type is Sbr or Ps;
        if (extended)
        {
            rate = ReadRate(ref bits);
            type = ReadType(ref bits);
            if (type == 22)
                bits.Skip(4);
        }

        var channels = configuration switch { 0 => 0, < 7 => configuration, 7 => 8, 11 => 7, 12 or 14 => 8, _ => -1 };
        var length = type switch
        {
            1 or Lc or 3 or 4 or 6 or 17 or 19 or 20 or 21 or 22 => ReadGeneral(ref bits, type, ref channels) ? 960 : 1024,
            23 => ReadGeneral(ref bits, type, ref channels) ? 480 : 512,
            39 => bits.ReadFlag() ? 480 : 512,
            42 => 1024,
            _ => 0,
        };
        if (core == 0 || rate == 0 || length == 0 || channels < 0 || bits.Left < 0)
            return null;

        if (!extended && !embedded && bits.Left >= 16 && bits.Read(11) == 0x2B7 && ReadType(ref bits) == Sbr && bits.ReadFlag())
        {
            var output = ReadRate(ref bits);
            rate = bits.Left >= 0 && output > 0 ? output : core;
            stereo = bits.Left >= 12 && bits.Read(11) == 0x548 && bits.ReadFlag();
        }

        // Parametric stereo makes two channels of one.
        return new AudioSpecificConfig(Cut(bytes, skip, bits), core, rate, stereo && channels == 1 ? 2 : channels, length, bits.Position - skip);
    }

    private static int ReadType(ref BitReader bits)
    {
        var type = (int)bits.Read(5);
        return type == 31 ? 32 + (int)bits.Read(6) : type;
    }

    private static int ReadRate(ref BitReader bits)
    {
        var index = (int)bits.Read(4);
        return index == 15 ? (int)bits.Read(24) : index < Rates.Length ? Rates[index] : 0;
    }

    // GASpecificConfig; returns frameLengthFlag.
    private static bool ReadGeneral(ref BitReader bits, int type, ref int channels)
    {
        var shorter = bits.ReadFlag();
        if (bits.ReadFlag())
            bits.Skip(14);
        var extension = bits.ReadFlag();
        if (channels == 0)
            channels = ReadProgram(ref bits);
        if (type is 6 or 20)
            bits.Skip(3);
        if (extension)
            bits.Skip(1 + (type switch { 22 => 16, 17 or 19 or 20 or 23 => 3, _ => 0 }));
        return shorter;
    }

    // program_config_element; returns the channels of its front, side, back and low frequency elements.
    private static int ReadProgram(ref BitReader bits)
    {
        bits.Skip(4 + 2 + 4);
        var (front, side, back, low) = (bits.Read(4), bits.Read(4), bits.Read(4), bits.Read(2));
        var (data, coupling) = (bits.Read(3), bits.Read(4));
        for (var mix = 0; mix < 2; mix++)
            bits.Skip(bits.ReadFlag() ? 4 : 0);
        bits.Skip(bits.ReadFlag() ? 3 : 0);

        var channels = (int)low;
        for (var i = 0; i < front + side + back; i++)
        {
            channels += bits.ReadFlag() ? 2 : 1;
            bits.Skip(4);
        }

        bits.Skip((4 * low) + (4 * data) + (5 * coupling));
        bits.Align();
        bits.Skip(8 * bits.Read(8));
        return channels;
    }

    // The bytes of the config alone, which may begin within a byte.
    private static byte[] Cut(ReadOnlySpan<byte> bytes, long skip, in BitReader end)
    {
        if (skip == 0)
            return bytes.ToArray();

        var bits = new BitReader(bytes);
        bits.Skip(skip);
        var cut = new byte[(end.Position - skip + 7) / 8];
        for (var i = 0; i < cut.Length; i++)
        {
            var count = (int)Math.Min(8, end.Position - bits.Position);
            cut[i] = (byte)(bits.Read(count) << (8 - count));
        }

        return cut;
    }
}
