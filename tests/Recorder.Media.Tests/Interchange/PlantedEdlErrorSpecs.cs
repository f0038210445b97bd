using Recorder.Media.Interchange;

namespace Recorder.Media.Tests.Interchange;

/// <summary>Errors put into a right file, one at a time: the checker must find each by the rule that it breaks.</summary>
public sealed class PlantedEdlErrorSpecs
{
    private static readonly Dictionary<string, (int Rule, string Right, string Wrong)> Errors = new()
    {
        ["no title"] = (1, "TITLE: 12A take 3\n", "* 12A take 3\n"),
        ["another counting in the head"] = (2, "FCM: DROP FRAME", "FCM: NON-DROP FRAME"),
        ["a colon in drop-frame time code"] = (2, "00:00:59;29", "00:00:59:29"),
        ["a number left out"] = (3, "002  001", "003  001"),
        ["numbers that begin at 0"] = (3, "001  001", "000  001"),
        ["no channel"] = (4, "  V  ", "     "),
        ["three time codes"] = (4, "00:00:59;29 00:01:00;02  ", "00:00:59;29  "),
        ["a dropped number"] = (5, "00:01:00;02", "00:01:00;00"),
        ["a frame that the second does not have"] = (5, "00:01:10;04", "00:01:10;30"),
        ["an event as long as its mark"] = (6, "00:01:10;05", "00:01:11;04"),
        ["a source of its own"] = (6, "C        00:01:10;04 00:01:10;05", "C        00:01:10;06 00:01:10;07"),
        ["no line after the event"] = (7, "look |C:ResolveColorRed |M:second |D:30\n", ""),
        ["a pipe in a name"] = (7, "|M:second", "|M:sec|ond"),
        ["no name"] = (7, "|M:second", "|M:"),
        ["a colour that Resolve does not have"] = (8, "ResolveColorRed", "ResolveColorOrange"),
        ["a length of 0"] = (9, "|D:30", "|D:0"),
        ["a mark that outlasts the take"] = (9, "|D:30", "|D:3000"),
        ["an event before the one before it"] = (10, "00:01:10;04 00:01:10;05 00:01:10;04 00:01:10;05", "00:00:59;28 00:00:59;29 00:00:59;28 00:00:59;29"),
        ["an event before the take"] = (11, "00:00:59;29 00:01:00;02 00:00:59;29 00:01:00;02", "00:00:10;00 00:00:10;01 00:00:10;00 00:00:10;01"),
        ["an event after the take"] = (11, "00:01:10;04 00:01:10;05 00:01:10;04 00:01:10;05", "01:00:00;00 01:00:00;01 01:00:00;00 01:00:00;01"),
    };

    public static TheoryData<string> Names() => new(Errors.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_planted_error_is_found_by_the_rule_that_it_breaks(string name)
    {
        var (rule, right, wrong) = Errors[name];
        var take = OtioWriterSpecs.OneAngleAt("29.97", "00:00:59;28") with
        {
            Marks = [new EditMark(1, "first", MarkColour.Blue), new EditMark(304, "second", MarkColour.Red, "look", 30)],
        };
        var text = Takes.Edl(take);
        EdlRules.Check(text, take.Start, take.Frames).Broken.ShouldBeEmpty();

        text.ShouldContain(right);
        var broken = EdlRules.Check(text.Replace(right, wrong, StringComparison.Ordinal), take.Start, take.Frames).Broken;

        broken.Select(found => found.Rule.Number).ShouldContain(rule);
        broken.ShouldAllBe(found => found.ToString().Contains("(http", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_rule_has_a_planted_error() =>
        Errors.Values.Select(error => error.Rule).Distinct().Order().ShouldBe(Enumerable.Range(1, 11));
}
