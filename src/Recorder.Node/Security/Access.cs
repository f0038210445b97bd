using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Recorder.Contracts;

namespace Recorder.Node.Security;

/// <summary>Who asks, and what they may.</summary>
/// <param name="Role">What.</param>
/// <param name="Key">With which key; null on a node of this machine alone that has none.</param>
internal sealed record Access(Role Role, ApiKey? Key)
{
    /// <summary>A node without keys, reached from its own machine.</summary>
    public static readonly Access Unguarded = new(Role.Admin, null);

    /// <summary>Whether they may know of a recorder and its recordings. Lists leave out what they may not.</summary>
    public bool MaySee(RecorderId recorder) => Key?.Covers(recorder.ToString()) ?? true;

    /// <summary>Whether they may know of every recorder.</summary>
    public bool SeesAll => Key is null or { Recorders.Count: 0 };
}

/// <summary>Marks an endpoint that answers about several recorders and leaves out what <see cref="Access.MaySee"/> says no to.</summary>
internal sealed class LeavesOutWhatIsNotGranted;

/// <summary>Where endpoints find who asks.</summary>
internal static class AccessFeature
{
    /// <summary>Says who asks: as <see cref="Access"/>, and by the key's id to what knows of no keys.</summary>
    public static void SetAccess(this HttpContext context, Access access)
    {
        context.Features.Set(access);
        context.User = new ClaimsPrincipal(new ClaimsIdentity(access.Key is { } key ? [new Claim(ClaimTypes.Name, key.Id)] : [], "ApiKey"));
    }

    /// <summary>Who asks; every request that reaches an endpoint has it.</summary>
    public static Access GetAccess(this HttpContext context) => context.Features.Get<Access>() ?? new Access(Role.Unknown, null);
}
