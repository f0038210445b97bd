using System.Reflection;
using Microsoft.AspNetCore.Http.HttpResults;
using Recorder.Node.Security;

namespace Recorder.Node.Api;

/// <summary>An API key to begin a session with.</summary>
internal sealed class SessionInput
{
    /// <summary>The API key.</summary>
    public string Key { get; set; } = "";
}

/// <summary>Who asks, and what they may do.</summary>
/// <param name="Keys">Whether the node has API keys. Without keys everybody on its machine is an admin.</param>
internal sealed record SessionAnswer(bool Keys)
{
    /// <summary>viewer, operator or admin; absent when nobody is logged in.</summary>
    public string? Role { get; init; }

    /// <summary>The name of the API key, or its id when it has none; absent on a node without keys.</summary>
    public string? Key { get; init; }

    /// <summary>The recorders that the key is for, with <c>*</c>; absent when it is for all.</summary>
    public IReadOnlyList<string>? Recorders { get; init; }

    /// <summary>The node that answers; absent when nobody is logged in.</summary>
    public string? Node { get; init; }

    /// <summary>The version of that node.</summary>
    public string? Version { get; init; }

    /// <summary>When the session ends unless a page is opened before; absent without a session.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary><c>/v1/session</c>: how a browser logs in with an API key and need not keep it.</summary>
internal static class SessionEndpoints
{
    // A page that is open for days asks again and again; one new cookie a day keeps it logged in.
    private static readonly TimeSpan RenewalInterval = TimeSpan.FromDays(1);

    private static readonly string Version =
        typeof(SessionEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static void MapSession(this IEndpointRouteBuilder routes)
    {
        var session = routes.MapGroup("/v1/session").WithTags("Session").AllowAnonymous();
        session.MapGet("", Get).WithName("GetSession").WithSummary("Who asks, and what they may do.")
            .WithQuery().Answers<SessionAnswer>(200).Refuses(400, 401, 403, 429);
        session.MapPost("", BeginAsync).WithName("BeginSession").WithSummary("Begins a session of a browser with an API key: sets a cookie that scripts cannot read.")
            .WithQuery().Takes<SessionInput>().Answers<SessionAnswer>(200).Refuses(400, 401, 403, 413, 415, 429);
        session.MapDelete("", End).WithName("EndSession").WithSummary("Ends the session of this browser.")
            .WithQuery().Answers(204).Refuses(400, 403);
    }

    private static IResult Get(HttpContext context, SessionSigner sessions, ServeOptions options, ApiKeyRing keys)
    {
        context.Response.Headers.CacheControl = "no-store";
        // Nobody may try keys here without being counted.
        if (context.GetAccess().Role == Role.Unknown && context.Request.Headers.Authorization.Count > 0)
            return Results.Challenge();

        if (context.Features.Get<SessionRequest>() is not { Session: var session })
            return TypedResults.Ok(Describe(context.GetAccess(), options, keys, until: null));

        if (session.Until - sessions.Now < SessionSigner.Lifetime - RenewalInterval && sessions.Renew(session.Key) is var renewed && renewed.Until > session.Until)
        {
            session = renewed;
            SessionCookie.Write(context, sessions.Sign(session), session.Until);
        }

        return TypedResults.Ok(Describe(context.GetAccess(), options, keys, session.Until));
    }

    private static async Task<IResult> BeginAsync(HttpContext context, SessionSigner sessions, ServeOptions options, ApiKeyRing keys, FailureLimit failures)
    {
        context.Response.Headers.CacheControl = "no-store";
        var input = await JsonBody.ReadAsync(context.Request, ApiJsonContext.Default.SessionInput);
        if (IsOpen(options, keys))
            return TypedResults.Ok(Describe(Access.Unguarded, options, keys, until: null));

        if (sessions.Begin(input.Key.Trim()) is { } session)
        {
            SessionCookie.Write(context, sessions.Sign(session), session.Until);
            return TypedResults.Ok(Describe(new Access(session.Key.Role, session.Key), options, keys, session.Until));
        }

        var unknown = Problem.Unauthenticated("'key' is not known, was removed or has expired; 'recorder keys add' makes an API key.");
        if (!failures.IsOver(context.Connection.RemoteIpAddress, out var wait))
            return new ProblemResult(unknown);

        context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return new ProblemResult(unknown with
        {
            Status = StatusCodes.Status429TooManyRequests,
            Detail = "Too many requests from your address came with an unknown API key; try again in a minute.",
        });
    }

    private static NoContent End(HttpContext context)
    {
        SessionCookie.Remove(context);
        return TypedResults.NoContent();
    }

    private static SessionAnswer Describe(Access access, ServeOptions options, ApiKeyRing keys, DateTimeOffset? until) =>
        access.Role == Role.Unknown ? new SessionAnswer(!IsOpen(options, keys)) : new SessionAnswer(!IsOpen(options, keys))
        {
            Role = access.Role.ToString().ToLowerInvariant(),
            Key = access.Key is { } key ? key.Name ?? key.Id : null,
            Recorders = access.Key is { Recorders.Count: > 0 } limited ? limited.Recorders : null,
            Node = options.Node,
            Version = Version,
            Until = until,
        };

    private static bool IsOpen(ServeOptions options, ApiKeyRing keys) => options.IsLocal && keys.IsEmpty;
}
