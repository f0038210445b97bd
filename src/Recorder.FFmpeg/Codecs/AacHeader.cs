namespace Recorder.FFmpeg;

/// <summary>The AudioSpecificConfig of ISO 14496-3: the codec header of AAC in containers.</summary>
internal static class AacHeader
{
    private const int Escape = 31;
    private const int LowComplexity = 2;
    private const int SpectralBandReplication = 5;
    private const int ParametricStereo = 29;

    // FFmpeg's profile numbers are the object types less one.
    private const int HighEfficiencyProfile = SpectralBandReplication - 1;
    private const int HighEfficiencyV2Profile = ParametricStereo - 1;

    private static ReadOnlySpan<int> Rates => [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

    /// <summary>Reads the sample rate and the number of channels; both are 0 if the header cannot be read.</summary>
    public static (int SampleRate, int Channels) Read(ReadOnlySpan<byte> header)
    {
        var bits = new BitReader(header);
        var type = ReadType(ref bits);
        var rate = ReadRate(ref bits);
        var configuration = bits.Read(4);
        if (type is SpectralBandReplication or ParametricStereo)
            rate = ReadRate(ref bits);
        var channels = configuration switch { >= 1 and <= 6 => configuration, 7 => 8, _ => 0 };
        return rate > 0 && channels > 0 ? (rate, type == ParametricStereo ? 2 : channels) : default;
    }

    public static int TypeOf(ReadOnlySpan<byte> header)
    {
        var bits = new BitReader(header);
        return ReadType(ref bits);
    }

    /// <summary>Makes the header of AAC that has none because each packet carries its own (ADTS).</summary>
    public static byte[] Make(int profile, int sampleRate, int channels)
    {
        // HE-AAC is signalled implicitly: the header describes its core, which is low complexity at half the sample rate.
        var isHighEfficiency = profile is HighEfficiencyProfile or HighEfficiencyV2Profile;
        var type = profile is >= 0 and < HighEfficiencyProfile ? profile + 1 : LowComplexity;
        var rate = Rates.IndexOf(isHighEfficiency ? sampleRate / 2 : sampleRate);
        var configuration = profile == HighEfficiencyV2Profile ? 1 : channels == 8 ? 7 : channels;
        if (rate < 0)
            throw new FFmpegException(NativeError.InvalidArgument, $"AAC at {sampleRate} Hz without a header cannot be recorded.");
        return [(byte)(type << 3 | rate >> 1), (byte)((rate & 1) << 7 | configuration << 3)];
    }

    private static int ReadType(ref BitReader bits) => bits.Read(5) is var type && type == Escape ? 32 + bits.Read(6) : type;

    private static int ReadRate(ref BitReader bits) =>
        bits.Read(4) is var index && index == 15 ? bits.Read(24) : index < Rates.Length ? Rates[index] : 0;
}
