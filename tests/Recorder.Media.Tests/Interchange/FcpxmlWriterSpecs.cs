using System.Xml.Linq;
using Recorder.Media.Interchange;

namespace Recorder.Media.Tests.Interchange;

public sealed class FcpxmlWriterSpecs
{
    [Fact]
    public void A_multicam_has_an_angle_for_each_camera_and_one_that_begins_later_begins_with_a_gap()
    {
        var text = Takes.Fcpxml(Takes.Example());

        FcpxmlRules.Check(text).ShouldBeEmpty();
        var angle = XDocument.Parse(text).Descendants("mc-angle").Last();
        angle.Elements().Select(item => $"{item.Name} {Value(item, "offset")} {Value(item, "start")} {Value(item, "duration")}").ShouldBe(
        [
            "gap 0s  800/2500s",
            "asset-clip 800/2500s 93075800/2500s 400000/2500s",
            "gap 400800/2500s  10000/2500s",
            "asset-clip 410800/2500s 93485800/2500s 1089200/2500s",
        ]);
    }

    [Fact]
    public void The_project_shows_the_first_angle_from_the_first_frame_of_the_take()
    {
        var root = XDocument.Parse(Takes.Fcpxml(Takes.Example())).Root!;

        var clip = root.Descendants("spine").Single().Elements("mc-clip").Single();
        (Value(clip, "offset"), Value(clip, "start"), Value(clip, "duration")).ShouldBe(("93075000/2500s", "93075000/2500s", "1500000/2500s"));
        clip.Elements("mc-source").Select(source => (Value(source, "angleID"), Value(source, "srcEnable"))).ShouldBe([("angle1", "all")]);
        root.Descendants("media-rep").Select(media => Value(media, "src"))
            .ShouldBe(["file:///media/day%201/12A/12A3%20%231_A.mov", "file:///media/day%201/12A/wide/12A3_B.mov"]);
    }

    [Fact]
    public void The_sound_of_another_angle_is_heard_when_the_first_has_none()
    {
        var take = Takes.Example();
        var text = Takes.Fcpxml(take with { Angles = [take.Angles[1], take.Angles[0]] });

        FcpxmlRules.Check(text).ShouldBeEmpty();
        XDocument.Parse(text).Descendants("spine").Descendants("mc-source").Select(source => (Value(source, "angleID"), Value(source, "srcEnable")))
            .ShouldBe([("angle1", "video"), ("angle2", "audio")]);
    }

    [Theory]
    [InlineData("29.97", "01:00:00;00", "107999892/30000s", "DF", "1001/30000s")]
    [InlineData("29.97", "01:00:00:00", "108108000/30000s", "NDF", "1001/30000s")]
    [InlineData("59.94", "01:00:00;00", "215999784/60000s", "DF", "1001/60000s")]
    [InlineData("23.976", "01:00:00:00", "86486400/24000s", "NDF", "1001/24000s")]
    [InlineData("25", "01:00:00:00", "9000000/2500s", "NDF", "100/2500s")]
    [InlineData("60", "00:00:00:00", "0s", "NDF", "100/6000s")]
    public void A_time_code_is_seconds_of_real_time_in_the_denominator_of_the_rate(string rate, string timeCode, string start, string counting, string frame)
    {
        var text = Takes.Fcpxml(OtioWriterSpecs.OneAngleAt(rate, timeCode));

        FcpxmlRules.Check(text).ShouldBeEmpty();
        var root = XDocument.Parse(text).Root!;
        root.Descendants().Attributes("tcStart").Select(attribute => attribute.Value).Distinct().ShouldBe([start]);
        root.Descendants().Attributes("tcFormat").Select(attribute => attribute.Value).Distinct().ShouldBe([counting]);
        Value(root.Descendants("asset").Single(), "start").ShouldBe(start);
        Value(root.Descendants("format").Single(), "frameDuration").ShouldBe(frame);
    }

    [Theory]
    [InlineData(EditRating.None, "", "")]
    [InlineData(EditRating.Good, "favorite", "")]
    [InlineData(EditRating.NoGood, "reject", "")]
    [InlineData(EditRating.Circled, "favorite", "circled")]
    internal void A_rating_is_on_the_clip_of_the_event(EditRating rating, string value, string keyword)
    {
        var text = Takes.Fcpxml(Takes.Example() with { Rating = rating });

        FcpxmlRules.Check(text).ShouldBeEmpty();
        var clip = XDocument.Parse(text).Descendants("event").Single().Element("mc-clip")!;
        string.Concat(clip.Elements("rating").Select(element => Value(element, "value"))).ShouldBe(value);
        string.Concat(clip.Elements("keyword").Select(element => Value(element, "value"))).ShouldBe(keyword);
        clip.Element("note")!.Value.ShouldBe("Best <so far>\nKeep");
    }

