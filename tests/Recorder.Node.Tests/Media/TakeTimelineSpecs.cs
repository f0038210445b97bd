using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Recorder.Node.Tests.Cli;

namespace Recorder.Node.Tests.Media;

/// <summary>The timeline of a take of two recorders, while it records and afterwards.</summary>
public sealed class TakeTimelineSpecs : IAsyncLifetime
{
    private CliNode _cli = null!;

    public async Task InitializeAsync() => _cli = await CliNode.StartAsync();

    public async Task DisposeAsync() => await _cli.DisposeAsync();

    [Fact]
    public async Task Every_frame_has_a_time_and_every_time_a_frame_of_each_angle()
    {
        await TakeAsync(fileCount: 2);
        var timeline = await ReadAsync();

        var take = (await _cli.JsonAsync("take", "show"))[0];
        (timeline["at"]!.ToJsonString(), timeline["timeCode"]!.GetValue<string>()).ShouldBe((take["at"]!.ToJsonString(), take["timeCode"]!.GetValue<string>()));
        foreach (var angle in timeline["angles"]!.AsArray())
        {
            var recording = angle!["recordings"]!.AsArray().ShouldHaveSingleItem()!;
            recording["frameRate"]!.GetValue<double>().ShouldBe(10);
            var pieces = recording["pieces"]!.AsArray();
            pieces.Select(piece => piece!["extent"]!.GetValue<int>()).Distinct().ShouldBe([1, 2]);
            pieces.Sum(piece => piece!["frames"]!.GetValue<long>()).ShouldBe(recording["frames"]!.GetValue<long>());
            // The take's moment is in the first file.
            pieces[0]!["from"]!.GetValue<DateTimeOffset>().ShouldBeLessThanOrEqualTo(take["at"]!.GetValue<DateTimeOffset>());
            pieces[0]!["firstFrame"]!.GetValue<long>().ShouldBe(0);
            await ReadBackAsync(angle["angle"]!.GetValue<string>(), recording);
        }

        var moment = (await ReadAsync($"?at={take["timeCode"]!.GetValue<string>()}"))["moment"]!;
        moment["timeCode"]!.GetValue<string>().ShouldBe(take["timeCode"]!.GetValue<string>());
        foreach (var angle in moment["angles"]!.AsArray())
        {
            // A frame lasts 100 ms, and the moment of a time code is the one nearest to it.
            var away = moment["at"]!.GetValue<DateTimeOffset>() - angle!["frameAt"]!.GetValue<DateTimeOffset>();
            away.TotalMilliseconds.ShouldBeInRange(-2, 140);
        }

        (await _cli.RunAsync("take", "timeline", "--at", take["timeCode"]!.GetValue<string>())).ShouldContain("CAPTURED");
        (await _cli.RunAsync("take", "timeline")).ShouldContain("left~");
        (await _cli.RunAsync(2, "take", "timeline", "--frame", "1")).ShouldContain("used together");
    }

    [Fact]
    public async Task A_take_that_records_has_a_timeline_up_to_now_and_one_that_was_not_begun_has_none()
    {
        await AddAsync();
        await _cli.RunAsync("take", "arm", "left", "right");
        (await _cli.Served.SendAsync(HttpMethod.Get, $"{await PathAsync()}")).Status.ShouldBe(HttpStatusCode.Conflict);
        await UntilAsync(angle => angle["state"]!.GetValue<string>() == "ready");
        var take = (await _cli.JsonAsync("take", "start"))[0];
        await Eventually.HoldsAsync("frames are counted", async () => (await ReadAsync())["angles"]!.AsArray().All(
            angle => angle!["recordings"]!.AsArray() is [{ } recording] && recording["isRunning"]!.GetValue<bool>() && recording["frames"]?.GetValue<long>() > 15));

        var before = (await ReadAsync($"?at={Time(take["at"]!.GetValue<DateTimeOffset>().AddSeconds(-600))}"))["moment"]!["angles"]!.AsArray();
        before.ShouldAllBe(angle => angle!["frame"] == null && angle["detail"]!.GetValue<string>().Contains("begins later"));
        var later = (await ReadAsync($"?at={Time(take["at"]!.GetValue<DateTimeOffset>().AddSeconds(600))}"))["moment"]!["angles"]!.AsArray();
        later.ShouldAllBe(angle => angle!["detail"]!.GetValue<string>().Contains("not recorded it yet"));
        await _cli.RunAsync("take", "stop");
    }

