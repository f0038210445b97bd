using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Recorder.Rtsp.Authentication;

/// <summary>Computes Authorization headers.</summary>
internal static class DigestAnswer
{
    /// <param name="count">How often the nonce was used, with this time.</param>
    /// <param name="uri">The URL of the request line.</param>
    /// <returns>Chars that are bytes, as in headers.</returns>
    public static string Digest(Challenge challenge, Credentials credentials, string method, string uri, int count, string cnonce)
    {
        var isSession = challenge.Algorithm is DigestAlgorithm.Md5Session or DigestAlgorithm.Sha256Session;
        var isSha256 = challenge.Algorithm is DigestAlgorithm.Sha256 or DigestAlgorithm.Sha256Session;
        var user = Bytes(credentials.User);
        var nonceCount = count.ToString("x8", CultureInfo.InvariantCulture);

        var first = Hash($"{user}:{challenge.Realm}:{Bytes(credentials.Password)}", isSha256);
        if (isSession)
            first = Hash($"{first}:{challenge.Nonce}:{cnonce}", isSha256);

        var second = Hash($"{method}:{uri}", isSha256);
        var response = Hash(
            challenge.HasQop ? $"{first}:{challenge.Nonce}:{nonceCount}:{cnonce}:auth:{second}" : $"{first}:{challenge.Nonce}:{second}", isSha256);

        var text = new StringBuilder("Digest username=").Append(Quote(user)).Append(", realm=").Append(Quote(challenge.Realm))
            .Append(", nonce=").Append(Quote(challenge.Nonce)).Append(", uri=").Append(Quote(uri)).Append(", response=").Append(Quote(response));
        if (challenge.AlgorithmText is not null)
            text.Append(", algorithm=").Append(Name(challenge.Algorithm));
        if (challenge.Opaque is not null)
            text.Append(", opaque=").Append(Quote(challenge.Opaque));
        if (challenge.HasQop)
            text.Append(", qop=auth, nc=").Append(nonceCount);
        if (challenge.HasQop || isSession)
            text.Append(", cnonce=").Append(Quote(cnonce));
        return text.ToString();
    }

    public static string Basic(Credentials credentials) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credentials.User}:{credentials.Password}"));

    private static string Name(DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Md5Session => "MD5-sess",
        DigestAlgorithm.Sha256 => "SHA-256",
        DigestAlgorithm.Sha256Session => "SHA-256-sess",
        _ => "MD5",
    };

    // Cameras take UTF-8, whether they say charset=UTF-8 or not.
    private static string Bytes(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string Hash(string text, bool isSha256)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
#pragma warning disable CA5351 // most cameras offer nothing better than MD5
        return Convert.ToHexStringLower(isSha256 ? SHA256.HashData(bytes) : MD5.HashData(bytes));
#pragma warning restore CA5351
    }
}
