using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Recorder.Node.Security;

internal enum AccessScope
{
    Node = 0,

    /// <summary>The recorder that the path names, by its id or by the key of one of its recordings.</summary>
    Recorder = 1,

    /// <summary>The recorder that the query names; without one, all recorders that the caller may see.</summary>
    Listing = 2,
}

/// <summary>Attaches to endpoints what they need. An endpoint that says nothing needs an admin of the whole node.</summary>
internal static class AccessPolicy
{
    public static AuthorizationPolicy Fallback { get; } = Of(Role.Admin, AccessScope.Node);

    /// <summary>Requires a role, at least, and a key that covers what the request is about.</summary>
    public static TBuilder Requires<TBuilder>(this TBuilder endpoint, Role role, AccessScope scope)
        where TBuilder : IEndpointConventionBuilder => endpoint.RequireAuthorization(Of(role, scope));

    private static AuthorizationPolicy Of(Role role, AccessScope scope) => new([new AccessRequirement(role, scope)], []);
}

/// <summary>Checks a caller's rights against what an endpoint requires; each reason for a refusal is a sentence.</summary>
internal sealed class AccessRequirement(Role role, AccessScope scope) : AuthorizationHandler<AccessRequirement>, IAuthorizationRequirement
{
    public override string ToString() => $"{role} of {scope}";

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, AccessRequirement requirement)
    {
        if (context.User.Identity is not AccessIdentity { Access: var access })
            return Task.CompletedTask;

        if (access.Key is { } key && Refusal(key, (HttpContext)context.Resource!) is { } reason)
            context.Fail(new AuthorizationFailureReason(this, reason));
        else
            context.Succeed(requirement);

        return Task.CompletedTask;
    }

    // A path without an endpoint answers 404 to every key.
    private string? Refusal(ApiKey key, HttpContext context) =>
        context.GetEndpoint() is not RouteEndpoint ? null
        : key.Role < role ? $"This needs a key of role {Name(role)}; yours is of role {Name(key.Role)}."
        : RecordersOf(context) is { Length: > 0 } recorders ? recorders.FirstOrDefault(recorder => !key.Covers(recorder)) is { } hidden ? $"Your key is not for the recorder '{hidden}'." : null
        : scope == AccessScope.Node && key.Recorders.Count > 0
            ? "This request covers all recorders, but your key is limited to some; name one, for example with ?recorder=ID."
        : null;

    // A listing may be about several.
    private string[] RecordersOf(HttpContext context) => scope switch
    {
        AccessScope.Recorder => (context.Request.RouteValues["id"] as string ?? (context.Request.RouteValues["key"] as string)?.Split('~')[0]) is { } recorder ? [recorder] : [],
        AccessScope.Listing => context.Request.Query["recorder"] is [{ Length: > 0 } recorders]
            ? recorders.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [],
        _ => [],
    };

    private static string Name(Role role) => role.ToString().ToLowerInvariant();
}

internal sealed class AccessRefusal : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult) =>
        authorizeResult.Succeeded ? next(context)
        : authorizeResult.Challenged ? context.ChallengeAsync()
        : ProblemResult.WriteAsync(context, Problem.Forbidden(authorizeResult.AuthorizationFailure!.FailureReasons.First().Message));
}
