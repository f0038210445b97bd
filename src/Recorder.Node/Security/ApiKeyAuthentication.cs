using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace Recorder.Node.Security;

/// <summary>The key that came in a URL. URLs in an answer need it too: their reader cannot send a header either.</summary>
internal sealed record UrlToken(string Query)
{
    public static string Carry(HttpContext context, string url) =>
        context.Features.Get<UrlToken>() is { } token ? $"{url}{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{token.Query}" : url;
}

/// <summary>Authenticates callers by their API key, browsers by the session that they began with one, and other nodes of the cluster by their signature. A node without keys that
/// listens on loopback only takes every caller as an admin (docs/guide/security.md).</summary>
internal sealed class ApiKeyAuthentication(ServeOptions options, ApiKeyRing keys, PeerSeal peers, SessionSigner sessions) : IAuthenticationHandler
{
    public const string Scheme = "ApiKey";

    private const string TokenPrefix = "Bearer ";
    private const string TokenParameter = "access_token";

    private HttpContext _context = null!;
    private string? _token;
    private bool _hasCookie;

    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
    {
        _context = context;
        return Task.CompletedTask;
    }

    public async Task<AuthenticateResult> AuthenticateAsync() =>
        await FindAccessAsync() is { } access ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new AccessIdentity(access)), Scheme))
        : AuthenticateResult.NoResult();

    public Task ChallengeAsync(AuthenticationProperties? properties)
    {
        var response = _context.Response;
        if (_token is not null && _context.RequestServices.GetRequiredService<FailureLimit>().IsOver(_context.Connection.RemoteIpAddress, out var wait))
        {
            response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            var problem = Problem.Unauthenticated("Too many requests from your address came with an unknown API key; try again in a minute.");
            return ProblemResult.WriteAsync(_context, problem with { Status = StatusCodes.Status429TooManyRequests });
        }

        response.Headers.WWWAuthenticate = _token is null ? "Bearer realm=\"recorder\"" : "Bearer realm=\"recorder\", error=\"invalid_token\"";
        return ProblemResult.WriteAsync(_context, Problem.Unauthenticated(
            _hasCookie ? "The session has ended: log in again with an API key."
                : _token is null
                ? "Send an API key as 'Authorization: Bearer KEY'; 'recorder keys add' makes one."
                : "The API key is not known, was removed or has expired; 'recorder keys add' makes one."));
    }

    public Task ForbidAsync(AuthenticationProperties? properties) => ProblemResult.WriteAsync(_context, Problem.OfStatus(403, _context.Request));

    private async Task<Access?> FindAccessAsync()
    {
        var opened = await peers.OpenAsync(_context.Request, options.BodyLimit);
        if (opened.Asking is { } peer)
        {
            _context.Features.Set(peer.Peer);
            return peer.Access;
        }

        if (opened.IsLate)
        {
            peers.TellTime(_context.Response);
            return null;
        }

        if (options.IsLocal && keys.IsEmpty)
            return Access.Unguarded;

        _token = ReadToken(_context.Request);
        if (_token is not null)
            return keys.Find(_token) is { } key ? new Access(key.Role, key) : null;

        return FindSession() is { } session ? new Access(session.Key.Role, session.Key) : null;
    }

    private Session? FindSession()
    {
        if (SessionCookie.Read(_context.Request) is not { } cookie)
            return null;

        _hasCookie = true;
        var session = sessions.Read(cookie);
        if (session is not null)
            _context.Features.Set(new SessionRequest(session));

        return session;
    }

    private static string? ReadToken(HttpRequest request)
    {
        if (request.Headers.Authorization is [{ } header] && header.StartsWith(TokenPrefix, StringComparison.OrdinalIgnoreCase))
            return header[TokenPrefix.Length..].Trim();

        // Proxies and browsers log URLs, so a key in one is for requests that cannot send a header: those that browsers make by
        // themselves.
        if (!HttpMethods.IsGet(request.Method) || request.Query[TokenParameter] is not [{ Length: > 0 } token])
            return null;

        // Removed, so that no log shows the key and no endpoint refuses the parameter.
        request.QueryString = QueryString.Create(request.Query.Where(parameter => parameter.Key != TokenParameter));
        request.HttpContext.Features.Set(new UrlToken($"{TokenParameter}={Uri.EscapeDataString(token)}"));
        return token;
    }
}
