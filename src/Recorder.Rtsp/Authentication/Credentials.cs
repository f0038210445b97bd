using Recorder.Rtsp.Messages;

namespace Recorder.Rtsp.Authentication;

/// <summary>A user name and a password, which no text or message of this shows.</summary>
internal sealed class Credentials(string user, string password)
{
    public string User => user;

    public string Password => password;

    /// <summary>What a URL names before its host, percent-decoded; null if it names nothing.</summary>
    public static Credentials? Of(RtspUrl url)
    {
        if (string.IsNullOrEmpty(url.UserInfo()))
            return null;

        var text = url.UserInfo()!;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? new Credentials(Uri.UnescapeDataString(text), "")
            : new Credentials(Uri.UnescapeDataString(text[..colon]), Uri.UnescapeDataString(text[(colon + 1)..]));
    }

    public override string ToString() => "credentials";
}
