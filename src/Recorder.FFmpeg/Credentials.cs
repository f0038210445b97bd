using System.Text.RegularExpressions;

namespace Recorder.FFmpeg;

/// <summary>Takes secrets out of what is logged or shown: user info of URLs, passwords and tokens among their parameters.</summary>
public static partial class Credentials
{
    /// <summary>The text with every secret that can be told apart replaced by ***.</summary>
    public static string Mask(string text)
    {
        if (text.Contains('@', StringComparison.Ordinal))
            text = UserInfo().Replace(text, "://***@");
        if (text.Contains('=', StringComparison.Ordinal))
            text = Parameter().Replace(text, "$1=***");
        if (text.Contains("uthorization", StringComparison.Ordinal))
            text = Header().Replace(text, "$1 ***");
        return text;
    }

    // A password may hold a slash: "user:" that is no port and a later @ count as user info too.
    [GeneratedRegex(@"://(?:[^\s/?#]*@|[^\s/?#:@]+:(?!\d+(?:[/?#\s]|$))[^\s@]*@)", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"\b(pass|passwd|password|passphrase|pwd|token|secret|key|auth|signature|sig)=[^&\s""']*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"(Authorization:)\s*[^\r\n]*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Header();
}
