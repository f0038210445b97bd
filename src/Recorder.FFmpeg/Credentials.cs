using System.Text;
using System.Text.RegularExpressions;

namespace Recorder.FFmpeg;

/// <summary>
/// Takes secrets out of what is logged or shown: user info of URLs, passwords, tokens and user names among their parameters. In doubt it
/// takes out more: a URL that cannot be told from one with a password in it loses its host.
/// </summary>
public static partial class Credentials
{
    private const string Hidden = "***";

    /// <summary>The text, which may hold several URLs, with every secret that can be told apart replaced by ***.</summary>
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
            // Between & and & everything is the value; in a path, cameras join with underscores: /user=admin_password=abc_channel=1.
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
            var over = text[at] switch
            {
                '&' or '"' or '<' or '>' => true,
                // The quote around a whole URL, not one in a password.
                '\'' => at + 1 == text.Length || char.IsWhiteSpace(text[at + 1]) || char.IsPunctuation(text[at + 1]),
                // Our options behind the URL.
                '#' => NextName().IsMatch(text.AsSpan(at + 1)),
                '_' => joined && NextName().IsMatch(text.AsSpan(at + 1)),
                var other => char.IsWhiteSpace(other),
            };
            if (over)
                return at;
        }
        return text.Length;
    }

    private static bool IsOfName(char c) => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or '%' or '[' or ']';

    // Up to the last @: a password may hold / ? # @ as well. Only behind what must be a host (with a dot, in brackets) an @ is of the path.
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
