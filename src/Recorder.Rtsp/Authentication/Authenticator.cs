using System.Security.Cryptography;
using Recorder.Rtsp.Messages;

namespace Recorder.Rtsp.Authentication;

internal enum ChallengeOutcome
{
    Unknown = 0,
    /// <summary>The request should be sent again, with the header that <see cref="Authenticator.Authorize"/> now gives.</summary>
    SendAgain = 1,
    /// <summary>There are no credentials.</summary>
    NoCredentials = 2,
    /// <summary>The server does not accept the user name or the password. Asking again may lock the user out.</summary>
    Refused = 3,
    /// <summary>The server wants something that this client does not know.</summary>
    Unsupported = 4,
}

/// <summary>Answers the challenges of one server. Requests go out one at a time: for each response of 401 the caller asks <see
/// cref="Challenged"/>, for each other <see cref="Accepted"/>.</summary>
/// <param name="credentials">Null for none.</param>
/// <param name="cnonce">Makes a random word in hexadecimal for each new nonce; <see cref="RandomWord"/>.</param>
internal sealed class Authenticator(Credentials? credentials, Func<string> cnonce)
{
    private Challenge? _challenge;
    private string _cnonce = "";
    private int _count;

    // Answers that were refused since one was accepted.
    private int _refusals;

    // Whether an answer to this challenge, and whether one to any was accepted.
    private bool _hasAnswered;
    private bool _wasAccepted;

    public static string RandomWord() => RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>The Authorization header for the next request; null as long as the server did not ask. A nonce counts how often this is
    /// called.</summary>
    public string? Authorize(string method, string url)
    {
        if (_challenge is null || credentials is null)
            return null;

        _hasAnswered = true;
        return _challenge.Scheme == AuthenticationScheme.Basic
            ? DigestAnswer.Basic(credentials)
            : DigestAnswer.Digest(_challenge, credentials, method, url, ++_count, _cnonce);
    }

    /// <summary>A response came that is not 401.</summary>
    public void Accepted()
    {
        _refusals = 0;
        _wasAccepted |= _hasAnswered;
    }

    /// <summary>A response of 401 came.</summary>
    public ChallengeOutcome Challenged(RtspHeaders headers)
    {
        var challenge = Challenge.Strongest(ChallengeParser.Parse(headers.All("WWW-Authenticate")));
        if (credentials is null)
            return ChallengeOutcome.NoCredentials;

        if (challenge is null)
            return ChallengeOutcome.Unsupported;

        if (_hasAnswered)
        {
            // A new nonce after a success is an old one that expired, whether the server says stale or not. Before a success it is how
            // many cameras refuse.
            var isNew = challenge.Nonce != _challenge?.Nonce;
            var isExpired = challenge.IsStale || (isNew && _wasAccepted);
            if (!isExpired || _refusals > 0)
                return ChallengeOutcome.Refused;
            _refusals++;
        }

        if (challenge.Nonce != _challenge?.Nonce)
            (_cnonce, _count) = (cnonce(), 0);

        (_challenge, _hasAnswered) = (challenge, false);
        return ChallengeOutcome.SendAgain;
    }
}
