using System.Globalization;
using System.Text.RegularExpressions;

namespace Recorder.Rtsp.Messages;

/// <summary>Where the packets of one track begin after PLAY.</summary>
/// <param name="Url">As the server wrote it, which may be the control URL in another form; empty if missing.</param>
internal sealed partial record RtpInfo(string Url, ushort? Sequence, uint? RtpTime)
{
    private const int MostEntries = 64;

    private static readonly char[] Separators = [';', ':', ' '];

    /// <summary>Parses the RTP-Info header (RFC 2326, 12.33; RFC 7826, 18.45). Never fails.</summary>
    public static IReadOnlyList<RtpInfo> Parse(string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
            return [];

        var starts = EntryStart().Matches(value);
        if (starts.Count == 0)
            return [.. value.Split(',').Take(MostEntries).Select(it => ParseTail("", it)).Where(it => it is not (_, null, null))];

        var entries = new List<RtpInfo>();
        for (var i = 0; i < starts.Count && i < MostEntries; i++)
        {
            var start = starts[i].Index + starts[i].Length;
            entries.Add(ParseEntry(value[start..(i + 1 < starts.Count ? starts[i + 1].Index : value.Length)].Trim()));
        }

        return entries;
    }

    private static RtpInfo ParseEntry(string entry)
    {
        if (entry.StartsWith('"') && entry.IndexOf('"', 1) is var end and > 0)
            return ParseTail(entry[1..end], entry[(end + 1)..]);

        // From the end, as long as there are parameters.
        var url = entry.AsSpan();
        while (url.LastIndexOf(';') is var at and >= 0 && IsParameter(url[(at + 1)..]))
            url = url[..at];

        return ParseTail(url.Trim().ToString(), entry[url.Length..]);
    }

    // URLs hold commas and semicolons, so entries are split where a URL begins and parameters are taken from the end.
    [GeneratedRegex(@"(?:^|,)\s*url\s*=", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex EntryStart();

    private static bool IsParameter(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        return text.IsEmpty || text.StartsWith("seq=", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("rtptime=", StringComparison.OrdinalIgnoreCase) || text.StartsWith("ssrc=", StringComparison.OrdinalIgnoreCase);
    }

    private static RtpInfo ParseTail(string url, string parameters)
    {
        ushort? sequence = null;
        uint? time = null;
        foreach (var parameter in parameters.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (name, text) = QuotedText.Parameter(parameter);
            if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
                continue;

            if (name.Equals("seq", StringComparison.OrdinalIgnoreCase) && number is >= 0 and <= ushort.MaxValue)
                sequence ??= (ushort)number;

            // Some print a signed number.
            if (name.Equals("rtptime", StringComparison.OrdinalIgnoreCase) && number is >= int.MinValue and <= uint.MaxValue)
                time ??= unchecked((uint)number);
        }

        return new RtpInfo(url, sequence, time);
    }
}
