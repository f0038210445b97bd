using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Recorder.Rtsp.Tests.Sessions;

/// <summary>How the scripted camera asks for a password, admin:s3cret, and checks it.</summary>
internal sealed partial class CameraPassword(params string[] challenges)
{
    private int _nonce;

    /// <summary>Whether no password is right.</summary>
    public bool IsOther { get; set; }

    public int Attempts { get; private set; }

    /// <summary>Ends the validity of the nonce.</summary>
    public void Expire() => _nonce++;

    /// <summary>The answer to a request without the right password; null for one with it.</summary>
    public byte[]? Refuse(CameraRequest request)
    {
        var authorization = request["Authorization"];
        if (authorization is not null)
            Attempts++;

        var nonce = string.Create(CultureInfo.InvariantCulture, $"n{_nonce}");
        return authorization is not null && !IsOther && IsRight(authorization, request.Method, request.Url, nonce)
            ? null
            : request.Answer(401, "Unauthorized", [.. challenges.Select(it => $"WWW-Authenticate: {it.Replace("NONCE", nonce, StringComparison.Ordinal)}")]);
    }

    private static bool IsRight(string authorization, string method, string url, string nonce)
    {
        if (authorization.StartsWith("Basic ", StringComparison.Ordinal))
            return Encoding.UTF8.GetString(Convert.FromBase64String(authorization[6..])) == "admin:s3cret";

        var fields = Fields().Matches(authorization).ToDictionary(it => it.Groups[1].Value, it => it.Groups[2].Value.Trim('"'));
        var algorithm = fields.GetValueOrDefault("algorithm", "MD5");
        var first = Hash($"admin:{fields["realm"]}:s3cret", algorithm);
        if (algorithm.EndsWith("-sess", StringComparison.Ordinal))
            first = Hash($"{first}:{fields["nonce"]}:{fields["cnonce"]}", algorithm);

        var second = Hash($"{method}:{fields["uri"]}", algorithm);
        var middle = fields.ContainsKey("qop") ? $"{fields["nonce"]}:{fields["nc"]}:{fields["cnonce"]}:auth" : fields["nonce"];
        return fields["nonce"] == nonce && fields["uri"] == url && fields["response"] == Hash($"{first}:{middle}:{second}", algorithm);
    }

    [SuppressMessage("Security", "CA5351", Justification = "Cameras use it.")]
    private static string Hash(string text, string algorithm)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        return Convert.ToHexStringLower(algorithm.StartsWith("SHA-256", StringComparison.Ordinal) ? SHA256.HashData(bytes) : MD5.HashData(bytes));
    }

    [GeneratedRegex("(\\w+)=(\"[^\"]*\"|[^,\\s]+)")]
    private static partial Regex Fields();
}
