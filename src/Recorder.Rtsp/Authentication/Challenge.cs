namespace Recorder.Rtsp.Authentication;

internal enum AuthenticationScheme
{
    Unknown = 0,
    Basic = 1,
    Digest = 2,
}

internal enum DigestAlgorithm
{
    /// <summary>One that this client does not know, or none because the scheme is another.</summary>
    Unknown = 0,
    Md5 = 1,
    Md5Session = 2,
    Sha256 = 3,
    Sha256Session = 4,
}

/// <summary>What a server wants to see (RFC 7616, 3.3; RFC 7617). Each char is a byte, as in headers.</summary>
internal sealed record Challenge(AuthenticationScheme Scheme, string Realm)
{
    public string Nonce { get; init; } = "";

    public string? Opaque { get; init; }

    public DigestAlgorithm Algorithm { get; init; }

    /// <summary>The algorithm as the server wrote it; null if it did not.</summary>
    public string? AlgorithmText { get; init; }

    /// <summary>Whether the answer has a nonce count: qop=auth.</summary>
    public bool HasQop { get; init; }

    /// <summary>The nonce that was used is too old; the password was right.</summary>
    public bool IsStale { get; init; }

    /// <summary>Whether this client can answer.</summary>
    public bool CanBeAnswered { get; init; }

    /// <summary>The one to answer: SHA-256 before MD5, and Basic only where no Digest is offered, so that a password is not sent in clear
    /// to a server that can do better. Null if none can be answered.</summary>
    public static Challenge? Strongest(IReadOnlyList<Challenge> challenges)
    {
        var offersDigest = challenges.Any(it => it.Scheme == AuthenticationScheme.Digest);
        return challenges.Where(it => it.CanBeAnswered && (it.Scheme == AuthenticationScheme.Digest || !offersDigest))
            .MaxBy(it => it.Algorithm is DigestAlgorithm.Sha256 or DigestAlgorithm.Sha256Session ? 1 : 0);
    }
}
