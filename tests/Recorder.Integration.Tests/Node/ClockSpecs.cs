using Recorder.Integration.Tests.Harness;

namespace Recorder.Integration.Tests.Node;

/// <summary>The program itself under a system clock that is set two years ahead, and what its retention leaves.</summary>
public class ClockSpecs
{
    private static readonly TimeSpan TwoYears = TimeSpan.FromDays(730);

    [Fact]
    public async Task Two_years_ahead_a_node_removes_nothing_by_age_and_goes_on_by_size_also_when_it_starts_so()
    {
        using var folder = new TestFolder();
        var clock = await SettableClock.CreateAsync(folder);
        var data = folder.File("data");
        var node = await NodeProcess.StartAsync(data, "--min-free 0", clock.Through);
        try
        {
            await RecordAsync(node, "by-age", new { maxAge = 3_600_000 });
            await RecordAsync(node, "by-size", new { maxBytes = 1L << 40 });
            (await node.GetAsync("/v1/clock")).GetProperty("status").GetString().ShouldBe("trusted");
            clock.Set(TwoYears);
            var jumped = await node.GetAsync("/v1/clock");
            jumped.GetProperty("status").GetString().ShouldBe("distrusted");
            jumped.GetProperty("offset").GetDouble().ShouldBe(TwoYears.TotalMilliseconds, 2000);
            await ChangeAsync(node, "by-size", new { retention = new { maxBytes = 1 } });
            (await node.EndAsync()).ShouldBe(0, node.Said);
            await node.DisposeAsync();

            // A start makes a sweep at once: what is too much goes, what a clock says to be old stays.
            node = await NodeProcess.StartAsync(data, "--min-free 0", clock.Through);
            (await RecordingsAsync(node, recordings => recordings.Count < 2)).ShouldHaveSingleItem().ShouldStartWith("by-age~");
            var health = await node.GetAsync("/health/ready");
            (health.GetProperty("status").GetString(), health.GetProperty("warnings")[0].GetString()!.Split(' ')[0]).ShouldBe(("ok", "clock:"));

            var trusted = await Command.RunAsync(RecorderProcess.Program, ["clock", "trust", "--node", node.Http.BaseAddress!.ToString()]);
            trusted.ExitCode.ShouldBe(0, trusted.Error);
            await RecordAsync(node, "by-size-again", new { maxBytes = 1 });
            (await node.EndAsync()).ShouldBe(0, node.Said);
            await node.DisposeAsync();
            node = await NodeProcess.StartAsync(data, "--min-free 0", clock.Through);
            (await RecordingsAsync(node, recordings => recordings.Count < 2)).ShouldHaveSingleItem().ShouldStartWith("by-age~");
            (await node.GetAsync("/v1/clock")).GetProperty("status").GetString().ShouldBe("trusted");
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    private static async Task RecordAsync(NodeProcess node, string id, object retention)
    {
        await node.PostAsync("/v1/recorders", new { id, source = "test:?size=64x64&rate=10&pace=fast&duration=1s&audio=off", retention });
        await node.PostAsync($"/v1/recorders/{id}:start");
        await node.GetUntilAsync($"/v1/recordings?recorder={id}", list =>
            list.GetProperty("recordings").EnumerateArray().Any(recording => recording.TryGetProperty("endedAt", out _)));
    }

    private static async Task ChangeAsync(NodeProcess node, string id, object change)
    {
        using var answer = await node.Http.PatchAsync(
            $"/v1/recorders/{id}", new StringContent(System.Text.Json.JsonSerializer.Serialize(change), null, "application/json"));
        answer.IsSuccessStatusCode.ShouldBeTrue(node.Said);
    }

    private static async Task<List<string>> RecordingsAsync(NodeProcess node, Func<List<string>, bool> holds)
    {
        List<string> keys = [];
        await node.GetUntilAsync("/v1/recordings", list =>
            holds(keys = [.. list.GetProperty("recordings").EnumerateArray().Select(recording => recording.GetProperty("key").GetString()!)]));
        return keys;
    }
}
