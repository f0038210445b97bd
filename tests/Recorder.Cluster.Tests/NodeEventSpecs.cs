using System.Globalization;
using Recorder.Cluster.Tests.Harness;
using Recorder.Integration.Tests.Harness;

namespace Recorder.Cluster.Tests;

/// <summary>What becomes of nodes, as those hear who ask.</summary>
public class NodeEventSpecs
{
    [Fact]
    public async Task Joining_draining_leaving_and_dying_are_events_that_any_node_tells()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(1);
        using var answer = await cluster.Nodes[1].Http.GetAsync("/v1/nodes/events", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        (await NextAsync(lines)).ShouldBe("node n1 up");

        await cluster.StartNodeAsync(2);
        (await NextAsync(lines)).ShouldBe("joined n2 up");
        await cluster.Nodes[1].PostAsync("/v1/nodes/n2:drain");
        (await NextAsync(lines)).ShouldBe("draining n2 draining");
        await cluster.Nodes[1].PostAsync("/v1/nodes/n2:resume");
        (await NextAsync(lines)).ShouldBe("resumed n2 up");
        await cluster.KillAsync(2);
        (await NextAsync(lines)).ShouldBe("died n2 dead");
        await cluster.StartNodeAsync(2);
        (await NextAsync(lines)).ShouldBe("joined n2 up");
        (await cluster.Nodes[2].EndAsync()).ShouldBe(0);
        (await NextAsync(lines)).ShouldBe("left n2 left");
    }

    private static async Task<string> NextAsync(StreamReader lines)
    {
        using var limit = new CancellationTokenSource(RecorderProcess.Patience);
        var kind = "";
        while (true)
        {
            var line = await lines.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException("The stream ended.");
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                kind = line["event: ".Length..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                using var node = System.Text.Json.JsonDocument.Parse(line["data: ".Length..]);
                return string.Create(CultureInfo.InvariantCulture, $"{kind} {node.RootElement.GetProperty("id")} {node.RootElement.GetProperty("state")}");
            }
        }
    }
}
