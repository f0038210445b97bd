using Recorder.Media.Interchange;

namespace Recorder.Media.Tests.Interchange;

public sealed class MarkerEdlWriterSpecs
{
    [Fact]
    public void Every_mark_and_hole_is_an_event_of_one_frame_with_a_line_of_colour_name_and_length()
    {
        var take = Takes.Example();

        var text = Takes.Edl(take);

        EdlRules.Check(text, take.Start, take.Frames).Broken.ShouldBeEmpty();
        text.ShouldBe(
            """
            TITLE: 12A take 3
            FCM: NON-DROP FRAME

            001  001      V     C        10:20:35:00 10:20:35:01 10:20:35:00 10:20:35:01  
            heard |C:ResolveColorRed |M:clap |D:1

            002  001      V     C        10:21:50:00 10:21:50:01 10:21:50:00 10:21:50:01  
            B |C:ResolveColorSand |M:look |D:50

            003  001      V     C        10:23:10:08 10:23:10:09 10:23:10:08 10:23:10:09  
            B: the camera was away |C:ResolveColorCocoa |M:Nothing recorded |D:100

            004  001      V     C        10:23:12:00 10:23:12:01 10:23:12:00 10:23:12:01  
            B |C:ResolveColorCream |M:while B was away |D:1

            005  001      V     C        10:26:30:00 10:26:30:01 10:26:30:00 10:26:30:01  
            A: the network lost packets |C:ResolveColorCocoa |M:Nothing recorded |D:10


            """);
    }

    [Fact]
    public void Drop_frame_time_code_has_a_semicolon_and_leaves_numbers_out()
    {
        var take = OtioWriterSpecs.OneAngleAt("29.97", "00:00:59;28") with { Marks = [new EditMark(1, "", MarkColour.Blue)] };

        var text = Takes.Edl(take);

        EdlRules.Check(text, take.Start, take.Frames).Broken.ShouldBeEmpty();
        text.ShouldContain("FCM: DROP FRAME\n\n001  001      V     C        00:00:59;29 00:01:00;02 00:00:59;29 00:01:00;02  \n |C:ResolveColorBlue |M:Mark |D:1\n\n");
    }

    [Fact]
    public void More_than_999_marks_go_into_further_parts()
    {
        var take = Takes.Example() with { Marks = [.. Enumerable.Range(0, 1_500).Select(at => new EditMark(at, $"{at}", MarkColour.Green))] };

        MarkerEdlWriter.Parts(take).ShouldBe(2);
        var parts = Enumerable.Range(0, 2).Select(part => EdlRules.Check(Takes.Edl(take, part), take.Start, take.Frames)).ToList();
        parts.ShouldAllBe(part => part.Broken.Count == 0);
        parts.Select(part => part.Markers.Count).ShouldBe([999, 503]);
        Should.Throw<EditTakeException>(() => Takes.Edl(take, 2)).Kind.ShouldBe(EditProblemKind.NoSuchPart);
    }

    [Fact]
    public void A_take_without_marks_has_an_edl_without_events()
    {
        var take = OtioWriterSpecs.OneAngleAt("25", "10:00:00:00");

        MarkerEdlWriter.Parts(take).ShouldBe(1);
        Takes.Edl(take).ShouldBe("TITLE: 12A take 3\nFCM: NON-DROP FRAME\n\n");
    }

    [Fact]
    public void A_mark_after_midnight_is_refused_and_one_before_written()
    {
        var take = OtioWriterSpecs.AcrossMidnight();

        Should.Throw<EditTakeException>(() => Takes.Edl(take)).Kind.ShouldBe(EditProblemKind.MarkAfterMidnight);
        EdlRules.Check(Takes.Edl(take with { Marks = [take.Marks[0]] }), take.Start, take.Frames).Broken.ShouldBeEmpty();
    }

    [Fact]
    public void What_separates_fields_and_lines_is_replaced_in_names_and_notes()
    {
        var take = Takes.Example() with { Name = "a|b\nc", Marks = [new EditMark(0, "x | y\r\nz", MarkColour.Fuchsia, "n|o\u0007")] };

        var text = Takes.Edl(take);

        EdlRules.Check(text, take.Start, take.Frames).Broken.ShouldBeEmpty();
        text.ShouldStartWith("TITLE: a/b c\n");
        text.ShouldContain("n/o\uFFFD |C:ResolveColorFuchsia |M:x / y z |D:1\n");
    }
}
