using System.Xml.Linq;

namespace Recorder.Media.Tests.Interchange;

/// <summary>Errors put into a right document, one at a time: the checker must find each by the rule that it breaks.</summary>
public sealed class PlantedFcpxmlErrorSpecs
{
    private static readonly Dictionary<string, (int Rule, Action<XElement> Plant)> Errors = new()
    {
        ["a later version"] = (1, root => root.SetAttributeValue("version", "1.14")),
        ["no document type"] = (1, root => root.Document!.DocumentType!.Remove()),
        ["two resources of one id"] = (2, root => root.Descendants("asset").First().SetAttributeValue("id", "r1")),
        ["an id that is a number"] = (2, root => Rename(root, "r1", "1")),
        ["a clip in the spine without a length"] = (3, root => Set(SpineClip(root), "duration", null)),
        ["a colour on a marker"] = (3, root => Set(root.Descendants("marker").First(), "color", "red")),
        ["an asset that is a format"] = (4, root => Set(root.Descendants("asset-clip").First(), "ref", "r1")),
        ["a format that is not there"] = (4, root => Set(root.Descendants("sequence").Single(), "format", "r77")),
        ["an angle of another multicam"] = (5, root => Set(root.Descendants("spine").Descendants("mc-source").Single(), "angleID", "angle9")),
        ["two angles of one id"] = (5, root => Set(root.Descendants("mc-angle").Last(), "angleID", "angle1")),
        ["two angles that are both all"] = (5, root => SpineClip(root).Element("mc-source")!.AddAfterSelf(new XElement(SpineClip(root).Element("mc-source")!))),
        ["a time in decimals"] = (6, root => Set(root.Descendants("gap").First(), "duration", "0.32s")),
        ["a denominator of more than 32 bits"] = (6, root => Set(root.Descendants("gap").First(), "duration", "1/4294967296s")),
        ["a gap of milliseconds"] = (7, root => Set(root.Descendants("gap").First(), "duration", "333/1000s")),
        ["a mark between two frames"] = (7, root => Set(root.Descendants("marker").First(), "start", "93975050/2500s")),
        ["a rate of 12.5"] = (8, root => SetAll(root, "frameDuration", "2/25s")),
        ["formats of two rates"] = (8, root => Set(root.Descendants("format").Last(), "frameDuration", "100/3000s")),
        ["drop-frame at 25"] = (9, root => SetAll(root, "tcFormat", "DF")),
        ["a clip that counts in another way"] = (9, root => Set(root.Descendants("asset-clip").First(), "tcFormat", "DF")),
        ["a clip that goes on after its file"] = (10, root => Set(root.Descendants("asset").First(), "duration", "1499900/2500s")),
        ["a file that begins after its clip"] = (10, root => Set(root.Descendants("asset").Last(), "start", "93075900/2500s")),
        ["offsets that count from the time code"] = (11, root => Set(root.Descendants("mc-angle").First().Elements().First(), "offset", "93075000/2500s")),
        ["a hole without a gap"] = (11, root => root.Descendants("gap").Last().Remove()),
        ["a spine that begins at 0"] = (12, root => Set(SpineClip(root), "offset", "0s")),
        ["a clip that begins before its multicam"] = (12, root => Set(SpineClip(root), "start", "0s")),
        ["a sequence that is longer than its spine"] = (12, root => Set(root.Descendants("sequence").Single(), "duration", "1500100/2500s")),
        ["a clip that goes on after its angles"] = (12, Lengthen),
        ["an angle that is a frame late"] = (13, Shift),
        ["a mark that counts from 0"] = (14, root => Set(root.Descendants("marker").First(), "start", "900000/2500s")),
        ["a keyword that is longer than its clip"] = (14, root => Set(root.Descendants("keyword").Single(), "duration", "1500100/2500s")),
        ["metadata before a marker"] = (15, root => Swap(root.Descendants("marker").First(), root.Descendants("asset-clip").First().Element("metadata")!)),
        ["a source after a marker"] = (15, root => SpineClip(root).Add(new XElement(SpineClip(root).Element("mc-source")!))),
        ["an element that does not exist"] = (15, root => root.Descendants("mc-angle").First().Add(new XElement("hole"))),
        ["a sound rate in hertz"] = (16, root => Set(root.Descendants("sequence").Single(), "audioRate", "48000")),
        ["a rating of three stars"] = (16, root => Set(root.Descendants("rating").Single(), "value", "3")),
        ["a relative file"] = (17, root => Set(root.Descendants("media-rep").First(), "src", "12A3_A.mov")),
        ["a space in a URL"] = (17, root => Set(root.Descendants("media-rep").First(), "src", "file:///media/day 1/12A3_A.mov")),
    };

    public static TheoryData<string> Names() => new(Errors.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_planted_error_is_found_by_the_rule_that_it_breaks(string name)
    {
        var (rule, plant) = Errors[name];
        var document = XDocument.Parse(Takes.Fcpxml(Takes.Example()));
        FcpxmlRules.Check(document.ToString()).ShouldBeEmpty();

        plant(document.Root!);

        var broken = FcpxmlRules.Check(document.ToString());
        broken.Select(found => found.Rule.Number).ShouldContain(rule);
        broken.ShouldAllBe(found => found.ToString().Contains("(http", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_rule_has_a_planted_error() =>
        Errors.Values.Select(error => error.Rule).Distinct().Order().ShouldBe(Enumerable.Range(1, 17));

    private static XElement SpineClip(XElement root) => root.Descendants("spine").Single().Element("mc-clip")!;

    private static void Set(XElement element, string attribute, string? value) => element.SetAttributeValue(attribute, value);

    private static void SetAll(XElement root, string attribute, string value)
    {
        foreach (var found in root.Descendants().Attributes(attribute))
            found.Value = value;
    }

    private static void Rename(XElement root, string id, string other)
    {
        foreach (var attribute in root.Descendants().Attributes().Where(attribute => attribute.Value == id))
            attribute.Value = other;
    }

    private static void Swap(XElement first, XElement second)
    {
        second.Remove();
        first.AddBeforeSelf(second);
    }

    private static void Lengthen(XElement root)
    {
        foreach (var element in root.Descendants("mc-clip").Concat(root.Descendants("sequence")))
            Set(element, "duration", "1500100/2500s");
    }

    // The gap is a frame longer and everything after it a frame later: nothing but the time codes of the files says that it is wrong.
    private static void Shift(XElement root)
    {
        var angle = root.Descendants("mc-angle").Last();
        Set(angle.Element("gap")!, "duration", "900/2500s");
        foreach (var item in angle.Elements().Skip(1))
        {
            var offset = long.Parse(item.Attribute("offset")!.Value.Split('/')[0], System.Globalization.CultureInfo.InvariantCulture);
            Set(item, "offset", $"{offset + 100}/2500s");
        }
    }
}
