using System.Text;
using System.Text.RegularExpressions;

namespace Recorder.FFmpeg;

/// <summary>
/// Masks secrets in text that is logged or shown: the user info of URLs, and passwords, tokens and user names among their
/// parameters. An ambiguous URL is masked too far rather than too little: it loses its host if that could be a part of a
/// password.
/// </summary>
public static partial class Credentials
{
    private const string Hidden = "***";

    /// <summary>Replaces every secret in a text by ***. The text may contain several URLs.</summary>
    public static string Mask(string text)
    {
        if (text.Contains('@', StringComparison.Ordinal))
            text = UserInfo().Replace(text, "://***@");
        if (text.Contains('=', StringComparison.Ordinal))
            text = MaskParameters(text);
        if (text.Contains("uthorization", StringComparison.OrdinalIgnoreCase))
            text = Header().Replace(text, "$1 ***");
        return text;
    }

    private static string MaskParameters(string text)
    {
        var masked = new StringBuilder(text.Length);
        var done = 0;
        for (var equals = text.IndexOf('=', StringComparison.Ordinal); equals >= 0; equals = text.IndexOf('=', Math.Max(equals + 1, done)))
        {
            var name = equals;
            while (name > done && IsOfName(text[name - 1]))
                name--;
            if (!SecretName().IsMatch(text.AsSpan(name, equals - name)))
                continue;
            // In a query, & ends a value. Some cameras join parameters in the path with underscores:
            // /user=admin_password=abc_channel=1.
            var joined = name > 0 && !char.IsWhiteSpace(text[name - 1]) && text[name - 1] is not ('?' or '&' or ';' or '#' or '"' or '\'');
            var end = EndOfValue(text, equals + 1, joined);
            if (end > equals + 1)
            {
                masked.Append(text, done, equals + 1 - done).Append(Hidden);
                done = end;
            }
        }
        return masked.Append(text, done, text.Length - done).ToString();
    }

    private static int EndOfValue(string text, int from, bool joined)
    {
        for (var at = from; at < text.Length; at++)
        {
            var ends = text[at] switch
            {
                '&' or '"' or '<' or '>' => true,
                // A quote ends the value only if it closes a quoted URL: a password may contain one.
                '\'' => at + 1 == text.Length || char.IsWhiteSpace(text[at + 1]) || char.IsPunctuation(text[at + 1]),
                // The recorder's own options follow the URL after #.
                '#' => NextName().IsMatch(text.AsSpan(at + 1)),
                '_' => joined && NextName().IsMatch(text.AsSpan(at + 1)),
                var other => char.IsWhiteSpace(other),
            };
            if (ends)
                return at;
        }
        return text.Length;
    }

    private static bool IsOfName(char c) => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or '%' or '[' or ']';

    // User info reaches to the last @, because a password may contain / ? # and @. An @ belongs to the path only after text that
    // must be a host: a name with a dot, localhost, or an address in brackets.
    [GeneratedRegex(
        @"://(?!@)(?:(?=[^\s/?#]*@)|(?!(?:\[[^\]\s]*\]|localhost|[\w-]+(?:\.[\w-]+)+)(?::\d{0,5})?(?:[/?#\s]|$))(?=[^\s@]*:))\S*@",
        RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();

    [GeneratedRegex(
        @"pass|pwd|psw|secret|token|auth|credential|signature|(?:key|key_?id|user|user[_-]?name|user[_-]?id|usr|login|stream_?id|session_?id|hmac|jwt)$"
        + @"|(?:^|[_.\-\[])(?:sig|sign|pw|psk|sid|pin|cred)\]?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"^[A-Za-z]\w*=", RegexOptions.CultureInvariant)]
    private static partial Regex NextName();

    [GeneratedRegex(@"(Authorization:)\s*[^\r\n]*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Header();
}
