using System.Net;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Webhooks;

/// <summary><c>/v1/webhooks</c>.</summary>
public sealed class WebhookApiSpecs
{
    [Fact]
    public async Task A_webhook_is_added_listed_changed_and_removed()
    {
        await using var node = await ServedNode.StartAsync();
        var (status, added) = await node.SendAsync(HttpMethod.Post, "/v1/webhooks", """{"url":"https://user:geheim@10.0.0.7/hook","kinds":["stop"]}""");
        status.ShouldBe(HttpStatusCode.Created);
        var id = added!["id"]!.GetValue<string>();
        added["secret"]!.GetValue<string>().Length.ShouldBe(64);
        added["url"]!.GetValue<string>().ShouldBe("https://***@10.0.0.7/hook");

        var (_, list) = await node.SendAsync(HttpMethod.Get, "/v1/webhooks");
        list!["webhooks"]!.AsArray().ShouldHaveSingleItem()!["secret"].ShouldBeNull();
        var (_, changed) = await node.SendAsync(HttpMethod.Patch, $"/v1/webhooks/{id}", """{"recorders":["hall-*"]}""");
        changed!["recorders"]!.AsArray().Count.ShouldBe(1);
        changed["kinds"]!.AsArray().Count.ShouldBe(1);
        (await node.SendAsync(HttpMethod.Delete, $"/v1/webhooks/{id}")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await node.SendAsync(HttpMethod.Get, $"/v1/webhooks/{id}")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"url":"http://169.254.169.254/"}""", 403, "metadata")]
    [InlineData("""{"url":"file:///etc/passwd"}""", 403, "is not allowed as a target")]
    [InlineData("""{"url":"hook"}""", 403, "it is not a URL")]
    [InlineData("""{}""", 400, "'url' is missing")]
    [InlineData("""{"url":"http://10.0.0.1/","kinds":["boom"]}""", 400, "'boom' is an unknown kind of event")]
    [InlineData("""{"url":"http://10.0.0.1/","secret":"short"}""", 400, "16 to 200 characters")]
    [InlineData("""{"url":"http://10.0.0.1/","recorders":["../x"]}""", 400, "'recorders' must be")]
    [InlineData("""{"uri":"http://10.0.0.1/"}""", 400, "'uri' is an unknown member")]
    public async Task What_makes_no_sense_is_refused(string json, int status, string part)
    {
        await using var node = await ServedNode.StartAsync();
        var (answered, body) = await node.SendAsync(HttpMethod.Post, "/v1/webhooks", json);
        ((int)answered).ShouldBe(status);
        body!["detail"]!.GetValue<string>().ShouldContain(part);
    }
}
