using System.Security.Cryptography;
using System.Text;

namespace Recorder.Node.Security;

/// <summary>A request that another node of the cluster sent on, for somebody who asked there.</summary>
/// <param name="Node">That node.</param>
internal sealed record PeerRequest(string Node);

/// <summary>
/// What one node tells another about who asks: sealed by a key that only nodes of the cluster have, for one request and a short time. A
/// request so sealed is not sent on again: no two nodes can send one back and forth.
/// </summary>
/// <param name="time">The node's own time, which goes on when the system clock is set.</param>
/// <param name="system">
/// The system clock; null for the same. A node whose system clock was wrong for a while counts its own time from then on, and agrees with the others by the
/// system clock; one whose system clock becomes wrong agrees with them by its own time.
/// </param>
internal sealed class PeerSeal(byte[]? key, string node, TimeProvider time, TimeProvider? system = null)
{
    public const string Header = "Recorder-Peer";

    // Clocks of nodes differ, and a request may wait for its turn.
    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(2);

    /// <summary>Seals who asks into a header.</summary>
    /// <param name="method">Of the request.</param>
    /// <param name="path">Of the request, without its query.</param>
    /// <param name="access">Who asks.</param>
    public string Seal(string method, string path, Access access)
    {
        var claim = new PeerClaim(
            node, time.GetUtcNow().ToUnixTimeMilliseconds(), access.Role.ToString(), access.Key?.Id, access.Key is null ? null : [.. access.Key.Recorders],
            system?.GetUtcNow().ToUnixTimeMilliseconds());
        var body = Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(claim));
        return $"{body}.{Convert.ToHexStringLower(Sign(method, path, body))}";
    }

    /// <summary>Who asks, as another node says; null when no node of this cluster says so.</summary>
    public (Access Access, PeerRequest Peer)? Open(HttpRequest request)
    {
        if (key is null || request.Headers[Header] is not [{ } text] || text.Split('.') is not [var body, var signature])
        {
            return null;
        }

        try
        {
            if (!CryptographicOperations.FixedTimeEquals(Sign(request.Method, request.Path, body), Convert.FromHexString(signature))
                || JsonSerializer.Deserialize<PeerClaim>(Convert.FromBase64String(body)) is not { } claim
                || !IsOfNow(claim)
                || !Enum.TryParse<Role>(claim.Role, out var role))
            {
                return null;
            }

            var apiKey = claim.Recorders is null ? null
                : new ApiKey { Id = claim.Key ?? "", Role = role, Hash = "", CreatedAt = default, Recorders = claim.Recorders };
            return (new Access(role, apiKey), new PeerRequest(claim.Node));
        }
        catch (Exception wrong) when (wrong is FormatException or JsonException)
        {
            return null;
        }
    }

    private bool IsOfNow(PeerClaim claim) => new[] { claim.At, claim.System ?? claim.At }.Any(at => new[] { time, system ?? time }.Any(
        clock => (clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(at)).Duration() <= Validity));

    private byte[] Sign(string method, string path, string body) => HMACSHA256.HashData(
        key!, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{method.ToUpperInvariant()}\n{Uri.UnescapeDataString(path)}\n{body}")));

    private sealed record PeerClaim(string Node, long At, string Role, string? Key, string[]? Recorders, long? System = null);
}
