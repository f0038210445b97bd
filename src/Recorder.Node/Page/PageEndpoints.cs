using System.Collections.Frozen;
using Microsoft.AspNetCore.Authorization;
using Recorder.Node.Security;

namespace Recorder.Node.Page;

/// <summary>
/// The control room: the files of <c>wwwroot</c>. They contain no secrets and are served without a key; what they show comes from the API,
/// which asks for one.
/// </summary>
internal static class PageEndpoints
{
    private const string Prefix = "wwwroot/";
    private const string Index = "index.html";
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    private const string Policy =
        "default-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
        + "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        + "trusted-types lit-html recorder";

    private const string Permissions =
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

    // Read once, when first asked for.
    private static readonly FrozenDictionary<string, Lazy<PageFile>> Files = typeof(PageEndpoints).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(name => name[Prefix.Length..], name => new Lazy<PageFile>(() => PageFile.Read(name)), StringComparer.Ordinal);

    public static IEnumerable<string> Names => Files.Keys;

    public static void MapPage(this IEndpointRouteBuilder routes)
    {
        Map(routes, "/", _ => Index);
        Map(routes, "/app/{**path}", path => $"app/{path}");
        Map(routes, "/vendor/{**path}", path => $"vendor/{path}");
    }

    private static void Map(IEndpointRouteBuilder routes, string pattern, Func<string?, string> nameOf) =>
        routes.MapMethods(pattern, Methods, context => SendAsync(context, nameOf(context.Request.RouteValues["path"] as string)))
            .WithMetadata(new AllowAnonymousAttribute(), new PublicFile()).ExcludeFromDescription();

    private static async Task SendAsync(HttpContext context, string name)
    {
        var (request, response) = (context.Request, context.Response);
        if (!Files.TryGetValue(name, out var known))
        {
            await ProblemResult.WriteAsync(context, Problem.OfStatus(StatusCodes.Status404NotFound, request));
            return;
        }

        var file = known.Value;
        response.Headers.ETag = file.Tag;
        // A node of another version has other files: the browser asks each time, and hears that nothing has changed.
        response.Headers.CacheControl = "no-cache";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers["Referrer-Policy"] = "same-origin";
        response.Headers["Permissions-Policy"] = Permissions;
        if (request.Headers.IfNoneMatch.Any(tags => tags is "*" || tags?.Split(',', StringSplitOptions.TrimEntries).Contains(file.Tag) == true))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = file.ContentType;
        response.ContentLength = file.Bytes.Length;
        if (HttpMethods.IsGet(request.Method))
            await response.Body.WriteAsync(file.Bytes, context.RequestAborted);
    }
}
