using System.Collections.Frozen;

namespace Recorder.Rtsp.Sdp;

/// <summary>What the packets of a payload type hold.</summary>
/// <param name="PayloadType">0 to 127.</param>
/// <param name="Encoding">The name of rtpmap in upper case, such as H264 or MPEG4-GENERIC; empty if unknown.</param>
/// <param name="ClockRate">Units of the RTP timestamp in a second. What is usual, if the server states none.</param>
/// <param name="Channels">Channels of sound; 0 if not stated.</param>
internal sealed record MediaFormat(int PayloadType, string Encoding, int ClockRate, int Channels)
{
    /// <summary>Of fmtp. Names are compared without case; a word without an equals sign has an empty value.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = FrozenDictionary<string, string>.Empty;

    // RFC 3551, 6.
    private static readonly FrozenDictionary<int, MediaFormat> Static = new MediaFormat[]
    {
        new(0, "PCMU", 8000, 1),
        new(3, "GSM", 8000, 1),
        new(4, "G723", 8000, 1),
        new(8, "PCMA", 8000, 1),
        new(9, "G722", 8000, 1),
        new(10, "L16", 44100, 2),
        new(11, "L16", 44100, 1),
        new(14, "MPA", 90000, 0),
        new(18, "G729", 8000, 1),
        new(26, "JPEG", 90000, 0),
        new(31, "H261", 90000, 0),
        new(32, "MPV", 90000, 0),
        new(33, "MP2T", 90000, 0),
        new(34, "H263", 90000, 0),
    }.ToFrozenDictionary(it => it.PayloadType);

    /// <summary>The format that a payload type has without an rtpmap; null for none.</summary>
    public static MediaFormat? WithoutMap(int payloadType) => Static.GetValueOrDefault(payloadType);
}
