using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Recorder.Actors;
using Recorder.Actors.Catalogue;
using Recorder.Contracts;
using Recorder.Media;
using Recorder.Node.Api;
using Recorder.Node.Telemetry;
using Recorder.Node.Tests.Serve;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Node.Tests.Api;

/// <summary>What was recorded, over HTTP: lists, holds, timelines, health, figures.</summary>
public sealed class RecordingApiSpecs : IAsyncLifetime
{
    // To come, so that the janitor finds nothing too old.
    private static readonly DateTimeOffset Noon = new(2036, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private ServedNode _node = null!;

    public async Task InitializeAsync() => _node = await ServedNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task Recordings_are_listed_newest_first_filtered_and_in_pages()
    {
        await RecordAsync("a", 1, Noon);
        await RecordAsync("a", 2, Noon.AddHours(1));
        await RecordAsync("b", 3, Noon.AddHours(2));

        (await KeysAsync("")).ShouldBe("b3 a2 a1");
        (await KeysAsync("?recorder=a")).ShouldBe("a2 a1");
        (await KeysAsync("?from=2036-11-22T12:30:00Z")).ShouldBe("b3 a2");
        (await KeysAsync("?to=2036-11-22T12:30:00Z")).ShouldBe("a1");
        (await KeysAsync("?limit=2")).ShouldBe("b3 a2 > a2");
        (await KeysAsync($"?limit=2&after={Key("a", 2)}")).ShouldBe("a1");
    }

    [Theory]
    [InlineData("?from=noon", "400 TypeError The query parameter 'from' must be a time, for example 2026-11-22T15:04:05Z, but is 'noon'.")]
    [InlineData("?from=2036-11-22&to=2026-11-21", "400 TypeError 'to' must be later than 'from'.")]
    [InlineData("?after=x", "400 TypeError 'x' is not a recording key; expected RECORDER~RECORDING.")]
    [InlineData("/x", "400 TypeError 'x' is not a recording key; expected RECORDER~RECORDING.")]
    [InlineData("/a~b", "404 NotFoundError There is no recording 'a~b'; GET /v1/recordings lists all recordings.")]
    [InlineData("/a~b/timeline", "404 NotFoundError There is no recording 'a~b'; GET /v1/recordings lists all recordings.")]
    public async Task What_makes_no_sense_or_is_not_there_is_said(string path, string expected)
    {
        var (status, body) = await _node.SendAsync(HttpMethod.Get, "/v1/recordings" + path);

        $"{(int)status} {body!["name"]} {body["detail"]}".ShouldBe(expected);
    }

    [Fact]
    public async Task A_hold_is_set_and_lifted()
    {
        await RecordAsync("a", 1, Noon);
        var path = "/v1/recordings/" + Key("a", 1);

        var (status, body) = await _node.SendAsync(HttpMethod.Patch, path, """{"hold":true}""");
        status.ShouldBe(HttpStatusCode.OK, body?.ToString());
        body!["hold"]!.GetValue<bool>().ShouldBeTrue();
        (await _node.SendAsync(HttpMethod.Get, path)).Body!["hold"]!.GetValue<bool>().ShouldBeTrue();
        await _node.SendAsync(HttpMethod.Patch, path, """{"hold":false}""");
        (await _node.SendAsync(HttpMethod.Get, path)).Body!["hold"]!.GetValue<bool>().ShouldBeFalse();
        (await _node.SendAsync(HttpMethod.Patch, path, """{"held":true}""")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_timeline_has_what_exists_what_is_missing_and_the_marks()
    {
        await RecordAsync("a", 1, Noon);
        var path = $"/v1/recordings/{Key("a", 1)}/timeline";

        var (_, whole) = await _node.SendAsync(HttpMethod.Get, path);
        Intervals(whole!).ShouldBe("0+4000@12:00:00 6000+14000@12:00:06");
        var gap = whole!["gaps"]!.AsArray().ShouldHaveSingleItem()!;
        $"{gap["cause"]} {gap["mediaTime"]} {gap["duration"]}".ShouldBe("sourceLost 4000 2000");
        whole["marks"]!.AsArray().ShouldHaveSingleItem()!["label"]!.GetValue<string>().ShouldBe("goal");

        var (_, end) = await _node.SendAsync(HttpMethod.Get, path + "?from=15");
        Intervals(end!).ShouldBe("10000+10000@12:00:10");
        end!["gaps"]!.AsArray().ShouldBeEmpty();
        var (_, wall) = await _node.SendAsync(HttpMethod.Get, path + "?from=2036-11-22T12:00:15Z&to=2036-11-22T12:01:00Z");
        Intervals(wall!).ShouldStartWith("10000+10000@12:00:10");
        (await _node.SendAsync(HttpMethod.Get, path + "?from=2&to=1")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public void Files_that_a_pause_lies_between_are_two_intervals()
    {
        var intervals = TimelineAnswer.Merge([Extent(1, 0, Noon), Extent(2, 10, Noon.AddSeconds(10)), Extent(3, 20, Noon.AddSeconds(80))], []);

        intervals.Select(it => $"{it.MediaTime.TotalSeconds}+{it.Duration.TotalSeconds}").ShouldBe(["0+20", "20+10"]);
    }

    // Both sides of a partition recorded the same time, in files that do not begin together; the second clock may be wrong.
    [Theory]
    [InlineData(0, "0+45")]
    [InlineData(3600, "0+40 40+5")]
    public void Times_that_two_nodes_recorded_count_once(int ahead, string expected)
    {
        var intervals = TimelineAnswer.Merge([Extent(1, 0, Noon, 40), Extent(1, 14, Noon.AddSeconds(14 + ahead), 20), Extent(2, 34, Noon.AddSeconds(34 + ahead), 11)], []);

        string.Join(' ', intervals.Select(it => $"{it.MediaTime.TotalSeconds}+{it.Duration.TotalSeconds}")).ShouldBe(expected);
        intervals[^1].To.ShouldBe(Noon.AddSeconds(45 + ahead));
    }

    private static Extent Extent(int number, int at, DateTimeOffset captured, int duration = 10) =>
        new()
        {
            Number = number,
            Path = "",
            Bytes = 1,
            MediaTime = TimeSpan.FromSeconds(at),
            Duration = TimeSpan.FromSeconds(duration),
            CapturedAt = captured,
            FirstBlob = number,
            LastBlob = number,
        };

    [Fact]
    public async Task A_node_that_can_work_is_ready()
    {
        var (status, body) = await _node.SendAsync(HttpMethod.Get, "/health/ready");

        status.ShouldBe(HttpStatusCode.OK, body?.ToString());
        body!["reasons"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_node_without_its_catalogue_says_so()
    {
        await ((IAsyncDisposable)_node.Host.Services.GetRequiredService<ICatalogue>()).DisposeAsync();

        var (status, body) = await _node.SendAsync(HttpMethod.Get, "/health/ready");

        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        body!["reasons"]![0]!.GetValue<string>().ShouldStartWith("catalogue: ");
        (await _node.SendAsync(HttpMethod.Get, "/v1/recordings")).Body!["name"]!.GetValue<string>().ShouldBe("UnknownError");
        (await _node.SendAsync(HttpMethod.Get, "/health/live")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Figures_are_text_that_Prometheus_reads()
    {
        await _node.SendAsync(HttpMethod.Post, "/v1/recorders", """{"id":"door","source":"test:"}""");
        await _node.SendAsync(HttpMethod.Post, "/v1/recorders/door:start");
        using var response = await _node.Client.GetAsync("/metrics");
        var lines = (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        response.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        lines.ShouldAllBe(line => System.Text.RegularExpressions.Regex.IsMatch(
            line, @"^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+=""[^""]*""\})? -?[0-9.E+-]+)$"));
        lines.ShouldContain("recorder_state{recorder=\"door\"} 1");
        lines.ShouldContain("recorder_recorders_active 1");
        lines.ShouldContain(line => line.StartsWith("recorder_disk_writes_total", StringComparison.Ordinal) || line.StartsWith("recorder_mailbox", StringComparison.Ordinal));
        lines.Where(line => line.StartsWith("# TYPE", StringComparison.Ordinal)).ShouldBeUnique();
    }

    [Fact]
    public void Labels_are_escaped()
    {
        using var meter = new Meter("specs");
        meter.CreateObservableGauge("m", () => new Measurement<double>(1.5, new KeyValuePair<string, object?>("volume", "a\\b\"c\nd")), null, "Text.");

        PrometheusText.Write(meter).ShouldBe("# HELP m Text.\n# TYPE m gauge\nm{volume=\"a\\\\b\\\"c\\nd\"} 1.5\n");
    }

    // Two files of ten seconds; two seconds of the first are lost.
    private async Task RecordAsync(string recorder, int number, DateTimeOffset at)
    {
        var (id, recording) = (new RecorderId(recorder), RecordingId.Create(at, number));
        var sequence = number * 100;
        var node = _node.Host.Services.GetRequiredService<NodeRuntime>();
        List<IEvent> events = [new Started(id, ++sequence, at, recording, "video/mp4")];
        for (var extent = 1; extent <= 2; extent++)
        {
            var media = TimeSpan.FromSeconds((extent - 1) * 10);
            events.Add(new DataAvailable(id, ++sequence, at, new Blob
            {
                Recording = recording,
                Number = extent,
                Extent = extent,
                Path = $"{_node.DataFolder}/recordings/{recorder}/{recording}/{extent:D6}.mp4",
                Offset = 0,
                Length = 100,
                Type = "video/mp4",
                MediaTime = media,
                Duration = TimeSpan.FromSeconds(10),
                CapturedAt = at + media,
                StartsWithKeyFrame = true,
                Crc32C = 1,
            }, media));
        }

        events.Add(new GapRecorded(id, ++sequence, at, recording, GapCause.SourceLost)
        {
            MediaTime = TimeSpan.FromSeconds(4),
            Duration = TimeSpan.FromSeconds(2),
            From = at.AddSeconds(4),
            To = at.AddSeconds(6),
        });
        events.Add(new Marked(id, ++sequence, at.AddSeconds(7), recording, TimeSpan.FromSeconds(7), "goal"));
        events.Add(new Stopped(id, ++sequence, at.AddSeconds(20), recording, StopReason.Requested)
        {
            Duration = TimeSpan.FromSeconds(20),
            Bytes = 200,
            Blobs = 2,
        });
        events.ForEach(raised => node.Runtime.Events.Tell(raised));
        await node.FlushAsync();
    }

    private static string Key(string recorder, int number) =>
        $"{recorder}~{RecordingId.Create(Noon.AddHours(number - 1), number)}";

    private async Task<string> KeysAsync(string query)
    {
        var (status, body) = await _node.SendAsync(HttpMethod.Get, "/v1/recordings" + query);
        status.ShouldBe(HttpStatusCode.OK, body?.ToString());
        var keys = string.Join(' ', body!["recordings"]!.AsArray().Select(it => Short(it!["key"]!.GetValue<string>())));
        return body["next"] is { } next ? $"{keys} > {Short(next.GetValue<string>())}" : keys;

        static string Short(string key) => $"{key[0]}{key[^1]}";
    }

    private static string Intervals(JsonNode timeline) =>
        string.Join(' ', timeline["intervals"]!.AsArray().Select(it => $"{it!["mediaTime"]}+{it["duration"]}@{it["from"]!.GetValue<string>()[11..19]}"));
}
