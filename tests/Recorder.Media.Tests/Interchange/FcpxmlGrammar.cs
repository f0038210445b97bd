using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Recorder.Media.Tests.Interchange;

/// <summary>What FCPXML 1.10's document type says of the elements that we write: children, attributes, values, ids and references.</summary>
internal static partial class FcpxmlGrammar
{
    private const string Marks = "(marker |chapter-marker |rating |keyword |analysis-marker )*";
    private const string Items = "(audio |video |clip |title |mc-clip |ref-clip |sync-clip |asset-clip |audition |gap |transition )*";

    // Of each element the order of its children, and its attributes; ! stands at those that it must have.
    private static readonly Dictionary<string, (string Children, string Attributes)> Model = new()
    {
        ["fcpxml"] = ("(import-options )?(resources )?(library |(event )*)", "version!"),
        ["resources"] = ("(asset |effect |format |media |locator )*", ""),
        ["format"] = ("", "id! name frameDuration fieldOrder width height paspH paspV colorSpace projection stereoscopic"),
        ["asset"] = ("(media-rep )+(metadata )?", "id! name uid start duration hasVideo format hasAudio videoSources audioSources audioChannels audioRate"),
        ["media-rep"] = ("(bookmark )?", "kind sig src! suggestedFilename"),
        ["media"] = ("(multicam |sequence )?", "id! name uid projectRef modDate"),
        ["multicam"] = ("(mc-angle )*(metadata )?", "format! duration tcStart tcFormat renderFormat"),
        ["mc-angle"] = (Items, "name angleID!"),
        ["gap"] = ($"(note )?{Marks}(metadata )?", "name offset start duration! enabled"),
        ["asset-clip"] = ($"(note )?{Marks}(metadata )?", "ref! lane offset name start duration enabled srcEnable format tcStart tcFormat audioRole videoRole"),
        ["mc-clip"] = ($"(note )?(mc-source )*{Marks}(metadata )?", "ref! lane offset name start duration! enabled srcEnable"),
        ["mc-source"] = ("", "angleID! srcEnable"),
        ["marker"] = ("", "start! duration value! completed note"),
        ["keyword"] = ("", "start duration value! note"),
        ["rating"] = ("", "name start duration value! note"),
        ["metadata"] = ("(md )*", ""),
        ["md"] = ("(array )?", "key! value editable type displayName description source"),
        ["library"] = ("(event |smart-collection )*", "location colorProcessing"),
        ["event"] = ("(clip |audition |mc-clip |ref-clip |sync-clip |asset-clip |collection-folder |keyword-collection |smart-collection |project )*", "name uid"),
        ["project"] = ("sequence ", "name uid id modDate"),
        ["sequence"] = ("(note )?spine (metadata )?", "format! duration tcStart tcFormat audioLayout audioRate renderFormat keywords"),
        ["spine"] = (Items, "lane offset name format"),
        ["note"] = ("", ""),
    };

    private static readonly Dictionary<string, (Regex Children, string[] Attributes)> Elements = Model.ToDictionary(
        element => element.Key,
        element => (new Regex($"^(?:{element.Value.Children})$"), element.Value.Attributes.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    private static readonly Dictionary<string, string[]> Values = new()
    {
        ["tcFormat"] = ["DF", "NDF"],
        ["audioLayout"] = ["mono", "stereo", "surround"],
        ["sequence audioRate"] = ["32k", "44.1k", "48k", "88.2k", "96k", "176.4k", "192k"],
        ["mc-source srcEnable"] = ["all", "audio", "video", "none"],
        ["srcEnable"] = ["all", "audio", "video"],
        ["rating value"] = ["favorite", "reject"],
        ["kind"] = ["original-media", "proxy-media"],
        ["hasVideo"] = ["1"],
        ["hasAudio"] = ["1"],
    };

    public static void Check(XElement root, Findings findings)
    {
        foreach (var element in root.DescendantsAndSelf())
            Element(element, findings);

        var ids = root.Element("resources")?.Elements().Select(resource => (string?)resource.Attribute("id") ?? "").ToList() ?? [];
        findings.Require(ids.Distinct().Count() == ids.Count, FcpxmlRules.Ids, () => $"the ids are {string.Join(' ', ids)}");
        foreach (var id in ids)
            findings.Require(id.Length > 0 && XmlReader.IsName(id), FcpxmlRules.Ids, () => $"the id '{id}'");

        References(root, findings);
        foreach (var source in root.Descendants("media-rep").Select(media => (string?)media.Attribute("src") ?? ""))
            findings.Require(FileUrl().IsMatch(source), FcpxmlRules.Files, source);
    }

    private static void Element(XElement element, Findings findings)
    {
        var name = element.Name.ToString();
        if (!findings.Require(Elements.TryGetValue(name, out var model), FcpxmlRules.Order, () => $"{element.Describe()} is none of {element.Parent?.Name}"))
            return;

        var children = string.Concat(element.Elements().Select(child => $"{child.Name} "));
        findings.Require(model.Children.IsMatch(children), FcpxmlRules.Order, () => $"{element.Describe()} has {children}");
        foreach (var required in model.Attributes.Where(attribute => attribute[^1] == '!').Select(attribute => attribute[..^1]))
            findings.Require(element.Attribute(required) is not null, FcpxmlRules.Attributes, () => $"{element.Describe()} has no {required}");
        foreach (var attribute in element.Attributes())
        {
            findings.Require(
                model.Attributes.Any(other => other.TrimEnd('!') == attribute.Name), FcpxmlRules.Attributes, () => $"{element.Describe()} cannot have {attribute.Name}");
            if (Values.TryGetValue($"{name} {attribute.Name}", out var values) || Values.TryGetValue($"{attribute.Name}", out values))
                findings.Require(values.Contains(attribute.Value), FcpxmlRules.Values, () => $"{element.Describe()}: {attribute.Name}");
        }
    }

    private static void References(XElement root, Findings findings)
    {
        var resources = root.Element("resources")?.Elements().GroupBy(resource => (string?)resource.Attribute("id") ?? "")
            .ToDictionary(group => group.Key, group => group.First().Name.ToString()) ?? [];
        foreach (var element in root.Descendants())
        {
            if (element.Attribute("format") is { } format)
                Resolves(format.Value, "format");
            if (element.Attribute("ref") is { } reference)
                Resolves(reference.Value, element.Name == "mc-clip" ? "media" : "asset");

            void Resolves(string id, string kind) => findings.Require(
                resources.GetValueOrDefault(id) == kind, FcpxmlRules.References, () => $"{element.Describe()}: '{id}' is no {kind}");
        }
    }

    [GeneratedRegex(@"^file://(?:/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})+)+$")]
    private static partial Regex FileUrl();
}
