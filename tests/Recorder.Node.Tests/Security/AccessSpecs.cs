using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Node.Configuration;
using Recorder.Node.Security;
using Recorder.Node.Serve;
using Recorder.Node.Tests.Cli;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Security;

/// <summary>Who gets in.</summary>
public sealed class AccessSpecs
{
    private const string Definition = """{"id":"hall-1","source":"test:"}""";

    [Fact]
    public async Task A_key_opens_what_its_role_allows_and_no_more()
    {
        await using var node = await ServedNode.StartAsync();
        var keys = Keys(node);
        var admin = keys.Add(Role.Admin, null, [], null);
        var viewer = keys.Add(Role.Viewer, null, [], null);
        var @operator = keys.Add(Role.Operator, null, [], null);

        (await StatusAsync(node, "GET", "/v1/recorders", null)).ShouldBe(401);
        (await StatusAsync(node, "GET", "/health/live", null)).ShouldBe(200);
        (await StatusAsync(node, "POST", "/v1/recorders", @operator, Definition)).ShouldBe(403);
        (await StatusAsync(node, "POST", "/v1/recorders", admin, Definition)).ShouldBe(201);
        (await StatusAsync(node, "GET", "/v1/recorders/hall-1", viewer)).ShouldBe(200);
        (await StatusAsync(node, "POST", "/v1/recorders/hall-1:stop", viewer)).ShouldBe(403);
        (await StatusAsync(node, "POST", "/v1/recorders/hall-1:stop", @operator)).ShouldBe(200);
        (await StatusAsync(node, "DELETE", "/v1/recorders/hall-1", @operator)).ShouldBe(403);
    }

    [Fact]
    public async Task Every_key_hears_that_there_is_nothing_at_a_path_and_nobody_else_does()
    {
        await using var node = await ServedNode.StartAsync();
        var viewer = Keys(node).Add(Role.Viewer, null, ["hall-*"], null);

        (await StatusAsync(node, "GET", "/v1/recorders/hall-1/nothing", viewer)).ShouldBe(404);
        (await StatusAsync(node, "DELETE", "/v1/recorders", viewer)).ShouldBe(405);
        (await StatusAsync(node, "GET", "/v1/recorders/hall-1/nothing", null)).ShouldBe(401);
        (await StatusAsync(node, "DELETE", "/v1/recorders", null)).ShouldBe(401);
    }

    [Fact]
    public async Task A_key_of_some_recorders_knows_nothing_of_the_others()
    {
        await using var node = await ServedNode.StartAsync();
        var keys = Keys(node);
        var admin = keys.Add(Role.Admin, null, [], null);
        var hall = keys.Add(Role.Operator, null, ["hall-*"], null);
        (await StatusAsync(node, "POST", "/v1/recorders", admin, Definition)).ShouldBe(201);
        (await StatusAsync(node, "POST", "/v1/recorders", admin, Definition.Replace("hall-1", "vault", StringComparison.Ordinal))).ShouldBe(201);

        (await StatusAsync(node, "GET", "/v1/recorders/hall-1", hall)).ShouldBe(200);
        (await StatusAsync(node, "GET", "/v1/recorders/vault", hall)).ShouldBe(403);
        (await StatusAsync(node, "POST", "/v1/recorders/vault:stop", hall)).ShouldBe(403);
        (await StatusAsync(node, "GET", "/v1/recordings/vault~20260101T000000Z/media.mp4", hall)).ShouldBe(403);
        (await StatusAsync(node, "GET", "/v1/events?recorder=vault", hall)).ShouldBe(403);
        (await StatusAsync(node, "GET", "/metrics", hall)).ShouldBe(403);
        var (_, list) = await SendAsync(node, "GET", "/v1/recorders", hall);
        list.ShouldContain("hall-1");
        list.ShouldNotContain("vault");
    }

