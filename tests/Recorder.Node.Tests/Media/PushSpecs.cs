using System.Net;
using Recorder.Actors;
using Recorder.Node.Tests.Api;

namespace Recorder.Node.Tests.Media;

/// <summary>Who may send a stream.</summary>
public sealed class PushSpecs
{
    [Fact]
    public async Task One_sends_a_name_at_a_time_and_the_next_when_that_has_ended()
    {
        await using var node = await ServedNode.StartAsync();
        var streams = ((RecorderRuntime)node.Host.Services.GetService(typeof(RecorderRuntime))!).Streams;

        using (streams.TryBegin("studio"))
        {
            var (status, problem) = await node.SendAsync(HttpMethod.Put, "/v1/streams/studio", "x");
            status.ShouldBe(HttpStatusCode.Conflict);
            problem!["name"]!.GetValue<string>().ShouldBe("InvalidStateError");
            problem["detail"]!.GetValue<string>().ShouldContain("studio");
            (await node.SendAsync(HttpMethod.Put, "/v1/streams/other")).Status.ShouldBe(HttpStatusCode.NoContent);
        }

        (await node.SendAsync(HttpMethod.Put, "/v1/streams/studio")).Status.ShouldBe(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("a~b")]
    [InlineData("%20")]
    [InlineData("..%2fetc")]
    public async Task A_name_that_is_none_is_refused(string name)
    {
        await using var node = await ServedNode.StartAsync();

        (await node.SendAsync(HttpMethod.Put, $"/v1/streams/{name}")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }
}
