using System.Security.Cryptography;
using System.Text;

namespace Recorder.Node.Security;

/// <summary>A request that another node of the cluster sent on, for somebody who asked there.</summary>
/// <param name="Node">That node.</param>
internal sealed record PeerRequest(string Node);

/// <summary>
/// What one node tells another about who asks: sealed by a key that only nodes of the cluster have, for one request and a short time by the clock of the
/// node that is asked. A request so sealed is not sent on again: no two nodes can send one back and forth. A body is not sealed; TLS protects it.
/// </summary>
internal sealed class PeerSeal(byte[]? key, string node, TimeProvider time)
{
    public const string Header = "Recorder-Peer";

    /// <summary>In the answer to a seal that is out of time: the clock of the node that was asked, in milliseconds since 1970.</summary>
    public const string TimeHeader = "Recorder-Peer-Time";

    // A request may wait for its turn.
    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(2);

    /// <summary>Seals who asks into a header.</summary>
    /// <param name="method">Of the request.</param>
    /// <param name="pathAndQuery">Of the request.</param>
    /// <param name="access">Who asks.</param>
    /// <param name="ahead">By how much the other node's clock is ahead of this node's.</param>
    public string Seal(string method, string pathAndQuery, Access access, TimeSpan ahead = default)
    {
        var at = (time.GetUtcNow() + ahead).ToUnixTimeMilliseconds();
        var claim = new PeerClaim(node, at, access.Role.ToString(), access.Key?.Id, access.Key is null ? null : [.. access.Key.Recorders]);
        var body = Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(claim));
        return $"{body}.{Convert.ToHexStringLower(Sign(method, pathAndQuery, body))}";
    }

    /// <summary>Who asks, as another node says; null when no node of this cluster says so.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="isLate">Whether a node of this cluster says so by a clock that differs too much from this node's.</param>
    public (Access Access, PeerRequest Peer)? Open(HttpRequest request, out bool isLate)
    {
        isLate = false;
        if (key is null || request.Headers[Header] is not [{ } text] || text.Split('.') is not [var body, var signature])
            return null;

        try
        {
            if (!CryptographicOperations.FixedTimeEquals(Sign(request.Method, request.Path + request.QueryString, body), Convert.FromHexString(signature))
                || JsonSerializer.Deserialize<PeerClaim>(Convert.FromBase64String(body)) is not { } claim
                || !Enum.TryParse<Role>(claim.Role, out var role))
            {
                return null;
            }

            isLate = (time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(claim.At)).Duration() > Validity;
            var apiKey = claim.Recorders is null ? null
                : new ApiKey { Id = claim.Key ?? "", Role = role, Hash = "", CreatedAt = default, Recorders = claim.Recorders };
            return isLate ? null : (new Access(role, apiKey), new PeerRequest(claim.Node));
        }
        catch (Exception wrong) when (wrong is FormatException or JsonException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>Tells whoever sealed it out of time what this node's clock shows.</summary>
    public void TellTime(HttpResponse response) =>
        response.Headers[TimeHeader] = time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    /// <summary>By how much another node's clock is ahead, by what it told of it; null when that says nothing.</summary>
    public TimeSpan? FindAhead(string told) =>
        long.TryParse(told, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(at) - time.GetUtcNow()
            : null;

    private byte[] Sign(string method, string pathAndQuery, string body) => HMACSHA256.HashData(
        key!, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{method.ToUpperInvariant()}\n{Uri.UnescapeDataString(pathAndQuery)}\n{body}")));

    private sealed record PeerClaim(string Node, long At, string Role, string? Key, string[]? Recorders);
}
