using System.Globalization;
using System.Text.Json;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Integration.Tests.Node;

/// <summary>Takes of a node that is killed: their numbers, their recordings, and what every file contains.</summary>
[Collection(NodeProcess.OneAtATime)]
public class TakeSpecs(ITestOutputHelper log)
{
    private const int Recorders = 4;
    private const int Kills = 3;

    private static readonly int Takes = int.Parse(Environment.GetEnvironmentVariable("RECORDER_TAKES") ?? "8", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Takes_are_numbered_without_a_hole_through_three_kills_and_every_file_contains_its_moment()
    {
        using var folder = new TestFolder();
        var data = folder.File("data");
        var node = await NodeProcess.StartAsync(data);
        try
        {
            await DefineAsync(node);
            for (var number = 1; number <= Takes; number++)
            {
                var armed = await ArmAsync(node);
                armed.GetProperty("slate").GetProperty("take").GetInt32().ShouldBe(number);
                var path = $"/v1/takes/{armed.GetProperty("id").GetString()}";
                await node.GetUntilAsync(path, take => Angles(take).All(angle => angle.GetProperty("state").GetString() == "ready"));
                var started = await node.PostAsync(path + ":start");
                Angles(started).ShouldAllBe(angle => angle.GetProperty("state").GetString() == "recording");
                // What was stored a second ago survives a kill.
                await node.GetUntilAsync(path, take => Angles(take).All(angle => HasRecordedASecond(take, angle)));
                if (number % (Takes / (Kills + 1)) == 0 && number / (Takes / (Kills + 1)) <= Kills)
                {
                    await node.KillAsync();
                    await node.DisposeAsync();
                    node = await NodeProcess.StartAsync(data);
                    // The take goes on, with the recordings that it had.
                    var goesOn = await node.GetUntilAsync(path, take => Angles(take).All(angle => angle.GetProperty("state").GetString() == "recording"));
                    goesOn.GetProperty("at").GetString().ShouldBe(started.GetProperty("at").GetString());
                    Angles(goesOn).Select(Recording).ShouldBe(Angles(started).Select(Recording));
                    log.WriteLine($"killed in take {number}");
                }

                var done = await node.PostAsync(path + ":stop");
                done.GetProperty("state").GetString().ShouldBe("done", node.Said);
                foreach (var n in Enumerable.Range(0, Recorders))
                    await node.GetUntilAsync($"/v1/recorders/r{n}", recorder => recorder.GetProperty("state").GetString() == "inactive");

                ContainsItsMoment(data, done);
            }

            var verified = await Command.RunAsync(RecorderProcess.Program, ["verify", "--data", data]);
            verified.ExitCode.ShouldBe(0, verified.Output + verified.Error);
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task An_angle_that_is_deleted_is_named_and_the_others_go_on()
    {
        using var folder = new TestFolder();
        await using var node = await NodeProcess.StartAsync(folder.File("data"));
        await DefineAsync(node);
        var path = $"/v1/takes/{(await ArmAsync(node)).GetProperty("id").GetString()}";
        await node.GetUntilAsync(path, take => Angles(take).All(angle => angle.GetProperty("state").GetString() == "ready"));
        await node.PostAsync(path + ":start");

        using (var deleted = await node.Http.DeleteAsync("/v1/recorders/r2"))
            deleted.IsSuccessStatusCode.ShouldBeTrue();

        var take = await node.GetUntilAsync(path, take => Angles(take)[2].GetProperty("obstacle").GetString() == "notDefined");
        Angles(take)[2].GetProperty("state").GetString().ShouldBe("missing");
        Angles(take).Where((_, index) => index != 2).ShouldAllBe(angle => angle.GetProperty("state").GetString() == "recording");
        var done = await node.PostAsync(path + ":stop");
        done.GetProperty("state").GetString().ShouldBe("done");
        Angles(done)[2].GetProperty("recordings").GetArrayLength().ShouldBe(1);
    }

    // By the blobs on disk, which state when their media was captured.
    private static void ContainsItsMoment(string data, JsonElement take)
    {
        var at = take.GetProperty("at").GetDateTimeOffset();
        foreach (var angle in Angles(take))
        {
            angle.GetProperty("isLate").GetBoolean().ShouldBeFalse();
            var index = Path.Combine(data, "recordings", angle.GetProperty("recorder").GetString()!, Recording(angle), "index.jsonl");
            List<JsonElement> blobs = [.. File.ReadAllLines(index).Select(line => JsonDocument.Parse(line).RootElement).Where(line => line.TryGetProperty("seq", out _))];
            var first = blobs[0].GetProperty("wallTime").GetDateTimeOffset();
            first.ShouldBeLessThanOrEqualTo(at);
            (blobs[^1].GetProperty("wallTime").GetDateTimeOffset() + TimeSpan.FromMilliseconds(blobs[^1].GetProperty("duration").GetDouble())).ShouldBeGreaterThan(at);
            // What is reported is what the file says, to a frame.
            (first - at).TotalMilliseconds.ShouldBe(angle.GetProperty("offset").GetDouble(), 100);
        }
    }

    private static async Task DefineAsync(NodeProcess node)
    {
        for (var n = 0; n < Recorders; n++)
            await node.PostAsync("/v1/recorders", new { id = $"r{n}", source = $"test:?size={160 + (16 * n)}x120&rate=10&audio=off", mimeType = "video/mp4;codecs=avc1", videoKeyFrameIntervalCount = 10, timeslice = 500 });
    }

    private static bool HasRecordedASecond(JsonElement take, JsonElement angle) =>
        angle.TryGetProperty("times", out var times)
        && times.GetProperty("last").GetDateTimeOffset() >= take.GetProperty("at").GetDateTimeOffset() + TimeSpan.FromSeconds(1);

    private static Task<JsonElement> ArmAsync(NodeProcess node) => node.PostAsync("/v1/takes", new
    {
        scene = "12A",
        angles = Enumerable.Range(0, Recorders).Select(n => new { recorder = $"r{n}" }).ToArray(),
    });

    private static List<JsonElement> Angles(JsonElement take) => [.. take.GetProperty("angles").EnumerateArray()];

    private static string Recording(JsonElement angle) => angle.GetProperty("recordings")[0].GetString()!;
}
