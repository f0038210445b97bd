using System.Net;

namespace Recorder.Node.Security;

/// <summary>Refuses requests of other sites' web pages on a node without API keys: such a page could make them through a browser
/// on this machine. With API keys the page has no key to send.</summary>
internal sealed class WebPageGuard(RequestDelegate next, ServeOptions options)
{
    public Task InvokeAsync(HttpContext context) =>
        context.User.Identity is AccessIdentity { Access.Key: null } && context.Features.Get<PeerRequest>() is null
        && Refusal(context.Request) is { } reason
            ? ProblemResult.WriteAsync(context, Problem.Forbidden(reason))
            : next(context);

    private string? Refusal(HttpRequest request)
    {
        // After DNS rebinding a foreign page reaches this node, under the page's own host name.
        if (!IsOwnName(request.Host.Host))
        {
            return $"This node answers to localhost and addresses of loopback, not to '{Shorten(request.Host.Host)}': "
                + "name it with --allowed-host, or make API keys.";
        }

        var changes = !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method));
        var connects = request.Headers.Upgrade.Count > 0 || HttpMethods.IsConnect(request.Method);
        if (!changes && !connects)
            return null;

        var origin = request.Headers.Origin.ToString();
        var isForeign = origin.Length > 0
            ? !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
            : request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none");
        return isForeign
            ? $"Requests from web pages of '{Shorten(origin)}' are refused. Use a page of this node, or create an API key and send it."
            : null;
    }

    private bool IsOwnName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && AddressRules.IsLoopback(address))
        || options.AllowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase);

    private static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
