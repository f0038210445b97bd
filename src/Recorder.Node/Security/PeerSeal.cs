using System.Security.Cryptography;
using System.Text;

namespace Recorder.Node.Security;

/// <summary>A request that another node of the cluster sent on, for somebody who asked there.</summary>
/// <param name="Node">That node.</param>
internal sealed record PeerRequest(string Node);

/// <summary>What the seal of a request says.</summary>
/// <param name="Asking">Who asks, and on which node; null when no node of this cluster says so, or not of this request.</param>
/// <param name="IsLate">Whether a node of this cluster says so by a clock that differs too much from this node's.</param>
internal readonly record struct OpenedSeal((Access Access, PeerRequest Peer)? Asking, bool IsLate = false);

/// <summary>
/// What one node tells another about who asks: sealed by a key that only nodes of the cluster have, for one request and a short time by the clock of the
/// node that is asked. A request so sealed is not sent on again: no two nodes can send one back and forth. The seal covers method, path, query and body
/// (<see cref="SealedBody"/>): a body that was changed on its way is refused as a request without a seal is. Media that is sent on as it comes is named as a
/// stream, which TLS protects; and a seal of a version that did not name the body is taken, so that versions can be mixed.
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
    /// <param name="body">What <see cref="SealedBody"/> says of the body.</param>
    /// <param name="ahead">By how much the other node's clock is ahead of this node's.</param>
    public string Seal(string method, string pathAndQuery, Access access, string body, TimeSpan ahead = default)
    {
        var at = (time.GetUtcNow() + ahead).ToUnixTimeMilliseconds();
        var claim = new PeerClaim(node, at, access.Role.ToString(), access.Key?.Id, access.Key is null ? null : [.. access.Key.Recorders], body);
        var text = Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(claim));
        return $"{text}.{Convert.ToHexStringLower(Sign(method, pathAndQuery, text))}";
    }

    /// <summary>Finds out who asks, as another node says. The body of a request that it says something of is read, and can be read again.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="bodyLimit">The longest body that is read.</param>
    public async Task<OpenedSeal> OpenAsync(HttpRequest request, long bodyLimit)
    {
        if (ReadClaim(request) is not { } claim || !Enum.TryParse<Role>(claim.Role, out var role))
            return default;

        if ((time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(claim.At)).Duration() > Validity)
            return new OpenedSeal(null, IsLate: true);

        if (!await SealedBody.IsIntactAsync(request, claim.Body, bodyLimit))
            return default;

        var apiKey = claim.Recorders is null ? null : new ApiKey { Id = claim.Key ?? "", Role = role, Hash = "", CreatedAt = default, Recorders = claim.Recorders };
        return new OpenedSeal((new Access(role, apiKey), new PeerRequest(claim.Node)));
    }

    /// <summary>Tells whoever sealed it out of time what this node's clock shows.</summary>
    public void TellTime(HttpResponse response) =>
        response.Headers[TimeHeader] = time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    /// <summary>By how much another node's clock is ahead, by what it told of it; null when that says nothing.</summary>
    public TimeSpan? FindAhead(string told) =>
        long.TryParse(told, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(at) - time.GetUtcNow()
            : null;

    // Null when it is none, or was not signed by a node of this cluster for this request.
    private PeerClaim? ReadClaim(HttpRequest request)
    {
        if (key is null || request.Headers[Header] is not [{ } text] || text.Split('.') is not [var claim, var signature])
            return null;

        try
        {
            return CryptographicOperations.FixedTimeEquals(Sign(request.Method, request.Path + request.QueryString, claim), Convert.FromHexString(signature))
                ? JsonSerializer.Deserialize<PeerClaim>(Convert.FromBase64String(claim))
                : null;
        }
        catch (Exception wrong) when (wrong is FormatException or JsonException)
        {
            return null;
        }
    }

    private byte[] Sign(string method, string pathAndQuery, string claim) => HMACSHA256.HashData(
        key!, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{method.ToUpperInvariant()}\n{Uri.UnescapeDataString(pathAndQuery)}\n{claim}")));

    private sealed record PeerClaim(string Node, long At, string Role, string? Key, string[]? Recorders, string? Body = null);
}
