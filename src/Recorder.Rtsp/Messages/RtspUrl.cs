using System.Globalization;
using System.Text;

namespace Recorder.Rtsp.Messages;

/// <summary>The address of a stream, and the rules by which the URLs of requests are made. System.Uri is not used: it changes what
/// cameras compare byte by byte.</summary>
/// <param name="Host">A name or an address; IPv6 without brackets.</param>
/// <param name="IsTls">rtsps.</param>
/// <param name="Request">What goes into requests: without user info, and in ASCII.</param>
internal sealed record RtspUrl(string Host, int Port, bool IsTls, string Request)
{
    // As it was written, still percent-encoded. Not a property, so that no record's text shows it.
    private string? _userInfo;

    /// <summary>user:password as it was written; null for none.</summary>
    public string? UserInfo() => _userInfo;

    /// <exception cref="RtspException">Malformed. The message does not repeat the URL.</exception>
    public static RtspUrl Parse(string text)
    {
        text = text.Trim();
        var isTls = text.StartsWith("rtsps://", StringComparison.OrdinalIgnoreCase);
        if (!isTls && !text.StartsWith("rtsp://", StringComparison.OrdinalIgnoreCase))
            throw new RtspException(RtspFault.Malformed, "the URL does not begin with rtsp:// or rtsps://");

        var request = WithoutUserInfo(text, out var userInfo);
        var authority = request[Authority(request)];
        var colon = authority.LastIndexOf(':');
        var port = isTls ? 322 : 554;
        if (colon > authority.LastIndexOf(']'))
        {
            var digits = authority[(colon + 1)..];
            if (digits.Length > 0 && (!ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || (port = number) == 0))
                throw new RtspException(RtspFault.Malformed, "the URL has a port that is no number from 1 to 65535");
            authority = authority[..colon];
        }

        var host = authority is ['[', .., ']'] ? authority[1..^1] : authority;
        return host.Length == 0
            ? throw new RtspException(RtspFault.Malformed, "the URL names no host")
            : new RtspUrl(host, port, isTls, Escape(request, Encoding.UTF8)) { _userInfo = userInfo };
    }

    /// <summary>The URL that the control attributes of a description are relative to (RFC 2326, C.1.1). Without the headers that say so,
    /// a session's absolute control attribute is better than the URL that was asked for.</summary>
    public static string Base(RtspHeaders headers, string requestUrl, string? sessionControl)
    {
        foreach (var name in (string[])["Content-Base", "Content-Location"])
        {
            var text = headers[name]?.Trim().Trim('"') ?? "";
            if (IsAbsolute(text))
                return WithoutUserInfo(Escape(text, Encoding.Latin1), out _);
            if (text.StartsWith('/'))
                return requestUrl[..Authority(requestUrl).End.Value] + Escape(text, Encoding.Latin1);
        }

        return IsAbsolute(sessionControl ?? "") ? Join(requestUrl, sessionControl) : requestUrl;
    }

    /// <summary>The URL of a control attribute. As FFmpeg, live555 and gortsplib do, what is relative is appended, also behind a query:
    /// cameras expect that, whatever RFC 3986 says. A host that differs from the one that is connected, such as behind NAT, stays: the
    /// camera compares it with what it said.</summary>
    /// <param name="control">Null, empty and * mean the base URL.</param>
    public static string Join(string baseUrl, string? control)
    {
        control = Escape(control?.Trim() ?? "", Encoding.UTF8);
        if (control.Length == 0 || control == "*")
            return baseUrl;

        if (IsAbsolute(control))
            return WithoutUserInfo(control, out _);

        if (control[0] == '/')
        {
            // A whole path repeats the path of the base.
            var end = Authority(baseUrl).End.Value;
            var path = baseUrl.AsSpan(end).TrimEnd('/');
            if (path.Length > 1 && control.StartsWith(path, StringComparison.Ordinal) && control.Length > path.Length)
                return baseUrl[..end] + control;
        }

        if (control[0] == '?' || (baseUrl.EndsWith('/') != (control[0] == '/')))
            return baseUrl + control;

        return control[0] == '/' ? baseUrl + control[1..] : $"{baseUrl}/{control}";
    }

    private static bool IsAbsolute(string text) =>
        text.StartsWith("rtsp://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("rtsps://", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("rtspu://", StringComparison.OrdinalIgnoreCase);

    // The last @ counts: passwords hold that character, too.
    private static string WithoutUserInfo(string url, out string? userInfo)
    {
        var authority = Authority(url);
        var at = url[authority].LastIndexOf('@');
        userInfo = at < 0 ? null : url.Substring(authority.Start.Value, at);
        return at < 0 ? url : url.Remove(authority.Start.Value, at + 1);
    }

    private static Range Authority(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal) is var at and >= 0 ? at + 3 : 0;
        var length = url.AsSpan(start).IndexOfAny('/', '?', '#');
        return start..(length < 0 ? url.Length : start + length);
    }

    // Only what would break a request line: cameras do not decode, so nothing else is touched.
    private static string Escape(string url, Encoding encoding)
    {
        if (url.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0)
            return url;

        var escaped = new StringBuilder(url.Length + 16);
        foreach (var value in encoding.GetBytes(url))
        {
            if (value is > (byte)' ' and < 0x7f)
                escaped.Append((char)value);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
        }

        return escaped.ToString();
    }
}