    [Fact]
    public async Task Whoever_is_not_known_is_told_how_to_be()
    {
        await using var node = await ServedNode.StartAsync();
        Keys(node).Add(Role.Admin, null, [], null);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/recorders");
        using var response = await node.Client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer realm=\"recorder\"");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await response.Content.ReadAsStringAsync()).ShouldContain("recorder keys add");
    }

    [Fact]
    public async Task What_a_browser_loads_by_itself_may_carry_its_key_in_the_URL_and_nothing_else_may()
    {
        await using var node = await ServedNode.StartAsync();
        var admin = Keys(node).Add(Role.Admin, null, [], null);
        (await StatusAsync(node, "GET", "/v1/recorders?access_token=" + admin, null)).ShouldBe(200);
        (await StatusAsync(node, "POST", "/v1/recorders?access_token=" + admin, null, Definition)).ShouldBe(401);
    }

    [Fact]
    public async Task Guessing_is_slowed_down_and_whoever_has_a_key_is_not()
    {
        await using var node = await ServedNode.StartAsync();
        var admin = Keys(node).Add(Role.Admin, null, [], null);
        var answers = new List<int>();
        for (var i = 0; i < 31; i++)
            answers.Add(await StatusAsync(node, "GET", "/v1/recorders", "rec_00000000_guess"));

        answers[0].ShouldBe(401);
        answers[^1].ShouldBe(429);
        (await StatusAsync(node, "GET", "/v1/recorders", admin)).ShouldBe(200);
    }

    [Fact]
    public async Task A_key_that_is_removed_or_over_opens_nothing_while_the_node_runs_on()
    {
        await using var node = await ServedNode.StartAsync();
        var keys = Keys(node);
        keys.Add(Role.Admin, null, [], null);
        var gone = keys.Add(Role.Viewer, null, [], null);
        var over = keys.Add(Role.Viewer, null, [], TimeSpan.FromTicks(1));
        (await StatusAsync(node, "GET", "/v1/recorders", gone)).ShouldBe(200);
        (await StatusAsync(node, "GET", "/v1/recorders", over)).ShouldBe(401);
        keys.Remove(ApiKey.IdOf(gone)!).ShouldBeTrue();
        (await StatusAsync(node, "GET", "/v1/recorders", gone)).ShouldBe(401);
    }

    [Fact]
    public async Task Without_keys_other_machines_are_not_served()
    {
        using var folder = new Folder();
        var options = new ServeOptions { DataFolder = folder["data"], Listen = new IPEndPoint(IPAddress.Any, 0) };
        var refused = await Should.ThrowAsync<ServeException>(() => NodeHost.StartAsync(options, default));
        refused.IsUsage.ShouldBeTrue();
        refused.Message.ShouldContain($"recorder keys add --data {folder["data"]} --role admin");
    }

    [Fact]
    public async Task A_file_of_keys_that_cannot_be_read_lets_nobody_in()
    {
        await using var node = await ServedNode.StartAsync();
        (await StatusAsync(node, "GET", "/v1/recorders", null)).ShouldBe(200);
        await File.WriteAllTextAsync(Path.Combine(node.DataFolder, "keys", "api-keys.json"), "nonsense");
        (await StatusAsync(node, "GET", "/v1/recorders", null)).ShouldBe(401);
    }

    [Theory]
    [InlineData("GET", "evil.example", null, 403)]
    [InlineData("POST", "evil.example:8080", null, 403)]
    [InlineData("GET", "node.example", null, 200)]
    [InlineData("GET", "localhost:1234", null, 200)]
    [InlineData("GET", "[::1]:1234", null, 200)]
    [InlineData("POST", "localhost:1234", "http://evil.example", 403)]
    [InlineData("POST", "localhost:1234", "null", 403)]
    [InlineData("POST", "localhost:1234", "http://localhost:1234", 201)]
    [InlineData("POST", "localhost:1234", "http://localhost:9999", 403)]
    public async Task A_web_page_of_somebody_else_changes_nothing_on_a_node_without_keys(string method, string host, string? origin, int expected)
    {
        await using var node = await ServedNode.StartAsync(options => options with { AllowedHosts = ["node.example"] });
        using var request = new HttpRequestMessage(new HttpMethod(method), "/v1/recorders") { Headers = { Host = host } };
        if (origin is not null)
            request.Headers.Add("Origin", origin);

        request.Content = method == "POST" ? new StringContent(Definition, null, "application/json") : null;
        using var response = await node.Client.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(expected, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_web_page_of_somebody_else_opens_no_web_socket()
    {
        await using var node = await ServedNode.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/recorders");
        request.Headers.Add("Origin", "http://evil.example");
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new ProductHeaderValue("websocket"));
        using var response = await node.Client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("/etc/passwd")]
    [InlineData("v4l2:/dev/video0")]
    public async Task A_source_that_may_not_be_opened_is_a_security_error(string source)
    {
        await using var node = await ServedNode.StartAsync();
        var (status, body) = await SendAsync(node, "POST", "/v1/recorders", null, $$"""{"id":"a","source":"{{source}}"}""");
        status.ShouldBe(403);
        body.ShouldContain("\"SecurityError\"");
        body.ShouldContain("may not be opened");
    }

    [Fact]
    public void No_key_stands_in_the_file_of_keys()
    {
        using var folder = new Folder();
        var keys = new ApiKeyRing(folder["keys"], NullLogger.Instance, TimeProvider.System);
        var token = keys.Add(Role.Viewer, "me", ["a"], TimeSpan.FromDays(1));
        var text = File.ReadAllText(Path.Combine(folder["keys"], "api-keys.json"));
        text.ShouldNotContain(token);
        text.ShouldNotContain(token.Split('_', 3)[2]);
        keys.Find(token).ShouldNotBeNull().Covers("a").ShouldBeTrue();
        keys.Find(token + "x").ShouldBeNull();
    }

    private static ApiKeyRing Keys(ServedNode node) =>
        new(Path.Combine(node.DataFolder, "keys"), NullLogger.Instance, TimeProvider.System);

    private static async Task<int> StatusAsync(ServedNode node, string method, string path, string? key, string? json = null) =>
        (await SendAsync(node, method, path, key, json)).Status;

    private static async Task<(int Status, string Body)> SendAsync(ServedNode node, string method, string path, string? key, string? json = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        request.Content = json is null ? null : new StringContent(json, null, "application/json");
        using var response = await node.Client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
