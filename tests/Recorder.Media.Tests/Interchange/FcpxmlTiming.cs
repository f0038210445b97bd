using System.Numerics;
using System.Xml.Linq;

namespace Recorder.Media.Tests.Interchange;

/// <summary>The rules of FCPXML that no document type can say: about times, and about what lies in what.</summary>
internal sealed class FcpxmlTiming(XElement root, Findings findings)
{
    private static readonly string[] TimeAttributes = ["offset", "start", "duration", "tcStart", "frameDuration"];
    private static readonly Fraction Zero = new(0, 1);

    private static readonly Fraction[] FrameDurations =
    [
        new(1001, 24_000), new(1, 24), new(1, 25), new(1001, 30_000), new(1, 30), new(1001, 48_000), new(1, 48), new(1, 50), new(1001, 60_000), new(1, 60),
    ];

    private readonly Dictionary<string, XElement> _resources = root.Element("resources")!.Elements().ToDictionary(resource => resource.Attribute("id")!.Value);
    private Fraction _frame;

    public void Check()
    {
        var formats = root.Descendants("format").Select(format => (string?)format.Attribute("frameDuration") ?? "").Distinct().ToList();
        if (!findings.Require(formats.Count == 1 && Fraction.Parse(formats[0]) is not null, FcpxmlRules.Rates, string.Join(' ', formats)))
            return;

        _frame = Fraction.Parse(formats[0])!.Value;
        findings.Require(FrameDurations.Contains(_frame), FcpxmlRules.Rates, formats[0]);
        var counting = root.Descendants().Attributes("tcFormat").Select(format => format.Value).Distinct().ToList();
        findings.Require(
            counting is ["NDF"] || (counting is ["DF"] && (_frame == FrameDurations[3] || _frame == FrameDurations[8])),
            FcpxmlRules.DropFrame,
            () => $"{string.Join(' ', counting)} at {formats[0]}");

        if (root.Descendants().Select(TimesAreFrames).ToList().Contains(false))
            return;

        foreach (var multicam in root.Descendants("multicam"))
            Multicam(multicam, counting is ["DF"]);
        foreach (var clip in root.Descendants("mc-clip"))
            MulticamClip(clip);
        foreach (var sequence in root.Descendants("sequence"))
            Spine(sequence);
        foreach (var mark in root.Descendants().Where(element => element.Name.LocalName is "marker" or "keyword" or "rating"))
            InRange(mark);
    }

    private static Fraction Time(XElement element, string attribute) => Fraction.Parse((string?)element.Attribute(attribute) ?? "0s")!.Value;

    private static Fraction End(XElement element) => Time(element, "start") + Time(element, "duration");

    private bool TimesAreFrames(XElement element)
    {
        var right = true;
        foreach (var attribute in element.Attributes().Where(attribute => TimeAttributes.Contains(attribute.Name.LocalName)))
        {
            right &= findings.Require(Fraction.Parse(attribute.Value) is not null, FcpxmlRules.Times, () => $"{element.Describe()}: {attribute.Name}")
                && findings.Require(
                    Fraction.Parse(attribute.Value)!.Value.In(_frame) is not null, FcpxmlRules.Frames, () => $"{element.Describe()}: {attribute.Name}");
        }

        return right;
    }

    private void Multicam(XElement multicam, bool dropFrame)
    {
        var ids = multicam.Elements("mc-angle").Select(angle => angle.Attribute("angleID")!.Value).ToList();
        findings.Require(ids.Distinct().Count() == ids.Count, FcpxmlRules.Angles, () => $"the angles are {string.Join(' ', ids)}");
        foreach (var angle in multicam.Elements("mc-angle"))
        {
            var end = Zero;
            foreach (var item in angle.Elements())
            {
                findings.Require(Time(item, "offset") == end, FcpxmlRules.Serial, () => $"{item.Describe()} follows what ends at {end.Over}/{end.Under}s");
                findings.Require(Time(item, "duration") > Zero, FcpxmlRules.Serial, () => item.Describe());
                end += Time(item, "duration");
                if (item.Name == "asset-clip")
                    AssetClip(item, Time(multicam, "tcStart"), dropFrame);
            }
        }
    }

    private void AssetClip(XElement clip, Fraction start, bool dropFrame)
    {
        var asset = _resources[clip.Attribute("ref")!.Value];
        findings.Require(
            !(Time(clip, "start") < Time(asset, "start")) && !(End(clip) > End(asset)), FcpxmlRules.InsideAsset, () => $"{clip.Describe()} of {asset.Describe()}");

        // After midnight the same time code comes again.
        var apart = (Time(clip, "start") - start - Time(clip, "offset")).In(_frame)!.Value;
        var nominal = (long)Math.Round((double)_frame.Under / (double)_frame.Over);
        var day = 86_400 * nominal - (dropFrame ? nominal / 15 * 1_296 : 0);
        findings.Require(BigInteger.Remainder(apart, day) == 0, FcpxmlRules.SourceTime, () => $"{clip.Describe()} is {apart} frames off");
    }

    private void MulticamClip(XElement clip)
    {
        var multicam = _resources[clip.Attribute("ref")!.Value].Element("multicam")!;
        var angles = multicam.Elements("mc-angle").Select(angle => angle.Attribute("angleID")!.Value).ToHashSet();
        var sources = clip.Elements("mc-source").ToList();
        findings.Require(
            sources.TrueForAll(source => angles.Contains(source.Attribute("angleID")!.Value)), FcpxmlRules.Angles, () => $"{clip.Describe()} shows another's angle");
        var enabled = sources.Select(source => (string?)source.Attribute("srcEnable") ?? "all").Where(value => value != "none").ToList();
        findings.Require(
            enabled is [] or ["all"] or ["video"] or ["audio"] or ["video", "audio"] or ["audio", "video"], FcpxmlRules.Angles, string.Join(' ', enabled));
        var longest = multicam.Elements("mc-angle").Select(angle => angle.Elements().Aggregate(Zero, (length, item) => length + Time(item, "duration"))).ToList();
        findings.Require(!(Time(clip, "start") < Time(multicam, "tcStart")), FcpxmlRules.Spine, () => $"{clip.Describe()} begins before {multicam.Describe()}");
        findings.Require(
            longest.Exists(length => !(End(clip) > Time(multicam, "tcStart") + length)), FcpxmlRules.Spine, () => $"{clip.Describe()} is longer than every angle");
    }

    private void Spine(XElement sequence)
    {
        var end = Time(sequence, "tcStart");
        foreach (var item in sequence.Element("spine")!.Elements())
        {
            findings.Require(Time(item, "offset") == end, FcpxmlRules.Spine, () => $"{item.Describe()} in {sequence.Describe()}");
            end += Time(item, "duration");
        }

        findings.Require(end - Time(sequence, "tcStart") == Time(sequence, "duration"), FcpxmlRules.Spine, () => $"{sequence.Describe()} has another duration");
    }

    private void InRange(XElement mark)
    {
        var clip = mark.Parent!;
        findings.Require(
            !(Time(mark, "start") < Time(clip, "start")) && Time(mark, "start") < End(clip) && !(End(mark) > End(clip)),
            FcpxmlRules.Markers,
            () => $"{mark.Describe()} in {clip.Describe()}");
    }
}
