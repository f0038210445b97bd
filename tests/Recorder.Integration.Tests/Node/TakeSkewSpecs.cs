using System.Globalization;
using System.Text.Json;
using Recorder.Integration.Tests.Harness;
using Xunit.Abstractions;

namespace Recorder.Integration.Tests.Node;

/// <summary>What a take says of its angles' moments, and what the clock in their pictures says.</summary>
[Collection(NodeProcess.OneAtATime)]
public class TakeSkewSpecs(ITestOutputHelper log)
{
    private static readonly int Takes = int.Parse(Environment.GetEnvironmentVariable("RECORDER_TAKES") ?? "3", CultureInfo.InvariantCulture);

    [Fact]
    public async Task The_reported_skew_of_eight_cameras_is_what_their_pictures_say_and_every_file_contains_the_moment()
    {
        using var folder = new TestFolder();
        await using var cameras = await ClockCameras.StartAsync(8);
        await using var node = await NodeProcess.StartAsync(folder.File("data"));
        await DefineAsync(node, cameras, 8);
        for (var number = 1; number <= Takes; number++)
        {
            var take = await RecordAsync(node, 8, take => Angles(take).All(angle => HasRecorded(take, angle, TimeSpan.FromSeconds(1.5)) && Detail(angle) == ""));
            var errors = await ErrorsAsync(folder, take);
            log.WriteLine($"take {number}: offset {Text(Angles(take).Select(Offset))} ms, the pictures say otherwise by {Text(errors)} ms");
            errors.ShouldAllBe(error => Math.Abs(error) <= ClockCameras.Frame.TotalMilliseconds);
            Angles(take).ShouldAllBe(angle => Detail(angle) == "" && !angle.GetProperty("isLate").GetBoolean());
        }
    }

    [Fact]
    public async Task A_camera_that_sends_700_ms_late_is_named_and_so_is_one_whose_clock_is_700_ms_ahead()
    {
        using var folder = new TestFolder();
        await using var cameras = await ClockCameras.StartAsync(4, "--shift 2=700 --clock-error 3=700");
        await using var node = await NodeProcess.StartAsync(folder.File("data"));
        await DefineAsync(node, cameras, 4);
        var take = await RecordAsync(node, 4, take =>
            Angles(take).All(angle => HasRecorded(take, angle, TimeSpan.FromSeconds(1.5)) && (Detail(angle) == "") == (angle.GetProperty("recorder").GetString() is "c1" or "c4")));

        var angles = Angles(take);
        var delays = angles.Select(angle => angle.GetProperty("times").GetProperty("delay").GetDouble()).ToList();
        log.WriteLine($"delays {Text(delays)} ms; {string.Join(' ', angles.Select(Detail))}");
        (delays[1] - delays[0]).ShouldBe(700, 200);
        (delays[2] - delays[0]).ShouldBe(-700, 200);
        (Detail(angles[0]), Detail(angles[3])).ShouldBe(("", ""));
        Detail(angles[1]).ShouldMatch(@"^Frames of camera c2 arrive \d+ ms later than those of the take's other cameras");
        Detail(angles[2]).ShouldMatch(@"^The clock of camera c3 is \d+ ms ahead of its node's");

        // The late one states truly when its frames were captured; only the pictures show what the wrong clock makes of the third's.
        var errors = await ErrorsAsync(folder, take);
        log.WriteLine($"the pictures say otherwise by {Text(errors)} ms");
        foreach (var (error, expected) in errors.Zip([0d, 0, -700, 0]))
            error.ShouldBe(expected, ClockCameras.Frame.TotalMilliseconds);
    }

    [Fact]
    public async Task A_camera_whose_clock_jumps_is_named_with_how_far_and_its_frames_keep_their_times()
    {
        using var folder = new TestFolder();
        await using var cameras = await ClockCameras.StartAsync(2, "--jump 2=3200 --jump-after 8");
        await using var node = await NodeProcess.StartAsync(folder.File("data"));
        await DefineAsync(node, cameras, 2);
        var take = await RecordAsync(node, 2, take => Detail(Angles(take)[1]).Contains("jumped", StringComparison.Ordinal));

        var angles = Angles(take);
        log.WriteLine(Detail(angles[1]));
        Detail(angles[0]).ShouldBe("");
        Detail(angles[1]).ShouldMatch(@"^The clock of camera c2 jumped by \+3\.[0-4] s at \d\d:\d\d:\d\d UTC: its frames count from their arrival since\.$");
        var times = angles[1].GetProperty("times");
        (times.GetProperty("clock").GetString(), times.GetProperty("jump").GetProperty("count").GetInt32()).ShouldBe(("arrival", 1));
        times.GetProperty("jump").GetProperty("by").GetDouble().ShouldBe(3200, 300);
        // What was stated before the jump still counts.
        Math.Abs(Offset(angles[1]) - Offset(angles[0])).ShouldBeLessThan(2000);
    }