    [Fact]
    public void A_mark_says_its_colour_in_its_note_and_one_of_an_angle_stands_in_it_in_the_time_of_the_file()
    {
        var root = XDocument.Parse(Takes.Fcpxml(Takes.Example())).Root!;

        Marks(root.Descendants("spine")).ShouldBe(["93087500/2500s clap: Red: heard", "93480000/2500s while B was away: Cream: B"]);
        Marks(root.Descendants("mc-angle")).ShouldBe(["93975000/2500s Nothing recorded: Cocoa: A: the network lost packets", "93275000/2500s look: Sand: B"]);
    }

    [Fact]
    public void What_the_take_lasts_longer_than_its_angles_is_a_gap_that_has_the_marks_made_there()
    {
        var take = OtioWriterSpecs.OneAngleAt("25", "10:00:00:00") with
        {
            Frames = 1_100,
            Marks = [new EditMark(990, "across", MarkColour.Red, Frames: 50), new EditMark(1_050, "after", MarkColour.Red, Frames: 50)],
        };

        var text = Takes.Fcpxml(take);

        FcpxmlRules.Check(text).ShouldBeEmpty();
        XDocument.Parse(text).Descendants("spine").Single().Elements().Select(item => $"{item.Name} {Value(item, "offset")} {Value(item, "duration")}")
            .ShouldBe(["mc-clip 90000000/2500s 100000/2500s", "gap 90100000/2500s 10000/2500s"]);
        new FcpxmlTimeline(text).Marks().ShouldBe([new PlacedMark(990, 10), new PlacedMark(1_050, 50)]);
    }

    [Fact]
    public void An_angle_ends_with_its_last_frame_when_a_hole_follows_it()
    {
        var take = OtioWriterSpecs.OneAngleAt("25", "10:00:00:00");
        var hole = new AngleHole(900, 100, "the camera was away", IsBlack: false);

        var text = Takes.Fcpxml(take with { Angles = [take.Angles[0] with { Holes = [hole] }] });

        FcpxmlRules.Check(text).ShouldBeEmpty();
        var root = XDocument.Parse(text).Root!;
        root.Descendants("mc-angle").Single().Elements().Select(item => $"{item.Name} {Value(item, "duration")}").ShouldBe(["asset-clip 90000/2500s"]);
        root.Descendants("mc-clip").Select(clip => Value(clip, "duration")).Distinct().ShouldBe(["90000/2500s"]);
    }

    [Fact]
    public void Slate_camera_and_reel_are_in_the_metadata_that_final_cut_reads()
    {
        var root = XDocument.Parse(Takes.Fcpxml(Takes.Example())).Root!;

        Metadata(root.Descendants("mc-angle").First()).ShouldBe(
        [
            "com.apple.proapps.studio.reel=A001",
            "com.apple.proapps.studio.scene=12A",
            "com.apple.proapps.studio.shot=3",
            "com.apple.proapps.studio.angle=A",
            "com.apple.proapps.cameraID=cam-1",
        ]);
        Metadata(root.Descendants("asset").First()).ShouldBe(["com.apple.proapps.mio.cameraName=Main & close"]);
    }

    [Fact]
    public void An_angle_that_begins_after_midnight_keeps_its_own_time_code_and_its_place()
    {
        var text = Takes.Fcpxml(OtioWriterSpecs.AcrossMidnight());

        FcpxmlRules.Check(text).ShouldBeEmpty();
        text.ShouldContain("begins again at 00:00:00:00");
        var read = new FcpxmlTimeline(text);
        read.FrameAt(1, 49).ShouldBeNull();
        read.FrameAt(1, 50).ShouldBe(25);
    }

    [Theory]
    [InlineData("https://example.org/12A/")]
    [InlineData("12A/")]
    public void A_folder_that_is_no_file_url_is_refused(string folder)
    {
        using var output = new MemoryStream();

        Should.Throw<EditTakeException>(() => FcpxmlWriter.Write(Takes.Example(), new Uri(folder, UriKind.RelativeOrAbsolute), output))
            .Kind.ShouldBe(EditProblemKind.FolderIsNoFileUrl);
        output.Length.ShouldBe(0);
    }

    [Fact]
    public void Text_that_xml_cannot_carry_is_replaced_and_all_other_text_kept()
    {
        var take = Takes.Example() with { Name = "Größe \"<&>\" 🎬 \u0000 \uD83C" };

        var root = XDocument.Parse(Takes.Fcpxml(take)).Root!;

        Value(root.Descendants("project").Single(), "name").ShouldBe("Größe \"<&>\" 🎬 \uFFFD \uFFFD");
    }

    private static string Value(XElement element, string attribute) => (string?)element.Attribute(attribute) ?? "";

    private static IEnumerable<string> Marks(IEnumerable<XElement> elements) =>
        elements.Descendants("marker").Select(marker => $"{Value(marker, "start")} {Value(marker, "value")}: {Value(marker, "note")}");

    private static IEnumerable<string> Metadata(XElement element) => element.Descendants("md").Select(md => $"{Value(md, "key")}={Value(md, "value")}");
}
