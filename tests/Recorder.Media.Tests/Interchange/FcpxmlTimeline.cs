using System.Xml.Linq;

namespace Recorder.Media.Tests.Interchange;

/// <summary>The project of an FCPXML document as a player reads it.</summary>
internal sealed class FcpxmlTimeline
{
    private readonly List<List<Item>> _angles;
    private readonly List<PlacedMark> _marks;
    private readonly Fraction _frame;
    private readonly long _toAngle;

    public FcpxmlTimeline(string text)
    {
        var root = XDocument.Parse(text).Root!;
        var (multicam, sequence) = (root.Descendants("multicam").Single(), root.Descendants("sequence").Single());
        var clip = sequence.Descendants("mc-clip").Single();
        _frame = Fraction.Parse(root.Descendants("format").First().Attribute("frameDuration")!.Value)!.Value;

        // https://fcp.cafe/developers/fcpxml/: from the sequence into the clip on it, and from there into the angle, which counts from 0s.
        _toAngle = Frames(sequence, "tcStart") - Frames(clip, "offset") + Frames(clip, "start") - Frames(multicam, "tcStart");
        _angles = [.. multicam.Elements("mc-angle").Select(angle => angle.Elements().Select(Read).ToList())];
        Angles = [.. multicam.Elements("mc-angle").Select(angle => angle.Attribute("name")!.Value)];
        _marks =
        [
            .. sequence.Descendants("marker").Select(marker => Place(marker, -Frames(sequence, "tcStart")))
                .Concat(multicam.Descendants("marker").Select(marker => Place(marker, -_toAngle)))
                .OrderBy(mark => mark.At).ThenBy(mark => mark.Frames),
        ];
    }

    public IReadOnlyList<string> Angles { get; }

    /// <summary>The marks of the clip on the timeline, and those in its angles.</summary>
    public IEnumerable<PlacedMark> Marks() => _marks;

    /// <summary>The number of the frame in its file's time code that an angle shows at a frame of the project's timeline.</summary>
    public long? FrameAt(int index, long at)
    {
        var inAngle = at + _toAngle;
        var item = _angles[index].SingleOrDefault(item => item.Offset <= inAngle && inAngle < item.Offset + item.Frames);
        return item is null or { IsGap: true } ? null : item.Start + inAngle - item.Offset;
    }

    private Item Read(XElement item) => new(Frames(item, "offset"), Frames(item, "start"), Frames(item, "duration"), item.Name == "gap");

    private PlacedMark Place(XElement marker, long toTimeline)
    {
        var item = Read(marker.Parent!);
        return new PlacedMark(item.Offset + Frames(marker, "start") - item.Start + toTimeline, Frames(marker, "duration"));
    }

    private long Frames(XElement element, string attribute) => (long)Fraction.Parse((string?)element.Attribute(attribute) ?? "0s")!.Value.In(_frame)!.Value;

    private sealed record Item(long Offset, long Start, long Frames, bool IsGap);
}
