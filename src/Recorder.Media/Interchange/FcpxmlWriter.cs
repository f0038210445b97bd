using System.Text;
using System.Xml;

namespace Recorder.Media.Interchange;

/// <summary>
/// Writes a take as FCPXML 1.10: an event with a multicam clip, one angle for each camera, and a project in which it lies whole. Markers have no
/// colour there; their notes name it.
/// </summary>
internal static class FcpxmlWriter
{
    private static readonly XmlWriterSettings Settings = new()
    {
        Indent = true,
        NewLineChars = "\n",
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
    };

    /// <param name="folder">The file URL of the folder in which the angles' files are: FCPXML has no relative ones.</param>
    /// <param name="output">Gets UTF-8.</param>
    /// <exception cref="EditTakeException">The take has a problem of <see cref="EditTakeCheck"/>, or the folder is no file URL.</exception>
    public static void Write(EditTake take, Uri folder, Stream output)
    {
        EditTakeCheck.Require(take);
        var urls = take.Angles.ToDictionary(angle => angle.Name, angle => RelativeFile.Url(folder, angle.FileName));
        using var xml = XmlWriter.Create(output, Settings);
        xml.WriteStartDocument();
        xml.WriteDocType("fcpxml", null, null, null);
        xml.WriteStartElement("fcpxml");
        xml.WriteAttributeString("version", "1.10");
        var resources = new FcpxmlResources(xml, take);
        resources.Write(urls);
        new FcpxmlEvent(xml, take, resources).Write();
        xml.WriteEndElement();
        xml.WriteEndDocument();
    }
}
