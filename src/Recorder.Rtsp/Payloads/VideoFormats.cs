namespace Recorder.Rtsp.Payloads;

internal static class VideoFormats
{
    /// <param name="encoding">In capital letters.</param>
    public static PayloadFormat? Find(string encoding, int clockRate, Func<string, string?> parameter)
    {
        var rate = clockRate > 0 ? clockRate : 90_000;
        return encoding switch
        {
            "H264" => H264(rate, parameter),
            "H265" or "HEVC" => H265(rate, parameter),
            "JPEG" => Jpeg(rate, parameter),
            "AV1" => Av1(rate),
            _ => null,
        };
    }

    private static PayloadFormat Jpeg(int clockRate, Func<string, string?> parameter)
    {
        var (width, height) = (Pixels(parameter.Number("width")), Pixels(parameter.Number("height")));
        return new PayloadFormat(
            new TrackFormat(TrackKind.Video, "mjpeg", clockRate), (buffer, sink) => new JpegDepacketizer(buffer, sink, width, height));
    }

    private static int Pixels(int? length) => length is > 0 and <= ushort.MaxValue ? length.Value : 0;

    private static PayloadFormat Av1(int clockRate)
        => new(new TrackFormat(TrackKind.Video, "av1", clockRate), (buffer, sink) => new Av1Depacketizer(buffer, sink));

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
}
