namespace Recorder.Node.Security;

/// <summary>The request came with the cookie of this session, and with nothing else that says who asks.</summary>
internal sealed record SessionRequest(Session Session);

/// <summary>The cookie with which a browser shows its session. No script can read it, and no page of another site makes a browser send it.</summary>
internal static class SessionCookie
{
    /// <summary>With JSON as its body, or this header, a request is none that a form can make.</summary>
    public const string Header = "Recorder-Page";

    public static string? Read(HttpRequest request) => request.Cookies[NameOf(request)];

    public static void Write(HttpContext context, string token, DateTimeOffset until) =>
        context.Response.Cookies.Append(NameOf(context.Request), token, OptionsOf(context.Request, until));

    public static void Remove(HttpContext context) =>
        context.Response.Cookies.Delete(NameOf(context.Request), OptionsOf(context.Request, until: null));

    // Browsers do not tell the ports of a host apart: two nodes on one machine would end each other's sessions.
    private static string NameOf(HttpRequest request) =>
        request.Host.Port is { } port ? string.Create(CultureInfo.InvariantCulture, $"recorder-session-{port}") : "recorder-session";

    private static bool IsHttps(string address) => address.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    private static CookieOptions OptionsOf(HttpRequest request, DateTimeOffset? until) => new()
    {
        HttpOnly = true,
        IsEssential = true,
        SameSite = SameSiteMode.Strict,
        // Where a proxy ends TLS, the page's origin tells; a GET has only its address.
        Secure = request.IsHttps || IsHttps(request.Headers.Origin.ToString()) || IsHttps(request.Headers.Referer.ToString()),
        Path = "/",
        Expires = until,
    };
}
