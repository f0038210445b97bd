using System.Net;
using Recorder.Node.Configuration;
using Recorder.Node.Serve;
using Recorder.Node.Tests.Cli;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Http;

/// <summary>A request with a key is carried out once, whatever happens to its answer.</summary>
public sealed class IdempotencySpecs
{
    [Fact]
    public async Task The_same_request_is_answered_the_same_and_carried_out_once()
    {
        await using var node = await ServedNode.StartAsync();

        var first = await SendAsync(node, "k1", "/v1/recorders", """{"id":"a","source":"test:"}""");
        var second = await SendAsync(node, "k1", "/v1/recorders", """{"id":"a","source":"test:"}""");
        var third = await SendAsync(node, "k2", "/v1/recorders", """{"id":"a","source":"test:"}""");

        first.Status.ShouldBe(201);
        second.ShouldBe(first);
        third.Status.ShouldBe(409);
    }

    [Fact]
    public async Task A_refusal_is_answered_the_same_too()
    {
        await using var node = await ServedNode.StartAsync();
        await SendAsync(node, "k1", "/v1/recorders", """{"id":"a","source":"test:"}""");
        var refused = await SendAsync(node, "k2", "/v1/recorders/a:pause", null);
        await SendAsync(node, "k3", "/v1/recorders/a:start", null);

        refused.Status.ShouldBe(409);
        (await SendAsync(node, "k2", "/v1/recorders/a:pause", null)).ShouldBe(refused);
        (await SendAsync(node, "k4", "/v1/recorders/a:pause", null)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_key_that_was_used_for_another_request_is_refused()
    {
        await using var node = await ServedNode.StartAsync();
        await SendAsync(node, "k1", "/v1/recorders", """{"id":"a","source":"test:"}""");

        (await SendAsync(node, "k1", "/v1/recorders", """{"id":"b","source":"test:"}""")).Status.ShouldBe(422);
        (await SendAsync(node, "k1", "/v1/recorders/a:start", null)).Status.ShouldBe(422);
    }

    [Fact]
    public async Task Two_at_the_same_time_are_carried_out_once()
    {
        await using var node = await ServedNode.StartAsync();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => SendAsync(node, "k1", "/v1/recorders", """{"id":"a","source":"test:"}""")));

        answers.Distinct().ShouldHaveSingleItem().Status.ShouldBe(201);
    }

    [Fact]
    public async Task A_request_whose_sender_gave_up_at_any_moment_is_answered_whole_when_it_is_sent_again()
    {
        await using var node = await ServedNode.StartAsync();
        for (var moment = 0; moment < 40; moment++)
        {
            var definition = $$"""{"id":"r{{moment}}","source":"test:"}""";
            using (var giving = new CancellationTokenSource(TimeSpan.FromMilliseconds(moment / 4.0)))
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/recorders") { Content = new StringContent(definition, null, "application/json") };
                request.Headers.Add("Idempotency-Key", $"k{moment}");
                try
                {
                    (await node.Client.SendAsync(request, giving.Token)).Dispose();
                }
                catch (OperationCanceledException)
                {
                    // As it is meant.
                }
            }

            var answer = await SendAsync(node, $"k{moment}", "/v1/recorders", definition);
            answer.Status.ShouldBe(201);
            answer.Body.ShouldContain($"\"r{moment}\"");
        }
    }

    [Fact]
    public async Task A_node_that_was_started_again_remembers()
    {
        using var folder = new Folder();
        var options = new ServeOptions { DataFolder = folder["data"], Listen = new IPEndPoint(IPAddress.Loopback, 0), Node = "spec" };
        (int, string, string?) first;
        await using (var node = await NodeHost.StartAsync(options, CancellationToken.None))
        {
            first = await SendAsync(node.Address, "k1", "/v1/recorders", """{"id":"a","source":"test:"}""");
        }

        await using var again = await NodeHost.StartAsync(options, CancellationToken.None);

        (await SendAsync(again.Address, "k1", "/v1/recorders", """{"id":"a","source":"test:"}""")).ShouldBe(first);
        (await SendAsync(again.Address, "k1", "/v1/recorders", """{"id":"b","source":"test:"}""")).Status.ShouldBe(422);
    }

    [Theory]
    [InlineData("\u00e9")]
    [InlineData("")]
    public async Task A_key_that_is_none_is_refused(string key)
    {
        await using var node = await ServedNode.StartAsync();

        (await SendAsync(node, key.Length == 0 ? new string('k', 256) : key, "/v1/recorders", """{"id":"a","source":"test:"}""")).Status.ShouldBe(400);
    }

    private static Task<(int Status, string Body, string? Location)> SendAsync(ServedNode node, string key, string path, string? json) =>
        SendAsync(node.Host.Address, key, path, json);

    private static async Task<(int Status, string Body, string? Location)> SendAsync(Uri address, string key, string path, string? json)
    {
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.Latin1 };
        using var client = new HttpClient(handler) { BaseAddress = address };
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        request.Content = json is null ? null : new StringContent(json, null, "application/json");
        using var response = await client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.Location?.ToString());
    }
}
