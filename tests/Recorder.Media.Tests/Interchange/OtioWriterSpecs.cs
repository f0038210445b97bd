using System.Text.Json;
using Recorder.Contracts;
using Recorder.Media.Interchange;

namespace Recorder.Media.Tests.Interchange;

public sealed class OtioWriterSpecs
{
    [Fact]
    public void Angles_are_tracks_over_one_another_and_one_that_begins_later_begins_with_a_gap()
    {
        var text = Takes.Otio(Takes.Example());

        OtioRules.Check(text).ShouldBeEmpty();
        using var document = JsonDocument.Parse(text);
        var tracks = document.RootElement.GetProperty("tracks").GetProperty("children").EnumerateArray().ToList();
        tracks.Select(track => $"{track.GetProperty("kind")} {track.GetProperty("name")}").ShouldBe(["Video A", "Video B", "Audio A"]);
        tracks[1].GetProperty("children").EnumerateArray().Select(child => (OtioRules.Schema(child), OtioRules.Range(child.GetProperty("source_range"))))
            .ShouldBe(
            [
                ("Gap.1", (0, 8)),
                ("Clip.2", (930_758, 4_000)),
                ("Gap.1", (0, 100)),
                ("Clip.2", (934_858, 10_892)),
            ]);
        tracks[1].GetProperty("children")[2].GetProperty("metadata").GetProperty("recorder").GetProperty("reason").GetString().ShouldBe("the camera was away");
    }

    [Fact]
    public void Files_are_named_relative_to_the_project_file_with_what_a_url_cannot_have_encoded()
    {
        var text = Takes.Otio(Takes.Example());

        text.ShouldContain("\"target_url\": \"12A3%20%231_A.mov\"");
        text.ShouldContain("\"target_url\": \"wide/12A3_B.mov\"");
    }

    [Fact]
    public void A_mark_stands_on_the_stack_on_its_clip_or_where_no_clip_holds_it_on_its_track()
    {
        using var document = JsonDocument.Parse(Takes.Otio(Takes.Example()));

        var stack = document.RootElement.GetProperty("tracks");
        Marks(stack).ShouldBe(["clap RED 125+1 heard"]);
        Marks(stack.GetProperty("children")[0].GetProperty("children")[0]).ShouldBe(["Nothing recorded BLACK 939750+10 the network lost packets"]);
        Marks(stack.GetProperty("children")[1]).ShouldBe(["while B was away WHITE 4050+1 "]);
        Marks(stack.GetProperty("children")[1].GetProperty("children")[1]).ShouldBe(["look ORANGE 932750+50 "]);
    }

    [Theory]
    [InlineData("29.97", "01:00:00;00", "107892.0", "29.97002997002997")]
    [InlineData("29.97", "01:00:00:00", "108000.0", "29.97002997002997")]
    [InlineData("59.94", "00:10:00;00", "35964.0", "59.94005994005994")]
    [InlineData("23.976", "01:00:00:00", "86400.0", "23.976023976023978")]
    [InlineData("25", "10:20:30:00", "930750.0", "25.0")]
    public void A_time_code_is_the_number_of_its_frame_at_the_exact_rate(string rate, string timeCode, string value, string exact)
    {
        var text = Takes.Otio(OneAngleAt(rate, timeCode));

        OtioRules.Check(text).ShouldBeEmpty();
        using var document = JsonDocument.Parse(text);
        var start = document.RootElement.GetProperty("global_start_time");
        (start.GetProperty("value").GetRawText(), start.GetProperty("rate").GetRawText()).ShouldBe((value, exact));
    }

    [Fact]
    public void An_angle_that_begins_after_midnight_keeps_its_own_time_code_and_its_place()
    {
        var take = AcrossMidnight();

        var text = Takes.Otio(take);

        OtioRules.Check(text).ShouldBeEmpty();
        text.ShouldContain("\"passes_midnight\": true");
        var read = new OtioTimeline(text);
        read.FrameAt(1, 49).ShouldBeNull();
        read.FrameAt(1, 50).ShouldBe(25);
    }

    [Fact]
    public void Text_that_json_or_xml_cannot_carry_is_replaced_and_all_other_text_kept()
    {
        var take = Takes.Example() with { Name = "Größe \"<&>\" 🎬 \u0000 \uD83C", Notes = "one\ntwo" };

        using var document = JsonDocument.Parse(Takes.Otio(take));

        document.RootElement.GetProperty("name").GetString().ShouldBe("Größe \"<&>\" 🎬 \uFFFD \uFFFD");
        document.RootElement.GetProperty("metadata").GetProperty("recorder").GetProperty("notes").GetString().ShouldBe("one\ntwo");
    }

    /// <summary>Two seconds before midnight to two after, and an angle that begins one second after.</summary>
    internal static EditTake AcrossMidnight()
    {
        var take = Takes.Example();
        return take with
        {
            Start = Takes.At("23:59:59:00"),
            Frames = 100,
            Angles =
            [
                take.Angles[0] with { Start = Takes.At("23:59:59:00"), Frames = 100, Holes = [] },
                take.Angles[1] with { Start = Takes.At("00:00:01:00"), Frames = 50, Holes = [] },
            ],
            Marks = [new EditMark(10, "before", MarkColour.Blue), new EditMark(60, "after", MarkColour.Blue)],
        };
    }

    internal static EditTake OneAngleAt(string rate, string timeCode)
    {
        TimeCodeRate.TryParse(rate, out var parsed).ShouldBeTrue();
        var (take, start) = (Takes.Example(), Takes.At(timeCode, parsed));
        return take with { Start = start, Frames = 1_000, Angles = [take.Angles[0] with { Start = start, Frames = 1_000, Holes = [] }], Marks = [] };
    }

    private static IEnumerable<string> Marks(JsonElement item) => item.GetProperty("markers").EnumerateArray().Select(marker =>
    {
        var (start, frames) = OtioRules.Range(marker.GetProperty("marked_range"));
        return $"{marker.GetProperty("name")} {marker.GetProperty("color")} {start}+{frames} {marker.GetProperty("comment")}";
    });
}
