using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Node.Page;
using Recorder.Node.Security;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Page;

/// <summary>The files of the control room, as a node serves them.</summary>
public sealed class PageSpecs
{
    [Fact]
    public async Task The_page_and_all_its_files_are_served_without_a_key_and_allow_nothing_inline_or_foreign()
    {
        await using var node = await ServedNode.StartAsync();
        new ApiKeyRing(Path.Combine(node.DataFolder, "keys"), NullLogger.Instance, TimeProvider.System).Add(Role.Admin, null, [], null);

        foreach (var path in PageEndpoints.Names.Select(name => name == "index.html" ? "/" : $"/{name}"))
        {
            using var answer = await node.Client.GetAsync(path);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            Header(answer, "X-Content-Type-Options").ShouldBe("nosniff", path);
            Header(answer, "Cross-Origin-Resource-Policy").ShouldBe("same-origin", path);
            Header(answer, "Referrer-Policy").ShouldBe("same-origin", path);
            Header(answer, "Permissions-Policy").ShouldContain("camera=()", Case.Sensitive, path);
            Header(answer, "Cache-Control").ShouldBe("no-cache", path);
            var policy = Header(answer, "Content-Security-Policy");
            policy.ShouldContain("default-src 'self'", Case.Sensitive, path);
            policy.ShouldContain("frame-ancestors 'none'", Case.Sensitive, path);
            policy.ShouldNotContain("unsafe", Case.Sensitive, path);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe(TypeOf(path), path);
        }
    }

    [Fact]
    public async Task A_file_that_has_not_changed_is_not_sent_again()
    {
        await using var node = await ServedNode.StartAsync();
        using var first = await node.Client.GetAsync("/app/main.js");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/app/main.js");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await node.Client.SendAsync(request);
        using var head = await node.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/app/main.js"));

        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        head.Content.Headers.ContentLength.ShouldBe(first.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData("/app/nothing.js")]
    [InlineData("/app/../index.html.js")]
    [InlineData("/app/%2e%2e/index.html")]
    [InlineData("/vendor/")]
    public async Task Nothing_else_is_served(string path)
    {
        await using var node = await ServedNode.StartAsync();
        using var answer = await node.Client.GetAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public void The_libraries_are_those_of_the_manifest_and_of_the_pinned_packages()
    {
        var vendor = Path.Combine(Root(), "src", "Recorder.Node", "wwwroot", "vendor");
        var pinned = JsonNode.Parse(File.ReadAllText(Path.Combine(Root(), "eng", "web", "package.json")))!["devDependencies"]!;
        var notice = File.ReadAllText(Path.Combine(Root(), "NOTICE"));
        var listed = new List<string>();
        foreach (var package in JsonNode.Parse(File.ReadAllText(Path.Combine(vendor, "manifest.json")))!["packages"]!.AsArray())
        {
            var (name, version) = (package!["name"]!.GetValue<string>(), package["version"]!.GetValue<string>());
            pinned[name]!.GetValue<string>().ShouldBe(version);
            notice.ShouldContain($"{name} {version}", Case.Insensitive);
            foreach (var file in package["files"]!.AsArray())
            {
                var path = Path.Combine(vendor, file!["file"]!.GetValue<string>());
                HashOf(path).ShouldBe(file["sha256"]!.GetValue<string>(), path);
                listed.Add(Path.GetFileName(path));
            }
        }

        Directory.EnumerateFiles(vendor).Select(path => Path.GetFileName(path)!).Where(name => !name.EndsWith(".d.ts", StringComparison.Ordinal))
            .Except(["manifest.json", "licences.txt"]).ShouldBe(listed, ignoreOrder: true);
    }

    [Fact]
    public void What_the_specs_vendor_is_as_NOTICE_says()
    {
        var notice = File.ReadAllText(Path.Combine(Root(), "NOTICE"));
        var files = Regex.Matches(notice, @"^(tests/\S+)\n(?:    .*\n)*?    SHA-256 ([0-9a-f]{64})$", RegexOptions.Multiline);

        files.Count.ShouldBe(2);
        foreach (Match file in files)
            HashOf(Path.Combine(Root(), file.Groups[1].Value)).ShouldBe(file.Groups[2].Value, file.Groups[1].Value);
    }

    private static string Header(HttpResponseMessage answer, string name) => string.Join(", ", answer.Headers.GetValues(name));

    private static string HashOf(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));

    private static string TypeOf(string path) => Path.GetExtension(path) switch
    {
        "" => "text/html",
        ".js" => "text/javascript",
        ".css" => "text/css",
        ".svg" => "image/svg+xml",
        ".json" => "application/json",
        var other => other == ".txt" ? "text/plain" : throw new InvalidOperationException($"{path} has no type that a page needs."),
    };

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Recorder.sln")))
            folder = folder.Parent;

        return folder.FullName;
    }
}
