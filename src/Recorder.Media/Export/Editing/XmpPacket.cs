using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Recorder.Contracts;

namespace Recorder.Media.Export.Editing;

/// <summary>What Premiere reads: XMP (ISO 16684-1) with Adobe's namespace of dynamic media.</summary>
internal static class XmpPacket
{
    private static readonly XNamespace Meta = "adobe:ns:meta/";
    private static readonly XNamespace Rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    private static readonly XNamespace Media = "http://ns.adobe.com/xmp/1.0/DynamicMedia/";

    public static string Of(ClipMetadata clip, TimeCode timeCode)
    {
        (string Name, string? Value)[] all =
        [
            ("cameraLabel", clip.Camera), ("cameraAngle", clip.Angle), ("scene", clip.Scene), ("shotName", clip.Name),
            ("takeNumber", clip.Take?.ToString(CultureInfo.InvariantCulture)), ("tapeName", clip.Reel),
            ("good", clip.IsGood switch { true => "True", false => "False", null => null }),
            ("logComment", clip.Note), ("projectName", clip.Project),
        ];
        var description = new XElement(
            Rdf + "Description", new XAttribute(Rdf + "about", ""), new XAttribute(XNamespace.Xmlns + "xmpDM", Media),
            all.Where(entry => !string.IsNullOrEmpty(entry.Value)).Select(entry => new XElement(Media + entry.Name, Printable(entry.Value!))),
            TimeCodeOf("startTimecode", timeCode), TimeCodeOf("altTimecode", timeCode));
        var packet = new XElement(
            Meta + "xmpmeta", new XAttribute(XNamespace.Xmlns + "x", Meta),
            new XElement(Rdf + "RDF", new XAttribute(XNamespace.Xmlns + "rdf", Rdf), description));
        return $"<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>{packet.ToString(SaveOptions.DisableFormatting)}<?xpacket end=\"w\"?>";
    }

    private static XElement TimeCodeOf(string name, TimeCode timeCode) => new(
        Media + name, new XAttribute(Rdf + "parseType", "Resource"),
        new XElement(Media + "timeFormat", FormatOf(timeCode)), new XElement(Media + "timeValue", timeCode.ToString()));

    // "25Timecode", "2997DropTimecode", "23976Timecode".
    private static string FormatOf(TimeCode timeCode)
    {
        var rate = timeCode.Rate.ToString().Replace(".", "", StringComparison.Ordinal);
        var counting = !timeCode.Rate.CanDropFrames ? "" : timeCode.IsDropFrame ? "Drop" : "NonDrop";
        return $"{rate}{counting}Timecode";
    }

    // XML cannot contain most control characters.
    private static string Printable(string text)
    {
        var printable = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
                printable.Append(text[i]).Append(text[++i]);
            else
                printable.Append(XmlConvert.IsXmlChar(text[i]) ? text[i] : ' ');
        }

        return printable.ToString();
    }
}
