using System.Globalization;
using System.Text;

namespace Recorder.Rtsp.Messages;

/// <summary>Parses the head of a message: what is before the body.</summary>
internal static class RtspHead
{
    public const int MostHeaders = 256;

    /// <param name="head">With or without the blank line that ends it.</param>
    /// <exception cref="RtspException">Malformed or TooMuch.</exception>
    public static RtspMessage Parse(ReadOnlySpan<byte> head)
    {
        var start = Text(NextLine(ref head)).Trim();
        var headers = new List<RtspHeader>();
        string? name = null;
        var value = new StringBuilder();
        while (!head.IsEmpty)
        {
            var line = NextLine(ref head);
            if (line.IsEmpty)
                break;

            var text = Text(line);
            if (text[0] is ' ' && name is not null)
            {
                value.Append(' ').Append(text.AsSpan().Trim());
                continue;
            }

            Add(headers, name, value);
            name = null;
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
                continue;

            name = text[..colon].Trim();
            value.Append(text.AsSpan(colon + 1).Trim());
        }

        Add(headers, name, value);
        return Parse(start, new RtspHeaders(headers));
    }

    /// <summary>The length of the body that follows a head.</summary>
    /// <exception cref="RtspException">Malformed.</exception>
    public static long BodyLength(RtspMessage message)
    {
        if (message.Headers["Content-Length"] is not { } text)
            return 0;

        return long.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var length)
            ? length
            : throw new RtspException(RtspFault.Malformed, "it sends a message whose Content-Length is no number");
    }

    public static bool IsVersion(ReadOnlySpan<char> text) => text.StartsWith("RTSP/", StringComparison.OrdinalIgnoreCase);

    private static RtspMessage Parse(string start, RtspHeaders headers)
    {
        var space = start.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0)
            throw new RtspException(RtspFault.Malformed, "it sends a message without a start line");

        if (IsVersion(start))
        {
            var rest = start.AsSpan(space).TrimStart();
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits < 0)
                digits = rest.Length;

            return digits == 3 && rest[0] != '0'
                ? new RtspResponse(int.Parse(rest[..3], CultureInfo.InvariantCulture), rest[3..].Trim().ToString(), start[..space], headers)
                : throw new RtspException(RtspFault.Malformed, "it sends a response without a status");
        }

        var last = start.LastIndexOf(' ');
        return last > space && IsVersion(start.AsSpan(last + 1))
            ? new RtspRequest(start[..space], start[(space + 1)..last].Trim(), start[(last + 1)..], headers)
            : throw new RtspException(RtspFault.Malformed, "it sends a request without a version");
    }

    private static void Add(List<RtspHeader> headers, string? name, StringBuilder value)
    {
        if (name is null)
            return;

        if (headers.Count == MostHeaders)
            throw new RtspException(RtspFault.TooMuch, $"it sends a message of more than {MostHeaders} headers");

        headers.Add(new RtspHeader(name, value.ToString()));
        value.Clear();
    }

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)'\n');
        var line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return line.TrimEnd((byte)'\r');
    }

    // A single CR or NUL inside a value must not come back in a request of ours.
    private static string Text(ReadOnlySpan<byte> line) => string.Create(line.Length, line, static (text, line) =>
    {
        for (var i = 0; i < line.Length; i++)
            text[i] = line[i] is < 0x20 or 0x7f ? ' ' : (char)line[i];
    });
}
