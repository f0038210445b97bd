using System.Globalization;
using Recorder.Rtsp.Payloads;

namespace Recorder.Rtsp.Sdp;

/// <summary>Brings together the payload types of an m= line with rtpmap and fmtp, which may name others.</summary>
internal static class SdpFormats
{
    // For an attribute that names no payload type.
    private const int NoType = -1;

    public static IReadOnlyList<MediaFormat> Parse(TrackKind kind, ReadOnlySpan<string> words, SdpSection section, SdpSection session)
    {
        var own = Numbered(section, "rtpmap");
        var maps = own.Concat(Numbered(session, "rtpmap")).ToLookup(it => it.Type, it => it.Value);
        var parameters = Numbered(section, "fmtp").ToLookup(it => it.Type, it => it.Value);
        var sharedParameters = Numbered(session, "fmtp").ToLookup(it => it.Type, it => it.Value);

        var types = new List<int>();
        foreach (var word in words)
        {
            if (byte.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var type) && type < 128 && !types.Contains(type))
                types.Add(type);
        }

        // One type of which nothing is known, and maps of others: one of the two is a mistake, and both are taken.
        var isMistaken = types.Count == 1 && !maps.Contains(types[0]) && MediaFormat.WithoutMap(types[0]) is null;
        var isSingle = types.Count <= 1;
        if (types.Count == 0 || isMistaken)
            types.AddRange(own.Select(it => it.Type).Where(it => it != NoType).Distinct().Except(types));

        if (types.Count > MediaDescription.MostFormats)
            throw new RtspException(RtspFault.TooMuch, $"it describes a track of more than {MediaDescription.MostFormats} payload types");

        return [.. types.Select(type =>
        {
            var map = maps[type].FirstOrDefault() ?? (isMistaken && own.Count > 0 ? own[0].Value : null);
            var values = parameters.Contains(type) ? parameters[type]
                : sharedParameters.Contains(type) ? sharedParameters[type]
                : isSingle ? parameters.SelectMany(it => it) : [];
            return Make(kind, type, map, FormatParameters.Parse(values));
        })];
    }

    private static MediaFormat Make(TrackKind kind, int type, string? map, IReadOnlyDictionary<string, string> parameters)
    {
        var parts = (map ?? "").Split('/', StringSplitOptions.TrimEntries);
        if (parts[0].Length == 0)
            return (MediaFormat.WithoutMap(type) ?? new MediaFormat(type, "", UsualClock.Rate(kind, "", parameters), 0)) with { Parameters = parameters };

        var encoding = parts[0].ToUpperInvariant();
        var rate = parts.Length > 1 ? Number(parts[1], 10_000_000) : 0;
        var channels = parts.Length > 2 ? Number(parts[2], 64) : 0;

        // RFC 4566: one channel if nothing is said. Sound that says it in its own header is another matter.
        if (channels == 0 && kind == TrackKind.Audio && encoding is not ("MPEG4-GENERIC" or "MP4A-LATM" or "MPA" or "OPUS"))
            channels = 1;
        return new MediaFormat(type, encoding, rate > 0 ? rate : UsualClock.Rate(kind, encoding, parameters), channels) { Parameters = parameters };
    }

    private static int Number(string text, int most)
    {
        var end = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? text : text.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most
            ? number : 0;
    }

    // 96 H264/90000, also 96H264/90000 and what has no number.
    private static List<(int Type, string Value)> Numbered(SdpSection section, string name)
    {
        var found = new List<(int, string)>();
        foreach (var text in section.All(name))
        {
            var end = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
            var digits = end < 0 ? text : text[..end];
            if (digits.Length == 0)
                found.Add((NoType, text));
            else if (byte.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var type) && type < 128)
                found.Add((type, text[digits.Length..].Trim()));
        }

        return found;
    }
}
