using System.Globalization;

namespace Recorder.Media.Mp4;

/// <summary>
/// Silence as a codec has it: frames that stand for sound which was not recorded. Players wait for sound that a header announces, browsers
/// drop pictures where it has holes; silence beside the pictures keeps them playing.
/// </summary>
/// <param name="Codec">"aac" or "opus".</param>
/// <param name="Rate">Samples a second.</param>
/// <param name="Channels">The channel configuration of AAC, the number of channels of Opus.</param>
/// <param name="Frame">One encoded frame.</param>
/// <param name="FrameDuration">How long it lasts, in the track's timescale.</param>
internal sealed record SilentSound(string Codec, uint Rate, int Channels, byte[] Frame, uint FrameDuration)
{
    private const int SamplesPerAacFrame = 1024;
    private const int LowComplexity = 2;
    private const uint OpusRate = 48_000;

    private static readonly uint[] AacRates = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

    /// <summary>Silence of a track that nothing else is known of.</summary>
    public static readonly SilentSound Default = Named("aac-48000-1")!;

    /// <summary>As a URL has it: <see cref="Named"/> reads it.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Codec}-{Rate}-{Channels}");

    /// <summary>The configuration of AAC (ISO 14496-3, 1.6.2.1).</summary>
    public byte[] AacConfiguration
    {
        get
        {
            var rate = Array.IndexOf(AacRates, Rate);
            return [(byte)((LowComplexity << 3) | (rate >> 1)), (byte)(((rate & 1) << 7) | (Channels << 3))];
        }
    }

    /// <summary>Silence of a name, in a track whose timescale is the rate; null when that names none.</summary>
    public static SilentSound? Named(string name) => name.Split('-') is ["aac" or "opus", var rateText, var channelText] parts &&
        uint.TryParse(rateText, NumberStyles.None, CultureInfo.InvariantCulture, out var rate) &&
        int.TryParse(channelText, NumberStyles.None, CultureInfo.InvariantCulture, out var channels)
            ? parts[0] == "opus" ? OfOpus(channels, rate)
                : Array.IndexOf(AacRates, rate) >= 0 && AacFrame(channels) is { } frame ? new SilentSound("aac", rate, channels, frame, SamplesPerAacFrame) : null
            : null;

    /// <summary>Silence of AAC; null where the configuration (ISO 14496-3, 1.6.2.1) is of another kind than low complexity.</summary>
    public static SilentSound? OfAac(ReadOnlySpan<byte> configuration, uint timescale)
    {
        if (configuration.Length < 2 || configuration[0] >> 3 != LowComplexity)
        {
            return null;
        }

        var rate = ((configuration[0] & 7) << 1) | (configuration[1] >> 7);
        var channels = (configuration[1] >> 3) & 0xf;
        var isShort = (configuration[1] & 4) != 0;
        if (rate >= AacRates.Length || isShort || AacFrame(channels) is not { } frame)
        {
            return null;
        }

        var duration = (ulong)SamplesPerAacFrame * timescale;
        return duration % AacRates[rate] != 0 ? null
            : new SilentSound("aac", AacRates[rate], channels, frame, (uint)(duration / AacRates[rate]));
    }

    /// <summary>Silence of Opus (RFC 6716, 3.1: one CELT frame of 20 ms); null for more than two channels.</summary>
    public static SilentSound? OfOpus(int channels, uint timescale)
    {
        const int FrameLength = 960;
        return channels is < 1 or > 2 || timescale != OpusRate ? null
            : new SilentSound("opus", OpusRate, channels, [(byte)(0xf8 | (channels == 2 ? 4 : 0)), 0xff, 0xfe], FrameLength);
    }

    /// <summary>How many frames fit between two times of the track.</summary>
    public int Frames(long from, long to) => to <= from ? 0 : (int)Math.Min((to - from) / FrameDuration, int.MaxValue / Math.Max(Frame.Length, 16));

    /// <summary>Bytes of a fragment of so many frames.</summary>
    public int FragmentBytes(int frames) => SilentFragment.HeaderBytes + (frames * Frame.Length);

    // A raw data block (ISO 14496-3, table 4.3) whose channels have no band above zero: each has its gain, its window and three flags, all zero.
    private static byte[]? AacFrame(int configuration)
    {
        const int Single = 0, Pair = 1, LowFrequency = 3;
        const int ChannelBits = 8 + 11 + 3;
        int[]? elements = configuration switch
        {
            1 => [Single],
            2 => [Pair],
            3 => [Single, Pair],
            4 => [Single, Pair, Single],
            5 => [Single, Pair, Pair],
            6 => [Single, Pair, Pair, LowFrequency],
            7 => [Single, Pair, Pair, Pair, LowFrequency],
            _ => null,
        };
        if (elements is null)
        {
            return null;
        }

        var bits = new List<bool>();
        var tags = new int[4];
        foreach (var element in elements)
        {
            Add(bits, element, 3);
            Add(bits, tags[element]++, 4);
            Add(bits, 0, element == Pair ? 1 + (2 * ChannelBits) : ChannelBits);
        }

        Add(bits, 7, 3);
        var frame = new byte[(bits.Count + 7) / 8];
        for (var i = 0; i < bits.Count; i++)
        {
            frame[i / 8] |= (byte)((bits[i] ? 0x80 : 0) >> (i % 8));
        }

        return frame;
    }

    private static void Add(List<bool> bits, int value, int count)
    {
        for (var bit = count - 1; bit >= 0; bit--)
        {
            bits.Add(bit < 32 && (value >> bit & 1) != 0);
        }
    }
}

/// <summary>Writes a fragment that is silence.</summary>
internal static class SilentFragment
{
    /// <summary>Bytes in front of the frames.</summary>
    public const int HeaderBytes = 8 + 16 + 8 + 28 + 20 + 20 + 8;

    // The data follows the moof; all samples have the duration, size and flags that the track fragment's header states.
    private const uint DefaultsAndBase = 0x020000 | 0x08 | 0x10 | 0x20;
    private const uint Independent = 0x02000000;

    /// <param name="sound">What is silent.</param>
    /// <param name="track">The track's number in the file.</param>
    /// <param name="sequence">The fragment's number.</param>
    /// <param name="start">When it begins, in the track's timescale.</param>
    /// <param name="frames">How many.</param>
    public static byte[] Write(SilentSound sound, uint track, uint sequence, long start, int frames)
    {
        var output = new Mp4Writer();
        var moof = output.Begin(Mp4Box.Moof);
        var mfhd = output.Begin(Mp4Box.Mfhd, 0);
        output.Number(sequence);
        output.End(mfhd);
        var traf = output.Begin(Mp4Box.Traf);
        var tfhd = output.Begin(Mp4Box.Tfhd, DefaultsAndBase);
        output.Number(track);
        output.Number(sound.FrameDuration);
        output.Number((uint)sound.Frame.Length);
        output.Number(Independent);
        output.End(tfhd);
        var tfdt = output.Begin(Mp4Box.Tfdt, 1u << 24);
        output.Number(start);
        output.End(tfdt);
        var trun = output.Begin(Mp4Box.Trun, 1);
        output.Number((uint)frames);
        output.Number((uint)HeaderBytes);
        output.End(trun);
        output.End(traf);
        output.End(moof);
        var mdat = output.Begin(Mp4Box.Mdat);
        for (var i = 0; i < frames; i++)
        {
            output.Raw(sound.Frame);
        }

        output.End(mdat);
        return output.ToArray();
    }
}
