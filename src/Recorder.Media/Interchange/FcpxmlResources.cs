using System.Collections.Immutable;
using System.Xml;

namespace Recorder.Media.Interchange;

/// <summary>The formats, the files and the multicam media of an FCPXML document.</summary>
internal sealed class FcpxmlResources(XmlWriter xml, EditTake take)
{
    private readonly FcpxmlTime _time = new(take.Start.Rate);
    private readonly ImmutableArray<(int Width, int Height)> _sizes = [.. take.Angles.Select(angle => (angle.Width, angle.Height)).Distinct()];

    public static string Format => "r1";

    public string Multicam => $"r{_sizes.Length + take.Angles.Length + 1}";

    public string Counting => take.Start.IsDropFrame ? "DF" : "NDF";

    public void Write(Dictionary<string, string> urls)
    {
        xml.WriteStartElement("resources");
        foreach (var (width, height) in _sizes)
        {
            // Without a name: only sizes that Final Cut knows have one, and a wrong name is worse than none.
            xml.WriteStartElement("format");
            xml.Attribute("id", FormatOf(width, height));
            xml.Attribute("frameDuration", _time.Of(1));
            xml.Attribute("width", width);
            xml.Attribute("height", height);
            xml.WriteEndElement();
        }

        foreach (var angle in take.Angles)
            Asset(angle, urls[angle.Name]);

        xml.WriteStartElement("media");
        xml.Attribute("id", Multicam);
        xml.Attribute("name", take.Name);
        xml.WriteStartElement("multicam");
        xml.Attribute("format", Format);
        xml.Attribute("tcStart", _time.Of(take.Start.Frame));
        xml.Attribute("tcFormat", Counting);
        foreach (var angle in take.Angles)
            Angle(angle);

        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    public string AngleId(EditAngle angle) => $"angle{take.Angles.IndexOf(angle) + 1}";

    private string FormatOf(int width, int height) => $"r{_sizes.IndexOf((width, height)) + 1}";

    private string AssetOf(EditAngle angle) => $"r{_sizes.Length + take.Angles.IndexOf(angle) + 1}";

    private void Asset(EditAngle angle, string url)
    {
        xml.WriteStartElement("asset");
        xml.Attribute("id", AssetOf(angle));
        xml.Attribute("name", Path.GetFileNameWithoutExtension(angle.FileName));
        xml.Attribute("start", _time.Of(angle.Start.Frame));
        xml.Attribute("duration", _time.Of(angle.Frames));
        xml.Attribute("hasVideo", 1);
        xml.Attribute("format", FormatOf(angle.Width, angle.Height));
        xml.Attribute("videoSources", 1);
        if (angle.Sound is { } sound)
        {
            xml.Attribute("hasAudio", 1);
            xml.Attribute("audioSources", 1);
            xml.Attribute("audioChannels", sound.Channels);
            xml.Attribute("audioRate", sound.SampleRate);
        }

        xml.WriteStartElement("media-rep");
        xml.Attribute("kind", "original-media");
        xml.Attribute("src", url);
        xml.WriteEndElement();
        xml.Metadata(("com.apple.proapps.mio.cameraName", angle.CameraName));
        xml.WriteEndElement();
    }

    // In an angle offsets count from 0, not from the time code at which the multicam begins.
    private void Angle(EditAngle angle)
    {
        xml.WriteStartElement("mc-angle");
        xml.Attribute("name", angle.Name);
        xml.Attribute("angleID", AngleId(angle));
        var marks = AngleMarks.Of(take, angle);
        foreach (var piece in EditPiece.Of(take, angle))
        {
            if (piece.InFile is { } inFile)
                Clip(angle, piece, angle.Start.Frame + inFile, marks);
            else
                Gap(piece);
        }

        xml.WriteEndElement();
    }

    private void Gap(EditPiece piece)
    {
        xml.WriteStartElement("gap");
        xml.Attribute("name", "Gap");
        xml.Attribute("offset", _time.Of(piece.At));
        xml.Attribute("duration", _time.Of(piece.Frames));
        if (piece.Reason.Length > 0)
            xml.WriteElementString("note", CleanText.Lines(piece.Reason));

        xml.WriteEndElement();
    }

    private void Clip(EditAngle angle, EditPiece piece, long start, ImmutableArray<EditMark> marks)
    {
        xml.WriteStartElement("asset-clip");
        xml.Attribute("ref", AssetOf(angle));
        xml.Attribute("offset", _time.Of(piece.At));
        xml.Attribute("name", Path.GetFileNameWithoutExtension(angle.FileName));
        xml.Attribute("start", _time.Of(start));
        xml.Attribute("duration", _time.Of(piece.Frames));
        xml.Attribute("format", FormatOf(angle.Width, angle.Height));
        xml.Attribute("tcFormat", Counting);
        if (angle.Sound is not null)
            xml.Attribute("audioRole", "dialogue");

        foreach (var mark in marks.Where(piece.Holds))
            xml.Marker(mark, _time.Of(start + mark.At - piece.At), _time.Of(mark.Frames));

        xml.Metadata(
            ("com.apple.proapps.studio.reel", angle.Reel),
            ("com.apple.proapps.studio.scene", take.Scene),
            ("com.apple.proapps.studio.shot", take.Take > 0 ? $"{take.Take}" : ""),
            ("com.apple.proapps.studio.angle", angle.Name),
            ("com.apple.proapps.cameraID", angle.CameraId));
        xml.WriteEndElement();
    }
}