    [Fact]
    public async Task Wrong_questions_are_refused_with_sentences()
    {
        await TakeAsync(fileCount: 1);
        await RefusedAsync("?at=noon", HttpStatusCode.BadRequest, "a time code at 25 frames per second");
        await RefusedAsync("?angle=A", HttpStatusCode.BadRequest, "either 'frame' or 'mediaTime'");
        await RefusedAsync("?frame=1", HttpStatusCode.BadRequest, "Say which 'angle' is meant");
        await RefusedAsync("?angle=C&frame=1", HttpStatusCode.NotFound, "has no angle 'C', only A, B");
        await RefusedAsync("?angle=A&frame=100000", HttpStatusCode.NotFound, "no frame 100000");
        await RefusedAsync("?angle=A&mediaTime=100000", HttpStatusCode.NotFound, "Nothing of recording");
        await RefusedAsync("?angle=A&mediaTime=-Infinity", HttpStatusCode.BadRequest, "must be seconds (12.5)");
        await RefusedAsync("?angle=A&recording=2&frame=1", HttpStatusCode.NotFound, "has no recording 2");
        await RefusedAsync("?at=10:20:30:12&angle=A", HttpStatusCode.BadRequest, "asks for all angles");
    }

    private async Task ReadBackAsync(string angle, JsonNode recording)
    {
        var frames = recording["frames"]!.GetValue<long>();
        double? last = null;
        for (var frame = 0L; frame < frames; frame += frames > 40 ? 7 : 3)
        {
            var found = (await ReadAsync($"?angle={angle}&frame={frame}"))["moment"]!;
            var own = OfAngle(found, angle);
            own["frame"]!.GetValue<long>().ShouldBe(frame);
            var media = own["frameMediaTime"]!.GetValue<double>();
            media.ShouldBeGreaterThan(last ?? -1);
            last = media;
            // The way back, by the wall clock and by the recording's timeline.
            OfAngle((await ReadAsync($"?at={Time(found["at"]!.GetValue<DateTimeOffset>())}"))["moment"]!, angle)["frame"]!.GetValue<long>().ShouldBe(frame);
            var seconds = (media / 1000).ToString("0.######", CultureInfo.InvariantCulture);
            OfAngle((await ReadAsync($"?angle={angle}&mediaTime={seconds}"))["moment"]!, angle)["frame"]!.GetValue<long>().ShouldBe(frame);
        }
    }

    private static JsonNode OfAngle(JsonNode moment, string angle) => moment["angles"]!.AsArray().Single(found => found!["angle"]!.GetValue<string>() == angle)!;

    private static string Time(DateTimeOffset time) => Uri.EscapeDataString(time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));

    private async Task AddAsync()
    {
        foreach (var id in new[] { "left", "right" })
            await _cli.RunAsync("add", id, "test:?size=160x120&rate=10&audio=off", "--mime", "video/mp4;codecs=avc1", "--key-frame-count", "10");
    }

    private async Task TakeAsync(int fileCount)
    {
        await AddAsync();
        await _cli.RunAsync("take", "arm", "left", "right");
        await UntilAsync(angle => angle["state"]!.GetValue<string>() == "ready");
        await _cli.RunAsync("take", "start");
        for (var file = 1; file <= fileCount; file++)
        {
            var number = file;
            await Eventually.HoldsAsync("each angle has media in its newest file", async () => (await ReadAsync())["angles"]!.AsArray().All(
                angle => angle!["recordings"]!.AsArray() is [{ } recording] && recording["pieces"]!.AsArray() is [.., { } piece]
                    && piece["extent"]!.GetValue<int>() == number && piece["frames"]!.GetValue<long>() > 10));
            if (file < fileCount)
                await _cli.RunAsync("take", "split");
        }

        await _cli.RunAsync("take", "stop");
        await Eventually.HoldsAsync("the files are closed", async () => (await _cli.JsonAsync("recordings")).All(recording => recording["stopReason"] is not null));
    }

    private async Task<string> PathAsync() => $"/v1/takes/{(await _cli.JsonAsync("take", "show"))[0]["id"]!.GetValue<string>()}/timeline";

    private async Task<JsonNode> ReadAsync(string query = "")
    {
        var answer = await _cli.Served.SendAsync(HttpMethod.Get, await PathAsync() + query);
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body?.ToJsonString());
        return answer.Body!;
    }

    private async Task RefusedAsync(string query, HttpStatusCode status, string detail)
    {
        var answer = await _cli.Served.SendAsync(HttpMethod.Get, await PathAsync() + query);
        answer.Status.ShouldBe(status, answer.Body?.ToJsonString());
        answer.Body!["detail"]!.GetValue<string>().ShouldContain(detail);
    }

    private Task UntilAsync(Func<JsonNode, bool> holds) => Eventually.HoldsAsync(
        "each angle is as expected", async () => (await _cli.JsonAsync("take", "show"))[0]["angles"]!.AsArray().All(angle => holds(angle!)));
}
