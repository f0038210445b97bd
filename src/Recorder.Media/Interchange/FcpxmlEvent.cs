using System.Collections.Immutable;
using System.Xml;

namespace Recorder.Media.Interchange;

/// <summary>The event of an FCPXML document: the multicam clip with what was said of the take, and a project that shows it from its first frame.</summary>
internal sealed class FcpxmlEvent(XmlWriter xml, EditTake take, FcpxmlResources resources)
{
    private readonly FcpxmlTime _time = new(take.Start.Rate);
    private readonly ImmutableArray<EditMark> _marks = WithoutClip(take);

    // Final Cut refuses a clip that goes on after its media: this one ends with the last frame that any angle has.
    private readonly long _shown = take.Angles.Max(angle => EditPiece.Of(take, angle)[^1].End);

    public void Write()
    {
        xml.WriteStartElement("library");
        xml.WriteStartElement("event");
        xml.Attribute("name", string.Join(' ', new[] { take.Project, take.Scene }.Where(text => text.Length > 0).DefaultIfEmpty(take.Name)));
        Clip(inEvent: true);
        Project();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private void Project()
    {
        xml.WriteStartElement("project");
        xml.Attribute("name", take.Name);
        xml.WriteStartElement("sequence");
        xml.Attribute("format", FcpxmlResources.Format);
        xml.Attribute("duration", _time.Of(take.Frames));
        xml.Attribute("tcStart", _time.Of(take.Start.Frame));
        xml.Attribute("tcFormat", resources.Counting);
        xml.Attribute("audioLayout", "stereo");
        xml.Attribute("audioRate", AudioRate());
        if (take.PassesMidnight)
            xml.WriteElementString("note", "The time code begins again at 00:00:00:00 within this take.");

        xml.WriteStartElement("spine");
        Clip(inEvent: false);
        if (_shown < take.Frames)
            Rest();

        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private void Clip(bool inEvent)
    {
        xml.WriteStartElement("mc-clip");
        xml.Attribute("ref", resources.Multicam);
        if (!inEvent)
            xml.Attribute("offset", _time.Of(take.Start.Frame));

        xml.Attribute("name", take.Name);
        xml.Attribute("start", _time.Of(take.Start.Frame));
        xml.Attribute("duration", _time.Of(_shown));
        if (inEvent && !string.IsNullOrWhiteSpace(take.Notes))
            xml.WriteElementString("note", CleanText.Lines(take.Notes));

        Sources();
        Marks(0, _shown);
        if (inEvent)
        {
            Rating();
            xml.Metadata(
                ("com.apple.proapps.studio.scene", take.Scene),
                ("com.apple.proapps.studio.shot", take.Take > 0 ? $"{take.Take}" : ""));
        }

        xml.WriteEndElement();
    }

    // What the take lasts longer than all of its angles. It has marks of its own.
    private void Rest()
    {
        xml.WriteStartElement("gap");
        xml.Attribute("name", "Gap");
        xml.Attribute("offset", _time.Of(take.Start.Frame + _shown));
        xml.Attribute("start", _time.Of(take.Start.Frame + _shown));
        xml.Attribute("duration", _time.Of(take.Frames - _shown));
        Marks(_shown, take.Frames);
        xml.WriteEndElement();
    }

    private void Marks(long from, long to)
    {
        foreach (var mark in _marks.Where(mark => mark.At >= from && mark.At < to))
            xml.Marker(mark, _time.Of(take.Start.Frame + mark.At), _time.Of(Math.Min(mark.Frames, to - mark.At)));
    }

    // The first angle is seen; the first with sound is heard.
    private void Sources()
    {
        var (seen, heard) = (take.Angles[0], take.Angles.FirstOrDefault(angle => angle.Sound is not null));
        if (heard == seen)
        {
            Source(seen, "all");
            return;
        }

        Source(seen, "video");
        if (heard is not null)
            Source(heard, "audio");
    }

    private void Source(EditAngle angle, string enabled)
    {
        xml.WriteStartElement("mc-source");
        xml.Attribute("angleID", resources.AngleId(angle));
        xml.Attribute("srcEnable", enabled);
        xml.WriteEndElement();
    }

    private void Rating()
    {
        if (take.Rating is EditRating.None)
            return;

        if (take.Rating is EditRating.Circled)
            OfWholeTake("keyword", "circled");

        OfWholeTake("rating", take.Rating is EditRating.NoGood ? "reject" : "favorite");
    }

    private void OfWholeTake(string element, string value)
    {
        xml.WriteStartElement(element);
        xml.Attribute("start", _time.Of(take.Start.Frame));
        xml.Attribute("duration", _time.Of(_shown));
        xml.Attribute("value", value);
        xml.WriteEndElement();
    }

    private string AudioRate() => take.Angles.FirstOrDefault(angle => angle.Sound is not null)?.Sound?.SampleRate switch
    {
        32_000 => "32k",
        44_100 => "44.1k",
        88_200 => "88.2k",
        96_000 => "96k",
        176_400 => "176.4k",
        192_000 => "192k",
        _ => "48k",
    };

    // The marks of the take, and those of an angle that none of its clips holds.
    private static ImmutableArray<EditMark> WithoutClip(EditTake take)
    {
        var angles = take.Angles.ToDictionary(angle => angle.Name, angle => EditPiece.Of(take, angle));
        return
        [
            .. take.Marks.Where(mark => mark.Angle is null || !angles[mark.Angle].Any(piece => piece.InFile is not null && piece.Holds(mark)))
                .OrderBy(mark => mark.At),
        ];
    }
}
