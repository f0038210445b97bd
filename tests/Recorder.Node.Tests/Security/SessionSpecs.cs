using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Node.Configuration;
using Recorder.Node.Security;
using Recorder.Node.Serve;
using Recorder.Node.Tests.Cli;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Security;

/// <summary>Sessions of browsers, over HTTP.</summary>
public sealed class SessionSpecs
{
    // The specs say themselves which cookies are sent.
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseCookies = false, PooledConnectionLifetime = TimeSpan.FromSeconds(10) });

    private const string Definition = """{"id":"hall-1","source":"test:"}""";

    [Fact]
    public async Task A_key_begins_a_session_that_scripts_cannot_read()
    {
        await using var node = await ServedNode.StartAsync();
        using var answer = await LogInAsync(node, Keys(node).Add(Role.Operator, "desk 1", ["hall-*"], null));
        var session = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        cookie.ShouldContain("; httponly", Case.Insensitive);
        cookie.ShouldContain("; samesite=strict", Case.Insensitive);
        cookie.ShouldNotContain("; secure", Case.Insensitive);
        session["keys"]!.GetValue<bool>().ShouldBeTrue();
        session["role"]!.GetValue<string>().ShouldBe("operator");
        session["key"]!.GetValue<string>().ShouldBe("desk 1");
        session["recorders"]!.AsArray().Select(it => it!.GetValue<string>()).ShouldBe(["hall-*"]);
        (await StatusAsync(node, "GET", "/v1/recorders", CookieOf(answer))).ShouldBe(200);
        (await StatusAsync(node, "GET", "/v1/recorders", null)).ShouldBe(401);
    }

    [Fact]
    public async Task Where_a_proxy_ends_TLS_the_cookie_is_for_TLS_only()
    {
        await using var node = await ServedNode.StartAsync();
        using var answer = await LogInAsync(node, Keys(node).Add(Role.Viewer, null, [], null), ("Origin", "https://room.example"), ("Sec-Fetch-Site", "same-origin"));

        answer.Headers.GetValues("Set-Cookie").Single().ShouldContain("; secure", Case.Insensitive);
    }

    [Fact]
    public async Task A_viewers_session_cannot_start_or_change_anything()
    {
        await using var node = await ServedNode.StartAsync();
        var keys = Keys(node);
        var admin = CookieOf(await LogInAsync(node, keys.Add(Role.Admin, null, [], null)));
        var viewer = CookieOf(await LogInAsync(node, keys.Add(Role.Viewer, null, [], null)));
        (await StatusAsync(node, "POST", "/v1/recorders", admin, Definition)).ShouldBe(201);

        (await StatusAsync(node, "GET", "/v1/recorders/hall-1", viewer)).ShouldBe(200);
        foreach (var verb in (string[])["start", "stop", "pause", "resume", "split", "mark"])
            (await StatusAsync(node, "POST", $"/v1/recorders/hall-1:{verb}", viewer, "{}")).ShouldBe(403, verb);

        (await StatusAsync(node, "POST", "/v1/takes", viewer, """{"angles":[{"recorder":"hall-1"}]}""")).ShouldBe(403);
        (await StatusAsync(node, "PATCH", "/v1/recorders/hall-1", viewer, "{}")).ShouldBe(403);
        (await StatusAsync(node, "DELETE", "/v1/recorders/hall-1", viewer)).ShouldBe(403);
    }

    [Theory]
    [InlineData("http://evil.example", null)]
    [InlineData("null", null)]
    [InlineData(null, "cross-site")]
    [InlineData(null, "same-site")]
    [InlineData(null, "none")]
    [InlineData(null, null)]
    [InlineData("http://127.0.0.1:1", null)]
    [InlineData("own", "same-site")]
    public async Task A_page_of_another_site_changes_nothing_with_the_cookie(string? origin, string? site)
    {
        await using var node = await ServedNode.StartAsync();
        var cookie = CookieOf(await LogInAsync(node, Keys(node).Add(Role.Admin, null, [], null)));
        var headers = HeadersOf(node, origin, site);

        using var define = await SendAsync(node, "POST", "/v1/recorders", cookie, Definition, headers);
        using var upgrade = await UpgradeAsync(node, "/v1/recorders/hall-1/live", cookie, headers);

        ((int)define.StatusCode).ShouldBe(403, await define.Content.ReadAsStringAsync());
        ((int)upgrade.StatusCode).ShouldBe(403, await upgrade.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_nodes_own_page_changes_what_its_role_may_and_only_with_JSON_or_the_pages_header()
    {
        await using var node = await ServedNode.StartAsync();
        var cookie = CookieOf(await LogInAsync(node, Keys(node).Add(Role.Admin, null, [], null)));
        var own = HeadersOf(node, "own", null);
        (await StatusAsync(node, "POST", "/v1/recorders", cookie, Definition)).ShouldBe(201);

        (await StatusAsync(node, "POST", "/v1/recorders/hall-1:stop", cookie, headers: own)).ShouldBe(403);
        (await StatusAsync(node, "POST", "/v1/recorders/hall-1:stop", cookie, "", own)).ShouldBe(403);
        (await StatusAsync(node, "POST", "/v1/recorders/hall-1:stop", cookie, headers: [.. own, ("Recorder-Page", "1")])).ShouldBe(200);
        (await StatusAsync(node, "POST", "/v1/recorders/hall-1:stop", cookie, "{}", HeadersOf(node, null, "same-origin"))).ShouldBe(200);
        using var upgrade = await UpgradeAsync(node, "/v1/recorders/nobody/live", cookie, own);
        upgrade.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_page_of_another_site_reads_nothing_with_the_cookie_and_begins_and_ends_no_session()
    {
        await using var node = await ServedNode.StartAsync();
        var key = Keys(node).Add(Role.Admin, null, [], null);
        var cookie = CookieOf(await LogInAsync(node, key));

        (await StatusAsync(node, "GET", "/v1/recorders", cookie, headers: [("Sec-Fetch-Site", "cross-site")])).ShouldBe(403);
        (await StatusAsync(node, "GET", "/v1/recorders", cookie, headers: [("Sec-Fetch-Site", "same-site")])).ShouldBe(403);
        (await StatusAsync(node, "GET", "/v1/recorders", cookie, headers: [("Origin", "http://evil.example")])).ShouldBe(403);
        (await StatusAsync(node, "GET", "/v1/recorders", cookie, headers: [("Referer", "http://127.0.0.1:1/page")])).ShouldBe(403);
        (await StatusAsync(node, "GET", "/v1/recorders", cookie, headers: [("Referer", new Uri(node.Host.Address, "/").ToString())])).ShouldBe(200);
        (await StatusAsync(node, "GET", "/v1/recorders", cookie, headers: [("Sec-Fetch-Site", "none")])).ShouldBe(200);
        (await StatusAsync(node, "GET", "/", cookie, headers: [("Sec-Fetch-Site", "cross-site")])).ShouldBe(200);
        (await StatusAsync(node, "DELETE", "/v1/session", cookie, headers: [("Origin", "http://evil.example")])).ShouldBe(403);
        (await StatusAsync(node, "DELETE", "/v1/session", null, headers: [("Origin", "http://evil.example")])).ShouldBe(403);
        using var begun = await LogInAsync(node, key, ("Origin", "http://evil.example"));
        begun.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        begun.Headers.Contains("Set-Cookie").ShouldBeFalse();
    }

    [Fact]
    public async Task A_session_that_is_over_tampered_with_or_of_a_key_that_was_removed_opens_nothing()
    {
        var time = new TravelledTime();
        await using var node = await ServedNode.StartAsync(time: time);
        var keys = Keys(node);
        keys.Add(Role.Admin, null, [], null);
        var gone = keys.Add(Role.Viewer, null, [], null);
        var removed = CookieOf(await LogInAsync(node, gone));
        var valid = CookieOf(await LogInAsync(node, keys.Add(Role.Viewer, null, [], null)));
        (await StatusAsync(node, "GET", "/v1/recorders", removed)).ShouldBe(200);
        keys.Remove(ApiKey.IdOf(gone)!).ShouldBeTrue();

        (await StatusAsync(node, "GET", "/v1/recorders", removed)).ShouldBe(401);
        var parts = valid.Split('.');
        var later = (long.Parse(parts[2], null) + 1000).ToString(System.Globalization.CultureInfo.InvariantCulture);
        (await StatusAsync(node, "GET", "/v1/recorders", string.Join('.', parts[0], parts[1], later, parts[3]))).ShouldBe(401);
        (await StatusAsync(node, "GET", "/v1/recorders", string.Join('.', parts[0], ApiKey.IdOf(gone), parts[2], parts[3]))).ShouldBe(401);
        (await StatusAsync(node, "GET", "/v1/recorders", valid[..^1])).ShouldBe(401);
        (await StatusAsync(node, "GET", "/v1/recorders", valid)).ShouldBe(200);
        time.Advance(SessionSigner.Lifetime + TimeSpan.FromSeconds(1));
        using var over = await SendAsync(node, "GET", "/v1/recorders", valid);
        over.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await over.Content.ReadAsStringAsync()).ShouldContain("log in again");
    }

    [Fact]
    public async Task A_session_outlives_the_restart_of_its_node_and_ends_with_its_keys_time()
    {
        using var folder = new Folder();
        var options = new ServeOptions { DataFolder = folder["data"], Listen = new IPEndPoint(IPAddress.Loopback, 0), Node = "spec" };
        var key = new ApiKeyRing(options.KeysFolder, NullLogger.Instance, TimeProvider.System).Add(Role.Viewer, null, [], null);
        string token;
        await using (var node = await NodeHost.StartAsync(options, CancellationToken.None))
        {
            using var answer = await Client.PostAsync(new Uri(node.Address, "/v1/session"), new StringContent($$"""{"key":"{{key}}"}""", null, "application/json"));
            token = CookieOf(answer).Split('=')[1];
        }

        await using var restarted = await NodeHost.StartAsync(options, CancellationToken.None);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(restarted.Address, "/v1/recorders"));
        request.Headers.Add("Cookie", $"recorder-session-{restarted.Address.Port}={token}");
        using var read = await Client.SendAsync(request);
        read.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public void A_session_is_valid_on_each_node_that_has_the_secret_and_the_key_and_on_no_other()
    {
        using var folder = new Folder();
        var (secret, time) = (new byte[32], TimeProvider.System);
        var keys = new ApiKeyRing(folder["keys"], NullLogger.Instance, time);
        var one = new SessionSigner(secret, keys, time);
        var token = one.Sign(one.Begin(keys.Add(Role.Viewer, null, [], null))!);

        new SessionSigner(secret, new ApiKeyRing(folder["keys"], NullLogger.Instance, time), time).Read(token).ShouldNotBeNull();
        new SessionSigner([.. secret.Select(it => (byte)(it + 1))], keys, time).Read(token).ShouldBeNull();
        new SessionSigner(secret, new ApiKeyRing(folder["others"], NullLogger.Instance, time), time).Read(token).ShouldBeNull();
    }

    [Fact]
    public async Task A_session_that_is_visited_is_renewed_and_one_that_is_left_is_no_more_valid_in_this_browser()
    {
        var time = new TravelledTime();
        await using var node = await ServedNode.StartAsync(time: time);
        var cookie = CookieOf(await LogInAsync(node, Keys(node).Add(Role.Viewer, null, [], null)));
        using var soon = await SendAsync(node, "GET", "/v1/session", cookie);
        soon.Headers.Contains("Set-Cookie").ShouldBeFalse();

        time.Advance(TimeSpan.FromDays(6));
        using var visited = await SendAsync(node, "GET", "/v1/session", cookie);
        var renewed = CookieOf(visited);
        time.Advance(TimeSpan.FromDays(6));
        (await StatusAsync(node, "GET", "/v1/recorders", cookie)).ShouldBe(401);
        (await StatusAsync(node, "GET", "/v1/recorders", renewed)).ShouldBe(200);
        using var left = await SendAsync(node, "DELETE", "/v1/session", renewed, headers: HeadersOf(node, "own", null, ("Recorder-Page", "1")));
        left.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        left.Headers.GetValues("Set-Cookie").Single().ShouldContain("1970");
    }

    [Fact]
    public async Task Guessing_keys_at_the_login_is_slowed_down()
    {
        await using var node = await ServedNode.StartAsync();
        var key = Keys(node).Add(Role.Admin, null, [], null);
        var answers = new List<int>();
        for (var i = 0; i < 31; i++)
            answers.Add((int)(await LogInAsync(node, "rec_00000000_guess")).StatusCode);

        answers[0].ShouldBe(401);
        answers[^1].ShouldBe(429);
        ((int)(await LogInAsync(node, key)).StatusCode).ShouldBe(200);
    }

    [Fact]
    public async Task A_node_without_keys_works_without_a_login_and_says_so()
    {
        await using var node = await ServedNode.StartAsync();
        var (_, open) = await node.SendAsync(HttpMethod.Get, "/v1/session");
        open!["keys"]!.GetValue<bool>().ShouldBeFalse();
        open["role"]!.GetValue<string>().ShouldBe("admin");
        Keys(node).Add(Role.Admin, null, [], null);

        var (_, locked) = await node.SendAsync(HttpMethod.Get, "/v1/session");
        locked!.ToJsonString().ShouldBe("""{"keys":true}""");
    }

    [Fact]
    public async Task Whoever_sends_a_key_is_asked_for_nothing_else()
    {
        await using var node = await ServedNode.StartAsync();
        var key = Keys(node).Add(Role.Admin, null, [], null);
        var cookie = CookieOf(await LogInAsync(node, key));
        (await StatusAsync(node, "POST", "/v1/recorders", cookie, Definition, [("Authorization", $"Bearer {key}"), ("Origin", "http://other.example")])).ShouldBe(201);
    }

    private static ApiKeyRing Keys(ServedNode node) =>
        new(Path.Combine(node.DataFolder, "keys"), NullLogger.Instance, TimeProvider.System);

    private static (string Name, string Value)[] HeadersOf(ServedNode node, string? origin, string? site, params (string Name, string Value)[] more) =>
    [
        .. origin is null ? [] : new[] { ("Origin", origin == "own" ? node.Host.Address.GetLeftPart(UriPartial.Authority) : origin) },
        .. site is null ? [] : new[] { ("Sec-Fetch-Site", site) },
        .. more,
    ];

    private static Task<HttpResponseMessage> LogInAsync(ServedNode node, string key, params (string Name, string Value)[] headers) =>
        SendAsync(node, "POST", "/v1/session", null, $$"""{"key":"{{key}}"}""", headers);

    private static string CookieOf(HttpResponseMessage answer) => answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

    private static async Task<int> StatusAsync(
        ServedNode node, string method, string path, string? cookie, string? json = null, (string Name, string Value)[]? headers = null)
    {
        using var answer = await SendAsync(node, method, path, cookie, json, headers ?? (method == "GET" ? [] : HeadersOf(node, "own", null, ("Recorder-Page", "1"))));
        return (int)answer.StatusCode;
    }

    private static Task<HttpResponseMessage> UpgradeAsync(ServedNode node, string path, string cookie, (string Name, string Value)[] headers) =>
        SendAsync(node, "GET", path, cookie, headers: [.. headers, ("Connection", "Upgrade"), ("Upgrade", "websocket")]);

    private static async Task<HttpResponseMessage> SendAsync(
        ServedNode node, string method, string path, string? cookie, string? json = null, (string Name, string Value)[]? headers = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(node.Host.Address, path));
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);

        foreach (var (name, value) in headers ?? [])
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue(name);

        if (json is not null)
            request.Content = new StringContent(json, MediaTypeHeaderValue.Parse(json.Length == 0 ? "text/plain" : "application/json"));

        return await Client.SendAsync(request);
    }

    /// <summary>Days that pass for all clocks at once.</summary>
    private sealed class TravelledTime : TimeProvider
    {
        private long _passed;

        public void Advance(TimeSpan by) => Interlocked.Add(ref _passed, by.Ticks);

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _passed));

        public override long GetTimestamp() =>
            System.GetTimestamp() + (long)(TimeSpan.FromTicks(Interlocked.Read(ref _passed)).TotalSeconds * System.TimestampFrequency);
    }
}
