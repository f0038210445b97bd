namespace Recorder.Rtsp.Authentication;

/// <summary>Parses WWW-Authenticate headers, each of which may hold several challenges. Never fails.</summary>
internal static class ChallengeParser
{
    private const int MostChallenges = 16;

    public static IReadOnlyList<Challenge> Parse(IEnumerable<string> headers)
    {
        var challenges = new List<Challenge>();
        foreach (var header in headers)
            Parse(header, challenges);
        return challenges;
    }

    private static void Parse(string header, List<Challenge> challenges)
    {
        var text = header.AsSpan();
        var scheme = "";
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (!(text = text.TrimStart(", \t")).IsEmpty && challenges.Count < MostChallenges)
        {
            var end = text.IndexOfAny(" \t,=\"");
            var word = end < 0 ? text : text[..end];
            if (word.IsEmpty)
            {
                text = text[1..];
                continue;
            }

            var behind = text[word.Length..].TrimStart();
            if (behind is ['=', ..])
            {
                behind = behind[1..].TrimStart();
                parameters.TryAdd(word.ToString(), ReadValue(ref behind));
            }
            else
            {
                Add(challenges, scheme, parameters);
                (scheme, parameters) = (word.ToString(), new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase));
            }

            text = behind;
        }

        Add(challenges, scheme, parameters);
    }

    private static string ReadValue(ref ReadOnlySpan<char> text)
    {
        if (text is not ['"', ..])
        {
            var end = text.IndexOfAny(", \t");
            var word = end < 0 ? text : text[..end];
            text = text[word.Length..];
            return word.ToString();
        }

        // Only quotes and backslashes are escaped: a realm such as IP\Camera has a backslash of its own.
        var value = new System.Text.StringBuilder();
        var i = 1;
        for (; i < text.Length && text[i] != '"'; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is '"' or '\\')
                i++;
            value.Append(text[i]);
        }

        text = text[Math.Min(i + 1, text.Length)..];
        return value.ToString();
    }

    private static void Add(List<Challenge> challenges, string name, Dictionary<string, string> parameters)
    {
        if (name.Length == 0)
            return;

        var scheme = name.Equals("Digest", StringComparison.OrdinalIgnoreCase) ? AuthenticationScheme.Digest
            : name.Equals("Basic", StringComparison.OrdinalIgnoreCase) ? AuthenticationScheme.Basic : AuthenticationScheme.Unknown;
        var isDigest = scheme == AuthenticationScheme.Digest;
        var nonce = parameters.GetValueOrDefault("nonce", "");
        var algorithmText = parameters.GetValueOrDefault("algorithm");
        var algorithm = isDigest ? ParseAlgorithm(algorithmText) : DigestAlgorithm.Unknown;
        var qops = parameters.GetValueOrDefault("qop", "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var hasAuth = qops.Contains("auth", StringComparer.OrdinalIgnoreCase);
        challenges.Add(new Challenge(scheme, parameters.GetValueOrDefault("realm", ""))
        {
            Nonce = nonce,
            Opaque = parameters.GetValueOrDefault("opaque"),
            Algorithm = algorithm,
            AlgorithmText = algorithmText,
            HasQop = hasAuth,
            IsStale = parameters.GetValueOrDefault("stale", "").Equals("true", StringComparison.OrdinalIgnoreCase),
            CanBeAnswered = isDigest
                ? algorithm != DigestAlgorithm.Unknown && nonce.Length > 0 && (hasAuth || qops.Length == 0)
                : scheme == AuthenticationScheme.Basic,
        });
    }

    private static DigestAlgorithm ParseAlgorithm(string? text) => (text ?? "").Trim().ToUpperInvariant() switch
    {
        "" or "MD5" => DigestAlgorithm.Md5,
        "MD5-SESS" => DigestAlgorithm.Md5Session,
        "SHA-256" or "SHA256" => DigestAlgorithm.Sha256,
        "SHA-256-SESS" or "SHA256-SESS" => DigestAlgorithm.Sha256Session,
        _ => DigestAlgorithm.Unknown,
    };
}
