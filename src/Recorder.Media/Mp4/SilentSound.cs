using System.Globalization;

namespace Recorder.Media.Mp4;

/// <summary>
/// Encoded silence that replaces sound which was not recorded. Players wait for sound that a header announces, and browsers drop
/// video frames where it is missing; silence beside the video keeps both playing.
/// </summary>
/// <param name="Codec">"aac" or "opus".</param>
/// <param name="Channels">The channel configuration of AAC, the number of channels of Opus.</param>
internal sealed record SilentSound(string Codec, uint Rate, int Channels, byte[] Frame, uint FrameDuration)
{
    private const int SamplesPerAacFrame = 1024;
    private const int LowComplexity = 2;
    private const uint OpusRate = 48_000;

    private static readonly uint[] AacRates =
        [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

    public static readonly SilentSound Default = Named("aac-48000-1")!;

    /// <summary>The name in a URL, such as <c>aac-48000-1</c>; <see cref="Named"/> reads it.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Codec}-{Rate}-{Channels}");

    /// <summary>The decoder configuration of AAC (ISO 14496-3, 1.6.2.1).</summary>
    public byte[] AacConfiguration
    {
        get
        {
            var rate = Array.IndexOf(AacRates, Rate);
            return [(byte)((LowComplexity << 3) | (rate >> 1)), (byte)(((rate & 1) << 7) | (Channels << 3))];
        }
    }

    /// <summary>Finds silence by its name, for a track whose timescale is the rate; null when the name is not valid.</summary>
    public static SilentSound? Named(string name)
    {
        if (name.Split('-') is not [var codec, var rateText, var channelText] ||
            !uint.TryParse(rateText, NumberStyles.None, CultureInfo.InvariantCulture, out var rate) ||
            !int.TryParse(channelText, NumberStyles.None, CultureInfo.InvariantCulture, out var channels))
        {
            return null;
        }

        return codec switch
        {
            "opus" => OfOpus(channels, rate),
            "aac" when AacRates.Contains(rate) && AacFrame(channels) is { } frame =>
                new SilentSound("aac", rate, channels, frame, SamplesPerAacFrame),
            _ => null,
        };
    }

    /// <summary>Makes silence for AAC (configuration: ISO 14496-3, 1.6.2.1); null for other profiles than LC.</summary>
    public static SilentSound? OfAac(ReadOnlySpan<byte> configuration, uint timescale)
    {
        if (configuration.Length < 2 || configuration[0] >> 3 != LowComplexity)
            return null;

        var rate = ((configuration[0] & 7) << 1) | (configuration[1] >> 7);
        var channels = (configuration[1] >> 3) & 0xf;
        var isShort = (configuration[1] & 4) != 0;
        if (rate >= AacRates.Length || isShort || AacFrame(channels) is not { } frame)
            return null;

        var duration = (ulong)SamplesPerAacFrame * timescale;
        return duration % AacRates[rate] != 0 ? null
            : new SilentSound("aac", AacRates[rate], channels, frame, (uint)(duration / AacRates[rate]));
    }

    /// <summary>Makes silence for Opus (RFC 6716, 3.1: one CELT frame of 20 ms); null for more than two channels.</summary>
    public static SilentSound? OfOpus(int channels, uint timescale)
    {
        const int FrameLength = 960;
        return channels is < 1 or > 2 || timescale != OpusRate ? null
            : new SilentSound("opus", OpusRate, channels, [(byte)(0xf8 | (channels == 2 ? 4 : 0)), 0xff, 0xfe], FrameLength);
    }

    public int Frames(long from, long to) =>
        to <= from ? 0 : (int)Math.Min((to - from) / FrameDuration, int.MaxValue / Math.Max(Frame.Length, 16));

    public int FragmentBytes(int frames) => SilentFragment.HeaderBytes + (frames * Frame.Length);

    // A raw data block (ISO 14496-3, table 4.3) without spectral data: gain, window and three flags of each channel are zero.
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
            return null;

        var tags = new int[4];
        var bits = string.Concat(elements.Select(element =>
            $"{element:b3}{tags[element]++:b4}{new string('0', element == Pair ? 1 + (2 * ChannelBits) : ChannelBits)}")) + "111";
        return [.. bits.Chunk(8).Select(octet => Convert.ToByte(new string(octet).PadRight(8, '0'), 2))];
    }
}
