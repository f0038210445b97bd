namespace Recorder.FFmpeg;

/// <summary>The header of AAC as containers carry it (ISO 14496-3, AudioSpecificConfig).</summary>
internal static class AacHeader
{
    private const int Escape = 31;
    private const int SpectralBandReplication = 5;
    private const int ParametricStereo = 29;

    private static ReadOnlySpan<int> Rates => [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

    /// <summary>Index of a sample rate in the header; below 0 when it has none.</summary>
    public static int IndexOf(int sampleRate) => Rates.IndexOf(sampleRate);

    /// <summary>What a header states; 0 when it cannot be read.</summary>
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

    private static int ReadType(ref BitReader bits) => bits.Read(5) is var type && type == Escape ? 32 + bits.Read(6) : type;

    private static int ReadRate(ref BitReader bits) =>
        bits.Read(4) is var index && index == 15 ? bits.Read(24) : index < Rates.Length ? Rates[index] : 0;
}
