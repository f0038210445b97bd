namespace Recorder.Rtsp.Payloads;

/// <summary>The payload formats that can be received.</summary>
internal static class PayloadFormats
{
    /// <summary>The format of a track, or null if it cannot be received. Parameters that are broken count as missing.</summary>
    /// <param name="encoding">The encoding name of a=rtpmap; empty for a static payload type without one.</param>
    /// <param name="payloadType">The payload type, which means an encoding if it is below 96.</param>
    /// <param name="clockRate">Units of the timestamp in a second; 0 if the description does not say.</param>
    /// <param name="channels">Channels of sound; 0 if the description does not say.</param>
    /// <param name="parameter">The value of a parameter of a=fmtp.</param>
    /// <param name="kind">The kind of the track.</param>
    public static PayloadFormat? Find(
        string encoding, int payloadType, int clockRate, int channels, Func<string, string?> parameter, TrackKind kind)
    {
        return encoding.ToUpperInvariant() switch
        {
            "H264" => H264(Rate(clockRate), parameter),
            "H265" or "HEVC" => H265(Rate(clockRate), parameter),
            _ => null,
        };
    }

    private static PayloadFormat H264(int clockRate, Func<string, string?> parameter)
    {
        var header = parameter.ParameterSets("sprop-parameter-sets", unit => (unit[0] & 31) is H264Syntax.Sps or H264Syntax.Pps or 13 or 15);
        return new PayloadFormat(
            new TrackFormat(TrackKind.Video, "h264", clockRate) { Header = header },
            (buffer, sink) => new H264Depacketizer(buffer, sink));
    }

    private static PayloadFormat H265(int clockRate, Func<string, string?> parameter)
    {
        byte[] Sets(string name, int type) => parameter.ParameterSets(name, unit => ((unit[0] >> 1) & 63) == type);

        var orderNumbers = parameter.Number("sprop-max-don-diff") > 0;
        byte[] header = [.. Sets("sprop-vps", H265Syntax.Vps), .. Sets("sprop-sps", H265Syntax.Sps), .. Sets("sprop-pps", H265Syntax.Pps)];
        return new PayloadFormat(
            new TrackFormat(TrackKind.Video, "hevc", clockRate) { Header = header },
            (buffer, sink) => new H265Depacketizer(buffer, sink, orderNumbers));
    }

    // Video always has a clock of 90 kHz.
    private static int Rate(int clockRate) => clockRate > 0 ? clockRate : 90_000;
}
