using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Recorder.Actors;
using Recorder.Actors.Catalogue;
using Recorder.Contracts;
using Recorder.Node.Api;
using Recorder.Node.Media;
using Recorder.Node.Tests.Serve;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Node.Tests.Api;

/// <summary>Many recorders on one wall clock.</summary>
public sealed class LaneSpecs
{
    private static readonly DateTimeOffset Noon = new(2036, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly RecorderId Camera = new("cam");

    [Fact]
    public void Files_that_follow_each_other_are_one_piece_with_its_place_in_the_recording()
    {
        var merge = MergeOf(TimeSpan.Zero);

        var pieces = merge.Pieces([ExtentAt(0, 10), ExtentAt(10, 10, late: 0.1), ExtentAt(40, 10)], []);

        string.Join(' ', pieces.Select(Text)).ShouldBe("r@0:0-20 r@40:40-50");
    }

    [Fact]
    public void A_gap_cuts_its_media_and_the_clock_goes_on_where_media_came_back()
    {
        var gap = GapAt(4, 2) with { To = Noon.AddSeconds(7) };

        var pieces = MergeOf(TimeSpan.Zero).Pieces([ExtentAt(0, 10)], [gap]);

        string.Join(' ', pieces.Select(Text)).ShouldBe("r@0:0-4 r@6:7-11");
    }

    [Fact]
    public void At_a_coarse_resolution_short_gaps_and_recordings_become_one_piece_that_says_so()
    {
        var merge = MergeOf(TimeSpan.FromMinutes(1));

        var pieces = merge.Pieces([ExtentAt(0, 10), ExtentAt(0, 10, "s", 30), ExtentAt(0, 10, "s", 200)], [GapAt(4, 2)]);
        var gaps = merge.Gaps([GapAt(4, 2), GapAt(10, 1) with { Cause = GapCause.DiskFull }, GapAt(20, 30) with { Detail = "long" }, GapAt(300, 1)]);

        string.Join(' ', pieces.Select(Text)).ShouldBe("r@0:0-40+ s@0:200-210");
        string.Join(' ', gaps.Select(gap => $"{gap.Cause}*{gap.Count}({gap.Detail})")).ShouldBe("SourceLost*2(long) DiskFull*1() SourceLost*1()");
    }

    [Fact]
    public void Media_that_two_nodes_have_is_told_once()
    {
        var pieces = MergeOf(TimeSpan.Zero).Pieces([ExtentAt(0, 10), ExtentAt(5, 10), ExtentAt(6, 2), ExtentAt(14, 6)], []);

        string.Join(' ', pieces.Select(Text)).ShouldBe("r@0:0-20");
    }

    [Fact]
    public void A_recording_that_begins_within_the_one_before_keeps_its_own_place()
    {
        // It begins at the last key frame before the other one ended.
        var pieces = MergeOf(TimeSpan.Zero).Pieces([ExtentAt(0, 10), ExtentAt(0, 10, "s", 8)], []);

        string.Join(' ', pieces.Select(Text)).ShouldBe("r@0:0-10 s@2:10-18");
    }

    [Fact]
    public void A_piece_begins_and_ends_where_the_answer_does()
    {
        var merge = new LaneMerge(Camera, Noon.AddSeconds(3), Noon.AddSeconds(8), TimeSpan.Zero, 10);

        merge.Pieces([ExtentAt(0, 10)], []).Select(Text).ShouldBe(["r@3:3-8"]);
    }

    [Fact]
    public void A_piece_is_placed_by_the_clock_that_its_camera_states_only_later()
    {
        // What was captured at noon arrived late, until the camera stated its clock.
        var piece = new LanePiece(Noon.AddSeconds(0.3), Noon.AddSeconds(20.3), "cam~r", TimeSpan.Zero, IsMerged: false);
        var blobs = Enumerable.Range(0, 20).Select(second => BlobAt(second, second < 3 ? 0.3 : 0)).ToList();

        ExactPieces.Of(piece, blobs, []).ShouldBe([piece with { From = Noon, To = Noon.AddSeconds(20) }]);
    }

    [Fact]
    public void A_clock_that_drifts_goes_on_in_pieces_without_a_hole()
    {
        var piece = new LanePiece(Noon, Noon.AddSeconds(1000), "cam~r", TimeSpan.Zero, IsMerged: false);
        var blobs = Enumerable.Range(0, 1000).Select(second => BlobAt(second, second * 0.0001)).ToList();

        var pieces = ExactPieces.Of(piece, blobs, []);

        pieces.Count.ShouldBe(3);
        pieces.Zip(pieces.Skip(1)).ShouldAllBe(pair => pair.First.To == pair.Second.From);
        pieces.ShouldAllBe(one => (one.From - Noon - (one.MediaTime * 1.0001)).Duration() < TimeSpan.FromMilliseconds(2));
    }

    [Fact]
    public async Task A_page_gets_media_gaps_marks_holds_and_takes_of_many_recorders_in_pages()
    {
        await using var node = await ServedNode.StartAsync();
        var key = await RecordAsync(node, "a", 3);
        await RecordAsync(node, "b", 1);
        await node.SendAsync(HttpMethod.Patch, $"/v1/recordings/{key}", """{"hold":true}""");

        var whole = await ReadAsync(node, "resolution=0");
        var lane = whole["lanes"]![0]!;
        lane["recorder"]!.GetValue<string>().ShouldBe("a");
        lane["pieces"]!.AsArray().Count.ShouldBe(6);
        lane["pieces"]![1]!["key"]!.GetValue<string>().ShouldBe(key);
        lane["pieces"]![1]!["mediaTime"]!.GetValue<double>().ShouldBe(6000);
        lane["gaps"]![0]!["cause"]!.GetValue<string>().ShouldBe("sourceLost");
        lane["gaps"]![0]!["detail"]!.GetValue<string>().ShouldBe("The camera was away.");
        lane["marks"]![0]!["label"]!.GetValue<string>().ShouldBe("goal");
        lane["holds"]![0]!["key"]!.GetValue<string>().ShouldBe(key);
        whole["lanes"]![1]!["pieces"]!.AsArray().Count.ShouldBe(2);

        (await ReadAsync(node, "resolution=7200"))["lanes"]![0]!["pieces"]!.AsArray().ShouldHaveSingleItem()!["isMerged"]!.GetValue<bool>().ShouldBeTrue();

        var (pages, found, from) = (0, 0, Text(Noon.AddDays(-15)));
        while (from is not null)
        {
            var page = await ReadAsync(node, "limit=2&resolution=0", from);
            (pages, found, from) = (pages + 1, found + page["lanes"]![0]!["pieces"]!.AsArray().Count, page["next"]?.GetValue<string>());
        }

        (pages, found).ShouldBe((3, 6));
    }

    [Theory]
    [InlineData("recorder=a&from=2036-11-22&to=2036-11-21", "later")]
    [InlineData("recorder=a&from=2036-11-22&to=2039-11-21", "400 days")]
    [InlineData("from=2036-11-22&to=2036-11-23", "recorder=one,two")]
    [InlineData("recorder=a&to=2036-11-23", "'from'")]
    [InlineData("recorder=a&from=2036-11-22&to=2036-11-23&resolution=-1", "'resolution'")]
    [InlineData("recorder=a&from=2036-11-22&to=2036-11-23&limit=0", "'limit'")]
    public async Task What_cannot_be_shown_is_said(string query, string words)
    {
        await using var node = await ServedNode.StartAsync();

        var (status, problem) = await node.SendAsync(HttpMethod.Get, $"/v1/timeline?{query}");

        status.ShouldBe(HttpStatusCode.BadRequest);
        problem!["detail"]!.GetValue<string>().ShouldContain(words);
    }

    private static LaneMerge MergeOf(TimeSpan resolution) => new(Camera, Noon.AddDays(-1), Noon.AddDays(1), resolution, 10);

    private static WallExtent ExtentAt(double media, double duration, string recording = "r", double begun = 0, double late = 0) =>
        new(recording, TimeSpan.FromSeconds(media), TimeSpan.FromSeconds(duration), Noon.AddSeconds(begun + media + late));

    private static Blob BlobAt(double media, double late) => new()
    {
        Recording = new RecordingId("r"),
        Number = (int)media + 1,
        Extent = 1,
        Path = "000001.mp4",
        Offset = 0,
        Length = 100,
        Type = "video/mp4",
        MediaTime = TimeSpan.FromSeconds(media),
        Duration = TimeSpan.FromSeconds(1),
        CapturedAt = Noon.AddSeconds(media + late),
        StartsWithKeyFrame = true,
        Crc32C = 1,
    };

    private static GapRecorded GapAt(double media, double duration) =>
        new(Camera, 1, Noon, new RecordingId("r"), GapCause.SourceLost)
        {
            MediaTime = TimeSpan.FromSeconds(media),
            Duration = TimeSpan.FromSeconds(duration),
            From = Noon.AddSeconds(media),
            To = Noon.AddSeconds(media + duration),
        };

    private static string Text(LanePiece piece) => string.Create(
        CultureInfo.InvariantCulture,
        $"{piece.Key.Split('~')[1]}@{piece.MediaTime.TotalSeconds:0}:{(piece.From - Noon).TotalSeconds:0}-{(piece.To - Noon).TotalSeconds:0}{(piece.IsMerged ? "+" : "")}");

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static async Task<JsonNode> ReadAsync(ServedNode node, string query, string? from = null)
    {
        var (status, body) = await node.SendAsync(
            HttpMethod.Get, $"/v1/timeline?recorder=a,b&from={from ?? Text(Noon.AddDays(-15))}&to={Text(Noon.AddDays(15))}&{query}");
        status.ShouldBe(HttpStatusCode.OK, $"{body}");
        return body!;
    }

    // Each recording has ten seconds with a gap in them; there is one an hour.
    private static async Task<string> RecordAsync(ServedNode served, string recorder, int count)
    {
        var (id, sequence, key) = (new RecorderId(recorder), 0, "");
        var node = served.Host.Services.GetRequiredService<NodeRuntime>();
        for (var hour = 0; hour < count; hour++)
        {
            var at = Noon.AddHours(hour);
            var recording = RecordingId.Create(at, hour + 1);
            List<IEvent> events =
            [
                new Started(id, ++sequence, at, recording, "video/mp4"),
                new DataAvailable(id, ++sequence, at, new Blob
                {
                    Recording = recording,
                    Number = 1,
                    Extent = 1,
                    Path = $"{served.DataFolder}/recordings/{recorder}/{recording}/000001.mp4",
                    Offset = 0,
                    Length = 100,
                    Type = "video/mp4",
                    MediaTime = TimeSpan.Zero,
                    Duration = TimeSpan.FromSeconds(10),
                    CapturedAt = at,
                    StartsWithKeyFrame = true,
                    Crc32C = 1,
                }, TimeSpan.Zero),
                new GapRecorded(id, ++sequence, at, recording, GapCause.SourceLost)
                {
                    MediaTime = TimeSpan.FromSeconds(4),
                    Duration = TimeSpan.FromSeconds(2),
                    From = at.AddSeconds(4),
                    To = at.AddSeconds(6),
                    Detail = "The camera was away.",
                },
                new Marked(id, ++sequence, at.AddSeconds(7), recording, TimeSpan.FromSeconds(7), "goal"),
                new Stopped(id, ++sequence, at.AddSeconds(10), recording, StopReason.Requested) { Duration = TimeSpan.FromSeconds(10), Bytes = 100, Blobs = 1 },
            ];
            events.ForEach(raised => node.Runtime.Events.Tell(raised));
            key = key.Length > 0 ? key : new RecordingKey(id, recording).ToString();
        }

        await node.FlushAsync();
        return key;
    }
}
