using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Recorder.Node.Cluster;
using Recorder.Node.Configuration;
using Recorder.Node.Http;

namespace Recorder.Node.Security;

/// <summary>The key that came in a URL: URLs that an answer leads its reader to need it too.</summary>
/// <param name="Query">As a query has it, without a separator.</param>
internal sealed record UrlToken(string Query)
{
    /// <summary>A URL's path and query with the key that the request's URL had, if it had one.</summary>
    public static string Carry(HttpContext context, string url) =>
        context.Features.Get<UrlToken>() is { } token ? $"{url}{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{token.Query}" : url;
}

/// <summary>
/// Lets requests in. With API keys: whose key allows it. Without, on a node that only its own machine reaches: everybody, but no web page of
/// somebody else's that a browser there happens to show (docs/guide/security.md).
/// </summary>
internal sealed class ApiGate(RequestDelegate next, ServeOptions options, ApiKeyRing keys, PeerSeal peers, TimeProvider time)
{
    private const string Scheme = "Bearer ";
    private const string TokenParameter = "access_token";

    private readonly FailureLimit _failures = new(time);

    /// <summary>Lets a request through, or answers it.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var need = AccessNeed.Of(request.Method, request.Path, request.Query);
        if (peers.Open(request) is { } peer)
        {
            context.SetAccess(peer.Access);
            context.Features.Set(peer.Peer);
            return peer.Access.Key is not null && Refusal(need, peer.Access, context) is { } no ? ProblemResult.WriteAsync(context, no) : next(context);
        }

        if (options.IsLocal && keys.IsEmpty)
        {
            if (WebPageProblem(request) is { } problem)
            {
                return ProblemResult.WriteAsync(context, Problem.Forbidden(problem));
            }

            context.SetAccess(Access.Unguarded);
            return next(context);
        }

        var token = TokenOf(request);
        if (token is null || keys.Find(token) is not { } key)
        {
            return need.IsOpen ? next(context) : RefuseUnknownAsync(context, token is not null);
        }

        var access = new Access(key.Role, key);
        context.SetAccess(access);
        return Refusal(need, access, context) is { } refused ? ProblemResult.WriteAsync(context, refused) : next(context);
    }

    private static Problem? Refusal(AccessNeed need, Access access, HttpContext context) =>
        access.Role < need.Role
            ? Problem.Forbidden($"This needs a key of role {Name(need.Role)}; yours is of role {Name(access.Role)}.")
        : need.Recorder is { } recorder && !access.Key!.Covers(recorder)
            ? Problem.Forbidden($"Your key is not for the recorder '{recorder}'.")
        : need.IsNodeWide && !access.SeesAll && context.GetEndpoint()?.Metadata.GetMetadata<LeavesOutWhatIsNotGranted>() is null
            ? Problem.Forbidden("Your key is for some recorders only, and this is about all of them: name one, for example with ?recorder=ID.")
        : null;

    private static string Name(Role role) => role.ToString().ToLowerInvariant();

    // A key in a URL ends in histories and logs of proxies: for what cannot send a header, which is what browsers load by themselves.
    private static string? TokenOf(HttpRequest request)
    {
        if (request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return header[Scheme.Length..].Trim();
        }

        if (!HttpMethods.IsGet(request.Method) || request.Query[TokenParameter] is not [{ Length: > 0 } token])
        {
            return null;
        }

        // From here on nobody can log it, and no endpoint wonders about it.
        request.QueryString = QueryString.Create(request.Query.Where(parameter => parameter.Key != TokenParameter));
        request.HttpContext.Features.Set(new UrlToken($"{TokenParameter}={Uri.EscapeDataString(token)}"));
        return token;
    }

    private Task RefuseUnknownAsync(HttpContext context, bool hadToken)
    {
        if (hadToken && _failures.IsOver(context.Connection.RemoteIpAddress, out var wait))
        {
            context.Response.Headers.RetryAfter = new StringValues(((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture));
            return ProblemResult.WriteAsync(
                context,
                Problem.Unauthenticated("Too many keys from your address were none of this node; try again in a minute.") with { Status = 429 });
        }

        context.Response.Headers.WWWAuthenticate = hadToken ? "Bearer realm=\"recorder\", error=\"invalid_token\"" : "Bearer realm=\"recorder\"";
        return ProblemResult.WriteAsync(context, Problem.Unauthenticated(
            hadToken
                ? "The API key is not known, was removed or has expired; 'recorder keys add' makes one."
                : "Send an API key as 'Authorization: Bearer KEY'; 'recorder keys add' makes one."));
    }

    /// <summary>Why a request looks like one that somebody else's web page makes; null when it does not.</summary>
    private string? WebPageProblem(HttpRequest request)
    {
        // A page whose name was made to lead here (DNS rebinding) says that name.
        if (!IsOwnName(request.Host.Host))
        {
            return $"This node answers to localhost and addresses of loopback, not to '{Shown(request.Host.Host)}': "
                + "name it with --allowed-host, or make API keys.";
        }

        var changes = !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method));
        var connects = request.Headers.Upgrade.Count > 0 || HttpMethods.IsConnect(request.Method);
        if (!changes && !connects)
        {
            return null;
        }

        var origin = request.Headers.Origin.ToString();
        var isForeign = origin.Length > 0
            ? !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
            : request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none");
        return isForeign
            ? $"A web page of '{Shown(origin)}' may not do this here: only pages of this node may, or make API keys and send one."
            : null;
    }

    private bool IsOwnName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (System.Net.IPAddress.TryParse(host, out var address) && AddressRules.IsLoopback(address))
        || options.AllowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase);

    private static string Shown(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
