using System.Net;

namespace Recorder.Node.Security;

/// <summary>A file of the node's own page: the same for everybody, so that any page may lead to it.</summary>
internal sealed record PublicFile;

/// <summary>Refuses requests of other sites' web pages where a browser could make them: on a node without API keys, with the cookie of a session, and to
/// begin or end one. Such a page has no API key to send.</summary>
internal sealed class WebPageGuard(RequestDelegate next, ServeOptions options)
{
    public Task InvokeAsync(HttpContext context) =>
        context.Features.Get<PeerRequest>() is null && Refusal(context) is { } reason
            ? ProblemResult.WriteAsync(context, Problem.Forbidden(reason))
            : next(context);

    private string? Refusal(HttpContext context) =>
        context.User.Identity is AccessIdentity { Access.Key: null } ? RefusalWithoutKeys(context.Request)
        : context.GetEndpoint()?.Metadata.GetMetadata<PublicFile>() is not null ? null
        : context.Features.Get<SessionRequest>() is not null ? RefusalOfSession(context.Request)
        : context.Request.Path.StartsWithSegments("/v1/session", StringComparison.OrdinalIgnoreCase) && Changes(context.Request) && IsForeign(context.Request)
            ? ForeignPage(context.Request)
        : null;

    // Pages of another port of the same host are of the same site: for them a browser sends the cookie.
    private static string? RefusalOfSession(HttpRequest request)
    {
        if (!Changes(request) && !Connects(request))
            return IsForeign(request) || IsForeignReferer(request) ? ForeignPage(request) : null;

        var isOwn = request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site ? site == "same-origin"
            : IsOriginOf(request, request.Headers.Origin.ToString());
        return !isOwn ? ForeignPage(request)
            : Connects(request) || request.HasJsonContentType() || request.Headers.ContainsKey(SessionCookie.Header) ? null
            : $"A session changes things with JSON only, or with the header '{SessionCookie.Header}: 1'; send one, or an API key instead of the cookie.";
    }

    private string? RefusalWithoutKeys(HttpRequest request)
    {
        // After DNS rebinding a foreign page reaches this node, under the page's own host name.
        if (!IsOwnName(request.Host.Host))
        {
            return $"This node answers to localhost and addresses of loopback, not to '{Shorten(request.Host.Host)}': "
                + "name it with --allowed-host, or make API keys.";
        }

        return (Changes(request) || Connects(request)) && IsForeign(request) ? ForeignPage(request) : null;
    }

    private static bool Changes(HttpRequest request) =>
        !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method));

    private static bool Connects(HttpRequest request) => request.Headers.Upgrade.Count > 0 || HttpMethods.IsConnect(request.Method);

    // A browser tells the truth of whose page asks, and knows better than the node does where a proxy ends TLS.
    private static bool IsForeign(HttpRequest request) => request.Headers["Sec-Fetch-Site"].ToString() switch
    {
        "same-origin" => false,
        "" or "none" => request.Headers.Origin.ToString() is { Length: > 0 } origin && !IsOriginOf(request, origin),
        _ => true,
    };

    // Without TLS browsers say of images and scripts nothing but from where they are asked for, if that.
    private static bool IsForeignReferer(HttpRequest request) =>
        !request.Headers.ContainsKey("Sec-Fetch-Site") && request.Headers.Referer.ToString() is { Length: > 0 } referer
        && !(Uri.TryCreate(referer, UriKind.Absolute, out var from) && IsOriginOf(request, from.GetLeftPart(UriPartial.Authority)));

    private static bool IsOriginOf(HttpRequest request, string origin) => string.Equals(origin, OriginOf(request), StringComparison.OrdinalIgnoreCase);

    private static string OriginOf(HttpRequest request) => $"{request.Scheme}://{request.Host}";

    private static string ForeignPage(HttpRequest request) =>
        $"Requests from web pages of '{Shorten(request.Headers.Origin.ToString() is { Length: > 0 } origin ? origin : "another site")}' are refused. "
        + "Use a page of this node, or create an API key and send it.";

    private bool IsOwnName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && AddressRules.IsLoopback(address))
        || options.AllowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase);

    private static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
