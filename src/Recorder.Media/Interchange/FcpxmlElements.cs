using System.Globalization;
using System.Xml;

namespace Recorder.Media.Interchange;

/// <summary>Elements of FCPXML that stand in several places.</summary>
internal static class FcpxmlElements
{
    public static void Attribute(this XmlWriter xml, string name, string value) => xml.WriteAttributeString(name, CleanText.Line(value));

    public static void Attribute(this XmlWriter xml, string name, long value) =>
        xml.WriteAttributeString(name, value.ToString(CultureInfo.InvariantCulture));

    /// <param name="start">In the time of the element around it.</param>
    public static void Marker(this XmlWriter xml, EditMark mark, string start, string duration)
    {
        xml.WriteStartElement("marker");
        xml.Attribute("start", start);
        xml.Attribute("duration", duration);
        xml.Attribute("value", CleanText.Line(mark.Name) is { Length: > 0 } name ? name : "Mark");
        xml.Attribute("note", string.Join(": ", new[] { mark.Colour.ToString(), mark.Angle ?? "", mark.Note }.Where(text => text.Length > 0)));
        xml.WriteEndElement();
    }

    /// <summary>Metadata of a clip or an asset, without what is empty.</summary>
    public static void Metadata(this XmlWriter xml, params (string Key, string Value)[] values)
    {
        var stated = values.Where(value => !string.IsNullOrWhiteSpace(value.Value)).ToList();
        if (stated.Count == 0)
            return;

        xml.WriteStartElement("metadata");
        foreach (var (key, value) in stated)
        {
            xml.WriteStartElement("md");
            xml.Attribute("key", key);
            xml.Attribute("value", value);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }
}
