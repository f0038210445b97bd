using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Recorder.Contracts;

namespace Recorder.Node.Security;

/// <summary>The rights of a caller.</summary>
/// <param name="Role">The role of the caller's key.</param>
/// <param name="Key">The caller's key; null on a node without keys, where every caller is an admin.</param>
internal sealed record Access(Role Role, ApiKey? Key)
{
    /// <summary>Every caller of a node that has no keys and listens on loopback only.</summary>
    public static readonly Access Unguarded = new(Role.Admin, null);

    /// <summary>Whether the caller may read about a recorder and its recordings.</summary>
    public bool MaySee(RecorderId recorder) => Key?.Covers(recorder.ToString()) ?? true;
}

/// <summary>An authenticated caller, named after its key.</summary>
internal sealed class AccessIdentity(Access access)
    : ClaimsIdentity(access.Key is { } key ? [new Claim(DefaultNameClaimType, key.Id)] : [], ApiKeyAuthentication.Scheme)
{
    public Access Access => access;
}

/// <summary>Gives endpoints the caller's rights.</summary>
internal static class AccessExtensions
{
    public static Access GetAccess(this HttpContext context) =>
        context.User.Identity is AccessIdentity identity ? identity.Access : new Access(Role.Unknown, null);
}
