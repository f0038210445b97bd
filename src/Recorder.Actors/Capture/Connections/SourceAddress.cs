using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Recorder.Actors.Capture;

/// <summary>A URL, split where FFmpeg splits it, so that the checked host is the one that is connected to. The user info has its
/// @; an IPv6 host has no brackets.</summary>
internal sealed partial record SourceAddress(string Scheme, string UserInfo, string Host, int? Port, string Rest)
{
    public int PortOrDefault => Port ?? Scheme switch
    {
        "https" or "rtmps" => 443,
        "rtsp" => 554,
        "rtsps" => 322,
        "rtmp" => 1935,
        _ => 80,
    };

    public string BracketedHost => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;

    /// <summary>The problem contains no secrets.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out SourceAddress? address, [NotNullWhen(false)] out string? problem)
    {
        address = null;
        problem = "it is not a URL";
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme <= 0)
            return false;

        var begin = scheme + 3;
        var end = text.IndexOfAny(['/', '?', '#'], begin);
        var authority = end < 0 ? text[begin..] : text[begin..end];
        var at = authority.LastIndexOf('@') + 1;
        var match = HostPattern().Match(authority[at..]);
        if (!match.Success)
        {
            problem = "its host is not a name or address: write letters, digits, dots and hyphens, or an IPv6 address in brackets";
            return false;
        }

        int? port = null;
        if (match.Groups["port"] is { Success: true } written)
        {
            if (!int.TryParse(written.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65535)
            {
                problem = $"'{written.Value}' is not a port: write a number from 1 to 65535";
                return false;
            }

            port = number;
        }

        var host = match.Groups["host"].Value.TrimEnd('.').ToLowerInvariant();
        problem = "it has no host";
        if (host.Length == 0)
            return false;

        address = new SourceAddress(text[..scheme].ToLowerInvariant(), authority[..at], host, port, end < 0 ? "" : text[end..]);
        problem = null;
        return true;
    }

    public override string ToString() =>
        $"{Scheme}://{UserInfo}{BracketedHost}{(Port is { } port ? ":" + port.ToString(CultureInfo.InvariantCulture) : "")}{Rest}";

    public IEnumerable<(string Name, string Value)> Query()
    {
        var mark = Rest.IndexOf('?', StringComparison.Ordinal);
        foreach (var part in mark < 0 ? [] : Rest[(mark + 1)..].Split('&', '?', ';'))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            yield return equals < 0 ? (part, "") : (part[..equals], part[(equals + 1)..]);
        }
    }

    [GeneratedRegex(@"^(?:\[(?<host>[0-9A-Fa-f:.]+)\]|(?<host>[A-Za-z0-9._-]+))(?::(?<port>\d*))?$", RegexOptions.CultureInvariant)]
    private static partial Regex HostPattern();
}
