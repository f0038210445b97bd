using System.Buffers;
using System.Globalization;
using Recorder.Rtsp.Payloads;

namespace Recorder.Rtsp.Sdp;

/// <summary>Makes a <see cref="MediaDescription"/> of the lines of its section.</summary>
internal static class SdpMedia
{
    private const double MostFrameRate = 1000;
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    /// <param name="session">Whose attributes count where the media has none of its own.</param>
    /// <exception cref="RtspException">TooMuch.</exception>
    public static MediaDescription Parse(SdpSection section, SdpSection session)
    {
        var words = section.MediaLine!.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var kind = words is [var word, ..] ? ParseKind(word) : TrackKind.Unknown;
        var isVideo = kind == TrackKind.Video;
        return new MediaDescription(kind, words.Length > 1 ? ParsePort(words[1]) : 0, words.Length > 2 ? words[2] : "")
        {
            Formats = SdpFormats.Parse(kind, words.AsSpan(Math.Min(3, words.Length)), section, session),
            Control = section.First("control"),
            Connection = section.Connection ?? session.Connection,
            Direction = ParseDirection(section) is var own and not MediaDirection.Unknown ? own : ParseDirection(session),
            FrameRate = isVideo ? ParseFrameRate(section) is var rate and > 0 ? rate : ParseFrameRate(session) : 0,
            Size = isVideo ? ParseSize(section) ?? ParseSize(session) : null,
            Language = section.First("lang") ?? session.First("lang"),
        };
    }

    private static TrackKind ParseKind(string word) => word.ToUpperInvariant() switch
    {
        "VIDEO" => TrackKind.Video,
        "AUDIO" => TrackKind.Audio,
        "APPLICATION" or "METADATA" or "TEXT" or "DATA" => TrackKind.Data,
        _ => TrackKind.Unknown,
    };

    // 49170/2 is a port and how many pairs follow it.
    private static int ParsePort(string word) =>
        ushort.TryParse(word.Split('/')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : 0;

    private static MediaDirection ParseDirection(SdpSection section) =>
        section.First("sendonly") is not null ? MediaDirection.SendOnly
        : section.First("recvonly") is not null ? MediaDirection.ReceiveOnly
        : section.First("sendrecv") is not null ? MediaDirection.SendReceive
        : section.First("inactive") is not null ? MediaDirection.Inactive
        : MediaDirection.Unknown;

    // 25, 29.97, 30000/1001, 25fps, 0S.
    private static double ParseFrameRate(SdpSection section)
    {
        var parts = (section.First("framerate") ?? section.First("x-framerate") ?? "").Split('/');
        var rate = LeadingNumber(parts[0]) / (parts.Length > 1 ? LeadingNumber(parts[1]) : 1);
        return rate is > 0 and <= MostFrameRate ? rate : 0;
    }

    private static double LeadingNumber(string text)
    {
        var end = text.AsSpan().IndexOfAnyExcept(Digits);
        return double.TryParse(end < 0 ? text : text.AsSpan(0, end), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number : 0;
    }

    // a=x-dimensions:1920,1080 or a=framesize:96 1920-1080.
    private static FrameSize? ParseSize(SdpSection section) =>
        (section.First("x-dimensions") is { } dimensions ? ParseSize(dimensions.Split(',')) : null)
        ?? (section.First("framesize")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var size, ..] ? ParseSize(size.Split('-', 'x')) : null);

    private static FrameSize? ParseSize(string[] numbers) =>
        numbers is [var first, var second, ..]
        && ushort.TryParse(first, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var width)
        && ushort.TryParse(second, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var height)
        && width > 0 && height > 0 ? new FrameSize(width, height) : null;
}
