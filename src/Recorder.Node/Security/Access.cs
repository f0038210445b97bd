using System.Security.Claims;

namespace Recorder.Node.Security;

/// <summary>The rights of a caller. There is no key on a node without keys, where every caller is an admin.</summary>
internal sealed record Access(Role Role, ApiKey? Key)
{
    public static readonly Access Unguarded = new(Role.Admin, null);

    public bool MaySee(RecorderId recorder) => Key?.Covers(recorder.ToString()) ?? true;
}

internal sealed class AccessIdentity(Access access)
    : ClaimsIdentity(access.Key is { } key ? [new Claim(DefaultNameClaimType, key.Id)] : [], ApiKeyAuthentication.Scheme)
{
    public Access Access => access;
}

internal static class AccessExtensions
{
    public static Access GetAccess(this HttpContext context) =>
        context.User.Identity is AccessIdentity identity ? identity.Access : new Access(Role.Unknown, null);
}