    // Takes 70 s: 200 ppm are 14 ms then.
    [Fact]
    [Trait("Length", "Long")]
    public async Task A_camera_whose_frames_drift_by_200_ppm_from_its_clock_is_named_with_its_drift()
    {
        using var folder = new TestFolder();
        await using var cameras = await ClockCameras.StartAsync(2, "--drift 2=200");
        await using var node = await NodeProcess.StartAsync(folder.File("data"));
        await DefineAsync(node, cameras, 2);
        var take = await RecordAsync(node, 2, take => Angles(take).All(angle => HasRecorded(take, angle, TimeSpan.FromSeconds(70))));

        var angles = Angles(take);
        var drifts = angles.Select(PerMillion).ToList();
        log.WriteLine($"drift {Text(drifts)} ppm; {Detail(angles[1])}");
        // Its timestamps run fast: less time passes by the clock than by the frames.
        drifts[1].ShouldBe(-200, 40);
        drifts[0].ShouldBe(0, 20);
        Detail(angles[0]).ShouldBe("");
        Detail(angles[1]).ShouldMatch(@"^The frames of camera c2 drift by -\d+ ppm from its clock");
        (await ErrorsAsync(folder, take)).ShouldAllBe(error => Math.Abs(error) <= ClockCameras.Frame.TotalMilliseconds);
    }

    private static async Task DefineAsync(NodeProcess node, ClockCameras cameras, int count)
    {
        for (var number = 1; number <= count; number++)
            await node.PostAsync("/v1/recorders", new { id = $"c{number}", source = cameras.Uri(number), mimeType = "video/mp4;codecs=avc1", timeslice = 500 });
    }

    // Arms, starts when every camera has stated its clock, and stops when enough is recorded.
    private static async Task<JsonElement> RecordAsync(NodeProcess node, int count, Func<JsonElement, bool> isEnough)
    {
        var armed = await node.PostAsync("/v1/takes", new { scene = "12A", angles = Enumerable.Range(1, count).Select(number => new { recorder = $"c{number}" }).ToArray() });
        var path = $"/v1/takes/{armed.GetProperty("id").GetString()}";
        await node.GetUntilAsync(path, take => Angles(take).All(angle => angle.GetProperty("state").GetString() == "ready" && Detail(angle) == ""));
        await node.PostAsync(path + ":start");
        await node.GetUntilAsync(path, isEnough, TimeSpan.FromSeconds(150));
        var done = await node.PostAsync(path + ":stop");
        done.GetProperty("state").GetString().ShouldBe("done", node.Said);
        for (var number = 1; number <= count; number++)
            await node.GetUntilAsync($"/v1/recorders/c{number}", recorder => recorder.GetProperty("state").GetString() == "inactive");

        return done;
    }

    // By how many milliseconds the picture of each first frame says otherwise than the take. The moment of the take must be in every file.
    private static async Task<IReadOnlyList<double>> ErrorsAsync(TestFolder folder, JsonElement take)
    {
        var at = take.GetProperty("at").GetDateTimeOffset();
        var angles = Angles(take);
        angles.ShouldAllBe(angle => angle.GetProperty("times").GetProperty("clock").GetString() == "sender");
        var strips = await ClockStrip.ReadAsync(folder, [.. angles.Select(angle => FilesOf(folder, angle))]);
        foreach (var strip in strips)
        {
            strip[0].ShouldBeLessThanOrEqualTo(at);
            strip[^1].ShouldBeGreaterThan(at);
            strip.Zip(strip.Skip(1), (frame, next) => next - frame).ShouldAllBe(step => step > TimeSpan.Zero);
        }

        return [.. strips.Zip(angles, (strip, angle) => (strip[0] - at).TotalMilliseconds - Offset(angle))];
    }

    // In order; nodes begin the second file of each recorder at another time.
    private static List<string> FilesOf(TestFolder folder, JsonElement angle)
    {
        var recording = angle.GetProperty("recordings").EnumerateArray().ShouldHaveSingleItem().GetString()!;
        return [.. Directory.GetFiles(Path.Combine(folder.File("data"), "recordings", angle.GetProperty("recorder").GetString()!, recording), "*.mp4").Order()];
    }

    private static bool HasRecorded(JsonElement take, JsonElement angle, TimeSpan time) =>
        angle.TryGetProperty("times", out var times) && times.GetProperty("last").GetDateTimeOffset() >= take.GetProperty("at").GetDateTimeOffset() + time;

    private static double PerMillion(JsonElement angle)
    {
        var times = angle.GetProperty("times");
        return times.GetProperty("drift").GetDouble() * 1e6 / (times.GetProperty("last").GetDateTimeOffset() - times.GetProperty("first").GetDateTimeOffset()).TotalMilliseconds;
    }

    private static double Offset(JsonElement angle) => angle.GetProperty("offset").GetDouble();

    private static string Detail(JsonElement angle) => angle.GetProperty("detail").GetString()!;

    private static List<JsonElement> Angles(JsonElement take) => [.. take.GetProperty("angles").EnumerateArray()];

    private static string Text(IEnumerable<double> values) => string.Join(' ', values.Select(value => value.ToString("0", CultureInfo.InvariantCulture)));
}
