using System.Xml.Linq;

namespace Recorder.Media.Tests.Interchange;

/// <summary>Checks an FCPXML document with a multicam clip by itself, without the take from which it was written.</summary>
internal static class FcpxmlRules
{
    private const string Dtd = "https://github.com/CommandPost/CommandPost/blob/develop/src/extensions/cp/apple/fcpxml/dtd/FCPXMLv1_10.dtd";
    private const string Exports = "https://github.com/orchetect/DAWFileKit/tree/main/Tests/DAWFileKitTests/FinalCutPro/Resources/FCPXML%20Exports";

    public static readonly Rule Root = new(
        "FCPXML", 1, "The root is fcpxml 1.10 with the document type of that name.",
        Dtd);
    public static readonly Rule Ids = new("FCPXML", 2, "Every resource has an id, an XML name that no other has.", Dtd);
    public static readonly Rule Attributes = new(
        "FCPXML", 3, "Elements have the attributes that they must have, and none that they cannot.",
        Dtd);
    public static readonly Rule References = new(
        "FCPXML", 4, "Every reference is to a resource of the right kind.",
        Dtd);
    public static readonly Rule Angles = new(
        "FCPXML", 5, "Angles have their own ids; a clip shows angles that its multicam has: one for all, or one for picture and one for sound.",
        $"{Exports}/MulticamMarkers.fcpxml");
    public static readonly Rule Times = new(
        "FCPXML", 6, "A time is N/Ds or Ns, of 64 and 32 bits.",
        "https://fcp.cafe/developers/fcpxml/");
    public static readonly Rule Frames = new(
        "FCPXML", 7, "Every time is a whole number of the format's frames.",
        "https://github.com/CommandPost/FCPCafe/issues/334");
    public static readonly Rule Rates = new(
        "FCPXML", 8, "The frame duration is one of the rates that Final Cut conforms to.",
        Dtd);
    public static readonly Rule DropFrame = new(
        "FCPXML", 9, "Only 30000/1001 and 60000/1001 drop frames, and all of a document count alike.",
        "http://digitalfactbook.tv/d/drop-frame-timecode/");
    public static readonly Rule InsideAsset = new(
        "FCPXML", 10, "A clip shows only what its asset has.",
        "https://github.com/DozaVisuals/doza-assist/pull/34");
    public static readonly Rule Serial = new(
        "FCPXML", 11, "What an angle has follows one after the other from 0s, with gap elements where there is nothing.",
        $"{Exports}/MulticamMarkers.fcpxml");
    public static readonly Rule Spine = new(
        "FCPXML", 12, "The spine begins at the sequence's tcStart, with a clip that begins and ends within its multicam.",
        $"{Exports}/MulticamMarkers.fcpxml");
    public static readonly Rule SourceTime = new(
        "FCPXML", 13, "An angle shows, at each time code of the multicam, the frame of its file with the same.",
        "https://fcp.cafe/developers/fcpxml/");
    public static readonly Rule Markers = new(
        "FCPXML", 14, "Markers, keywords and ratings are in the time of the clip around them, and in its range.",
        $"{Exports}/MulticamMarkers.fcpxml");
    public static readonly Rule Order = new(
        "FCPXML", 15, "Elements have the children that they may have, in the order of the document type.",
        Dtd);
    public static readonly Rule Values = new("FCPXML", 16, "Attributes with a list of values have one of them.", Dtd);
    public static readonly Rule Files = new(
        "FCPXML", 17, "Media is named by a file URL, percent-encoded.",
        $"{Exports}/MulticamMarkers.fcpxml");

    public static IReadOnlyList<BrokenRule> Check(string text)
    {
        var (findings, document) = (new Findings(), XDocument.Parse(text));
        findings.Require(document.DocumentType is { Name: "fcpxml", PublicId: null, SystemId: null }, Root, $"the document type is {document.DocumentType}");
        var root = document.Root!;
        if (findings.Require(root.Name == "fcpxml" && (string?)root.Attribute("version") == "1.10", Root, root.Describe()))
        {
            FcpxmlGrammar.Check(root, findings);

            // Times are of what the grammar says is there.
            if (findings.Broken.All(broken => broken.Rule == Files || broken.Rule == Ids))
                new FcpxmlTiming(root, findings).Check();
        }

        return findings.Broken;
    }

    /// <summary>An element as a finding names it.</summary>
    public static string Describe(this XElement element) =>
        $"<{element.Name}{string.Concat(element.Attributes().Select(attribute => $" {attribute.Name}=\"{attribute.Value}\""))}>";
}
