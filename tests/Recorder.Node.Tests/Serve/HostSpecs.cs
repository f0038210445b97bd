using System.Net;
using System.Text.Json.Nodes;
using Recorder.Node.Configuration;
using Recorder.Node.Serve;
using Recorder.Node.Tests.Cli;

namespace Recorder.Node.Tests.Serve;

/// <summary>The node as an HTTP server: start, limits, problems, end.</summary>
public sealed class HostSpecs
{
    [Fact]
    public async Task A_node_answers_where_it_says_it_does()
    {
        await using var node = await ServedNode.StartAsync();

        node.Host.Address.Port.ShouldNotBe(0);
        var (status, body) = await node.SendAsync(HttpMethod.Get, "/health/live");
        status.ShouldBe(HttpStatusCode.OK);
        body!["status"]!.GetValue<string>().ShouldBe("ok");
    }

    [Fact]
    public async Task Two_nodes_live_in_one_process()
    {
        await using var first = await ServedNode.StartAsync();
        await using var second = await ServedNode.StartAsync();

        first.Host.Address.ShouldNotBe(second.Host.Address);
        (await first.SendAsync(HttpMethod.Get, "/health/live")).Status.ShouldBe(HttpStatusCode.OK);
        (await second.SendAsync(HttpMethod.Get, "/health/live")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(false, "recording")]
    [InlineData(true, "inactive")]
    public async Task Recordings_under_way_go_on_at_the_next_start_or_are_stopped_as_configured(bool stops, string state)
    {
        using var folder = new Folder();
        var options = new ServeOptions { DataFolder = folder["data"], Listen = new IPEndPoint(IPAddress.Loopback, 0), StopsOnShutdown = stops };
        await using (var node = await NodeHost.StartAsync(options, CancellationToken.None))
        {
            using var client = new HttpClient { BaseAddress = node.Address };
            using var definition = new StringContent("""{"id":"a","source":"test:?size=64x64&rate=10&audio=off"}""", null, "application/json");
            (await client.PostAsync("/v1/recorders", definition)).EnsureSuccessStatusCode();
            (await client.PostAsync("/v1/recorders/a:start", null)).EnsureSuccessStatusCode();
        }

        await using var again = await NodeHost.StartAsync(options, CancellationToken.None);

        using var asking = new HttpClient { BaseAddress = again.Address };
        await Eventually.HoldsAsync($"a is {state}", async () =>
        {
            var recorder = JsonNode.Parse(await asking.GetStringAsync("/v1/recorders/a"))!;
            return recorder["state"]!.GetValue<string>() == state && recorder["desired"]!.GetValue<string>() == state;
        });
    }

    [Theory]
    [InlineData("GET", "/nowhere", 404, "NotFoundError", "There is no endpoint GET /nowhere; /openapi/v1.json lists all endpoints.")]
    [InlineData("DELETE", "/health/live", 405, "NotSupportedError",
        "DELETE is not possible at /health/live; the Allow header and /openapi/v1.json say what is.")]
    public async Task What_is_refused_without_an_endpoint_is_a_problem_too(string method, string path, int status, string name, string detail)
    {
        await using var node = await ServedNode.StartAsync();
        using var response = await node.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var (answered, body) = await node.SendAsync(new HttpMethod(method), path);
        ((int)answered).ShouldBe(status);
        body!["status"]!.GetValue<int>().ShouldBe(status);
        body["name"]!.GetValue<string>().ShouldBe(name);
        body["detail"]!.GetValue<string>().ShouldBe(detail);
        body["title"]!.GetValue<string>().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_port_that_is_taken_stops_the_start_with_a_sentence()
    {
        await using var node = await ServedNode.StartAsync();
        using var folder = new Folder();
        var options = new ServeOptions { DataFolder = folder["data"], Listen = IPEndPoint.Parse(node.Host.Address.Authority) };

        var refused = await Should.ThrowAsync<ServeException>(() => NodeHost.StartAsync(options, CancellationToken.None));

        refused.Message.ShouldStartWith($"Cannot listen on {options.Listen} (");
        refused.Message.ShouldEndWith("choose another with --listen.");
    }

    [Fact]
    public async Task A_data_folder_that_is_a_file_stops_the_start_with_a_sentence()
    {
        using var folder = new Folder();
        var options = new ServeOptions { DataFolder = folder.Create("file"), Listen = new IPEndPoint(IPAddress.Loopback, 0) };

        var refused = await Should.ThrowAsync<ServeException>(() => NodeHost.StartAsync(options, CancellationToken.None));

        refused.Message.ShouldStartWith($"Cannot use the data folder '{folder["file"]}' (");
    }

    [Theory]
    [InlineData("serve", "Missing required option '--data DIR', the folder of recordings, catalogue and keys.")]
    [InlineData("serve --data d --listen 8080", "--listen '8080' is not an address; expected IP:PORT, for example 127.0.0.1:8080 or [::1]:8080.")]
    [InlineData("serve --data d --listen host:1", "--listen 'host:1' is not an address; expected IP:PORT, for example 127.0.0.1:8080 or [::1]:8080.")]
    [InlineData("serve --data d --listen ::1:99999", "--listen '::1:99999' is not an address; expected IP:PORT, for example 127.0.0.1:8080 or [::1]:8080.")]
    [InlineData("serve --data d --quiet --verbose", "Options '--quiet' and '--verbose' cannot be used together.")]
    public async Task A_command_line_that_makes_no_sense_is_refused(string line, string sentence) =>
        (await Terminal.RefusalOfAsync(line.Split(' '))).ShouldBe(sentence);

    [Theory]
    [InlineData("127.0.0.1:8080", "127.0.0.1:8080")]
    [InlineData("localhost:0", "127.0.0.1:0")]
    [InlineData("[::1]:8443", "[::1]:8443")]
    [InlineData("0.0.0.0:80", "0.0.0.0:80")]
    public void An_address_is_an_IP_and_a_port(string text, string expected) =>
        ServeOptions.ReadListen(text, out _)!.ToString().ShouldBe(expected);
}
