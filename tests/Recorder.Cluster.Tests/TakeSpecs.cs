using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Recorder.Cluster.Tests.Harness;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Cluster.Tests;

/// <summary>Takes over recorders of several nodes, and the death of the node that runs one.</summary>
public class TakeSpecs(ITestOutputHelper log)
{
    private const int Recorders = 6;

    [Fact]
    public async Task The_node_that_runs_a_take_is_killed_and_another_goes_on_with_it_and_ends_it()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(3);
        await cluster.DefineAsync(Recorders, rate: 10);
        await cluster.UntilAgreedAsync();
        (await cluster.OwnersAsync(1)).Values.Distinct().Count().ShouldBe(3, "each node has some of them");

        var armed = await ArmAsync(cluster.Nodes[1]);
        armed.GetProperty("tenure").GetProperty("node").GetString().ShouldBe("n1");
        var path = $"/v1/takes/{armed.GetProperty("id").GetString()}";
        await cluster.Nodes[2].GetUntilAsync(path, take => Angles(take).All(angle => Is(angle, "ready")));
        await cluster.Nodes[3].PostAsync(path + ":start");
        // The others know what was decided before its node dies.
        var recording = await cluster.Nodes[2].GetUntilAsync(path, take => Angles(take).All(angle => Is(angle, "recording") && HasBegunInTime(angle)));

        var watch = System.Diagnostics.Stopwatch.StartNew();
        await cluster.KillAsync(1);
        var goesOn = await cluster.Nodes[2].GetUntilAsync(path, take => Node(take) != "n1" && Angles(take).All(angle => Is(angle, "recording")));
        log.WriteLine($"{Node(goesOn)} runs it with all {Recorders} recorders {watch.Elapsed.TotalSeconds:0.0} s after the death");
        goesOn.GetProperty("tenure").GetProperty("term").GetInt32().ShouldBe(2);
        goesOn.GetProperty("at").GetString().ShouldBe(recording.GetProperty("at").GetString());
        goesOn.GetProperty("timeCode").GetString().ShouldBe(recording.GetProperty("timeCode").GetString());
        foreach (var (before, after) in Angles(recording).Zip(Angles(goesOn)))
            Recordings(after).ShouldBe(Recordings(after).Union(Recordings(before)), "what was recorded before is not forgotten");

        await cluster.Nodes[3].PostAsync(path + ":mark", new { label = "after the death" });
        using (var refused = await cluster.Nodes[3].Http.PostAsJsonAsync("/v1/takes", new { angles = new[] { new { recorder = "r0" } } }))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
            problem.GetProperty("detail").GetString()!.ShouldContain($"belongs to take {Number(armed)} of scene 12A");
        }

        var done = await cluster.Nodes[3].PostAsync(path + ":stop");
        done.GetProperty("state").GetString().ShouldBe("done");
        await cluster.UntilIndexedAsync(async () => (await cluster.Nodes[2].GetAsync("/v1/recorders")).GetProperty("recorders").EnumerateArray().All(it => Is(it, "inactive")));
        var next = await ArmAsync(cluster.Nodes[2]);
        Number(next).ShouldBeGreaterThan(Number(armed));

        await cluster.StartNodeAsync(1);
        await cluster.UntilJoinedAsync();
        var copy = Path.Combine(cluster.DataOf(1), "takes", $"{armed.GetProperty("id").GetString()}.json");
        await cluster.UntilIndexedAsync(async () => (await File.ReadAllTextAsync(copy)) is var text && text.Contains("after the death", StringComparison.Ordinal) && text.Contains("\"done\"", StringComparison.Ordinal));
        (await cluster.Nodes[1].PostAsync($"/v1/takes/{next.GetProperty("id").GetString()}:stop")).GetProperty("state").GetString().ShouldBe("done");
        (await cluster.Nodes[1].GetAsync("/v1/takes")).GetProperty("takes").EnumerateArray().Select(Number).Order().ShouldBe([Number(armed), Number(next)]);
    }

    private static Task<JsonElement> ArmAsync(NodeProcess node) => node.PostAsync(
        "/v1/takes", new { scene = "12A", angles = Enumerable.Range(0, Recorders).Select(n => new { recorder = $"r{n}" }) });

    private static bool HasBegunInTime(JsonElement angle) =>
        angle.TryGetProperty("offset", out var offset) && offset.ValueKind == JsonValueKind.Number && offset.GetDouble() <= 0;

    private static List<JsonElement> Angles(JsonElement take) => [.. take.GetProperty("angles").EnumerateArray()];

    private static IEnumerable<string?> Recordings(JsonElement angle) => angle.GetProperty("recordings").EnumerateArray().Select(it => it.GetString());

    private static int Number(JsonElement take) => take.GetProperty("slate").GetProperty("take").GetInt32();

    private static bool Is(JsonElement it, string state) => it.GetProperty("state").GetString() == state;

    private static string? Node(JsonElement take) => take.GetProperty("tenure").GetProperty("node").GetString();
}
