using Recorder.Rtsp.Payloads;

namespace Recorder.Rtsp.Sdp;

/// <summary>The clock rate of an encoding whose rtpmap states none, or zero.</summary>
internal static class UsualClock
{
    // ISO 14496-3, 1.6.3.4.
    private static readonly int[] AacRates = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

    public static int Rate(TrackKind kind, string encoding, IReadOnlyDictionary<string, string> parameters) => encoding switch
    {
        "OPUS" => 48000,
        "L16" or "L24" => 44100,
        "MPA" or "MP2T" => 90000,
        "MPEG4-GENERIC" => AacRate(parameters),
        _ => kind == TrackKind.Audio ? 8000 : 90000,
    };

    // The AudioSpecificConfig begins with 5 bits of object type and 4 bits that choose the rate.
    private static int AacRate(IReadOnlyDictionary<string, string> parameters)
    {
        var config = parameters.GetValueOrDefault("config", "");
        if (config.Length < 4 || !config.AsSpan(0, 4).ContainsOnlyHex())
            return AacRates[8];

        var index = (Convert.ToInt32(config[..4], 16) >> 7) & 15;
        return index < AacRates.Length ? AacRates[index] : AacRates[8];
    }

    private static bool ContainsOnlyHex(this ReadOnlySpan<char> text)
    {
        foreach (var digit in text)
        {
            if (!char.IsAsciiHexDigit(digit))
                return false;
        }

        return true;
    }
}
