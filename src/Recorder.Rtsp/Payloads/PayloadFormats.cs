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
        if (string.IsNullOrWhiteSpace(encoding))
            (encoding, clockRate, channels) = Static(payloadType);

        encoding = encoding.Trim().ToUpperInvariant();
        var format = VideoFormats.Find(encoding, clockRate, parameter)
            ?? AudioFormats.Find(encoding, clockRate, channels, parameter)
            ?? (encoding == "VND.ONVIF.METADATA" ? Metadata(clockRate) : null);

        return format is null || IsContrary(kind, format.Format.Kind) ? null : format;
    }

    // Sound that calls itself video, or the other way round, cannot be right. Whatever else a camera calls a track says nothing.
    private static bool IsContrary(TrackKind stated, TrackKind found)
        => (stated, found) is (TrackKind.Video, TrackKind.Audio) or (TrackKind.Audio, TrackKind.Video);

    private static PayloadFormat Metadata(int clockRate) => new(
        new TrackFormat(TrackKind.Data, "onvif_metadata", clockRate > 0 ? clockRate : 90_000),
        (buffer, sink) => new MetadataDepacketizer(buffer, sink));

    // Payload types that need no a=rtpmap (RFC 3551 section 6).
    private static (string Encoding, int ClockRate, int Channels) Static(int payloadType) => payloadType switch
    {
        0 => ("PCMU", 8000, 1),
        8 => ("PCMA", 8000, 1),
        9 => ("G722", 8000, 1),
        10 => ("L16", 44_100, 2),
        11 => ("L16", 44_100, 1),
        14 => ("MPA", 90_000, 0),
        26 => ("JPEG", 90_000, 0),
        _ => ("", 0, 0),
    };
}
