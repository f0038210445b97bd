using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Recorder.Media.Tests.Interchange;

/// <summary>Checks an OpenTimelineIO document by itself, without the take from which it was written.</summary>
internal sealed partial class OtioRules
{
    private const string Repository = "https://github.com/AcademySoftwareFoundation/OpenTimelineIO/blob/main";

    public static readonly Rule Schemas = new(
        "OTIO", 1, "Every object has a schema with a version that 0.15 to 0.17 read, and all of its fields.",
        $"{Repository}/src/opentimelineio/CORE_VERSION_MAP.cpp");
    public static readonly Rule Tracks = new(
        "OTIO", 2, "A timeline has one stack, and in it tracks.",
        $"{Repository}/docs/tutorials/otio-timeline-structure.md");
    public static readonly Rule Kinds = new(
        "OTIO", 3, "A track is of kind Video or Audio and has clips and gaps.",
        $"{Repository}/docs/tutorials/otio-file-format-specification.md");
    public static readonly Rule Places = new(
        "OTIO", 4, "A child begins where the one before it ends: each has a length.",
        $"{Repository}/docs/tutorials/otio-timeline-structure.md");
    public static readonly Rule InsideMedia = new(
        "OTIO", 5, "A clip shows only what its media has.",
        $"{Repository}/docs/tutorials/otio-timeline-structure.md");
    public static readonly Rule ActiveReference = new(
        "OTIO", 6, "The active media reference is one of the clip's.",
        $"{Repository}/docs/tutorials/otio-serialized-schema.md");
    public static readonly Rule Marked = new(
        "OTIO", 7, "A marked range lies in its item, in the item's own time.",
        $"{Repository}/docs/tutorials/time-ranges.md");
    public static readonly Rule Colours = new(
        "OTIO", 8, "A marker has one of eleven colours.",
        $"{Repository}/src/opentimelineio/marker.h");
    public static readonly Rule OneRate = new(
        "OTIO", 9, "All times are whole frames at one rate, which is one of SMPTE's.",
        $"{Repository}/src/opentime/rationalTime.cpp");
    public static readonly Rule Urls = new(
        "OTIO", 10, "A target is a relative reference, percent-encoded.",
        "https://www.rfc-editor.org/rfc/rfc3986#section-4.2");
    public static readonly Rule TimeOfMedia = new(
        "OTIO", 11, "Media begins at the time code of its file, so that all clips agree with the timeline's first.",
        $"{Repository}/docs/tutorials/time-ranges.md");

    private static readonly Dictionary<string, string[]> Fields = new()
    {
        ["Timeline.1"] = ["metadata", "name", "global_start_time", "tracks"],
        ["Stack.1"] = ["metadata", "name", "source_range", "effects", "markers", "enabled", "children"],
        ["Track.1"] = ["metadata", "name", "source_range", "effects", "markers", "enabled", "kind", "children"],
        ["Clip.2"] = ["metadata", "name", "source_range", "effects", "markers", "enabled", "media_references", "active_media_reference_key"],
        ["Gap.1"] = ["metadata", "name", "source_range", "effects", "markers", "enabled"],
        ["ExternalReference.1"] = ["metadata", "name", "available_range", "available_image_bounds", "target_url"],
        ["Marker.2"] = ["metadata", "name", "marked_range", "color", "comment"],
        ["TimeRange.1"] = ["start_time", "duration"],
        ["RationalTime.1"] = ["rate", "value"],
    };

    private static readonly string[] MarkerColours = ["PINK", "RED", "ORANGE", "YELLOW", "GREEN", "CYAN", "BLUE", "PURPLE", "MAGENTA", "BLACK", "WHITE"];
    private static readonly double[] Rates = [24000 / 1001.0, 24, 25, 30000 / 1001.0, 30, 48000 / 1001.0, 48, 50, 60000 / 1001.0, 60];

    private readonly Findings _findings = new();
    private double _rate;
    private long _start;

    public static IReadOnlyList<BrokenRule> Check(string text)
    {
        using var document = JsonDocument.Parse(text);
        var rules = new OtioRules();
        rules.Timeline(document.RootElement);
        return rules._findings.Broken;
    }

    public static string Schema(JsonElement item) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty("OTIO_SCHEMA", out var schema) ? schema.GetString()! : "";

    public static (long Start, long Frames) Range(JsonElement range) => (Value(range.GetProperty("start_time")), Value(range.GetProperty("duration")));

    private static long Value(JsonElement time) => (long)time.GetProperty("value").GetDouble();

    private void Timeline(JsonElement timeline)
    {
        _findings.Require(Schema(timeline) == "Timeline.1", Schemas, () => $"the document is '{Schema(timeline)}'");
        if (!Walk(timeline, "timeline"))
            return;

        _rate = timeline.GetProperty("global_start_time").GetProperty("rate").GetDouble();
        _findings.Require(Rates.Contains(_rate), OneRate, () => $"the rate is {_rate.ToString(CultureInfo.InvariantCulture)}");
        _start = Value(timeline.GetProperty("global_start_time"));
        OneRateIn(timeline);

        var stack = timeline.GetProperty("tracks");
        if (!_findings.Require(Schema(stack) == "Stack.1", Tracks, $"the tracks are '{Schema(stack)}'"))
            return;

        var longest = 0L;
        foreach (var track in stack.GetProperty("children").EnumerateArray())
        {
            if (_findings.Require(Schema(track) == "Track.1", Tracks, $"the stack has a '{Schema(track)}'"))
                longest = Math.Max(longest, Track(track));
        }

        // The stack is as long as its longest track, but a mark may stand where no angle has anything.
        Markers(stack, 0, long.MaxValue, "the stack");
        _findings.Require(longest > 0, Tracks, "no track has anything");
    }

    // All objects but what is in metadata, which is free.
    private bool Walk(JsonElement element, string where)
    {
        if (element.ValueKind == JsonValueKind.Array)
            return element.EnumerateArray().Select((child, index) => Walk(child, $"{where}[{index}]")).ToList().TrueForAll(right => right);
        if (element.ValueKind != JsonValueKind.Object)
            return true;

        var schema = Schema(element);
        var names = element.EnumerateObject().Select(field => field.Name).ToList();
        var right = where.EndsWith(".media_references", StringComparison.Ordinal)
            || (_findings.Require(Fields.ContainsKey(schema), Schemas, () => $"{where} is '{schema}'")
                && _findings.Require(
                    Fields[schema].Append("OTIO_SCHEMA").ToHashSet().SetEquals(names), Schemas, () => $"{where}, a {schema}, has {string.Join(", ", names)}"));
        foreach (var field in element.EnumerateObject().Where(field => field.Name != "metadata"))
            right &= Walk(field.Value, $"{where}.{field.Name}");

        return right;
    }

    private void OneRateIn(JsonElement element)
    {
        if (Schema(element) == "RationalTime.1")
        {
            var (rate, value) = (element.GetProperty("rate").GetDouble(), element.GetProperty("value").GetDouble());
            _findings.Require(rate == _rate && double.IsInteger(value) && value >= 0, OneRate, () => $"a time is {element.GetRawText()}");
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var child in element.EnumerateArray())
                OneRateIn(child);
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var field in element.EnumerateObject().Where(field => field.Name != "metadata"))
                OneRateIn(field.Value);
        }
    }

    private long Track(JsonElement track)
    {
        var name = track.GetProperty("name").GetString();
        _findings.Require(track.GetProperty("kind").GetString() is "Video" or "Audio", Kinds, () => $"track {name} is of kind {track.GetProperty("kind")}");
        var place = 0L;
        foreach (var child in track.GetProperty("children").EnumerateArray())
        {
            var where = $"track {name} at {place}";
            if (!_findings.Require(Schema(child) is "Clip.2" or "Gap.1", Kinds, () => $"{where}: {Schema(child)}")
                || !_findings.Require(child.GetProperty("source_range").ValueKind == JsonValueKind.Object, Places, () => $"{where}: no source_range"))
            {
                continue;
            }

            var (start, frames) = Range(child.GetProperty("source_range"));
            _findings.Require(frames > 0, Places, () => $"{where}: {frames} frames");
            Markers(child, start, start + frames, where);
            if (Schema(child) == "Clip.2")
                Clip(child, start, frames, place, where);

            place += frames;
        }

        Markers(track, 0, long.MaxValue, $"track {name}");
        return place;
    }

    private void Clip(JsonElement clip, long start, long frames, long place, string where)
    {
        var key = clip.GetProperty("active_media_reference_key").GetString()!;
        if (!_findings.Require(clip.GetProperty("media_references").TryGetProperty(key, out var media), ActiveReference, $"{where}: no reference '{key}'"))
            return;

        var (available, has) = Range(media.GetProperty("available_range"));
        _findings.Require(
            start >= available && start + frames <= available + has, InsideMedia, () => $"{where}: {start} to {start + frames} of {available} to {available + has}");
        var url = media.GetProperty("target_url").GetString()!;
        _findings.Require(RelativeReference().IsMatch(url), Urls, () => $"{where}: '{url}'");

        // A day later the same time code comes again; a day is shorter with drop-frame counting.
        var apart = start - (_start + place);
        var nominal = (long)Math.Round(_rate);
        _findings.Require(
            apart % (86_400 * nominal) == 0 || apart % (86_400 * nominal - nominal / 15 * 1_296) == 0, TimeOfMedia, () => $"{where}: the media is {apart} frames off");
    }

    private void Markers(JsonElement item, long from, long to, string where)
    {
        foreach (var marker in item.GetProperty("markers").EnumerateArray())
        {
            var (start, frames) = Range(marker.GetProperty("marked_range"));
            _findings.Require(start >= from && start + frames <= to, Marked, () => $"{where}: marked {start} to {start + frames} of {from} to {to}");
            var colour = marker.GetProperty("color").GetString();
            _findings.Require(MarkerColours.Contains(colour), Colours, () => $"{where}: '{colour}'");
        }
    }

    // No colon before the first slash (it would be a scheme), no slash first, no '..', and only what RFC 3986 leaves as it is.
    [GeneratedRegex(@"^(?!.*(?:^|/)\.{1,2}(?:/|$))(?:[A-Za-z0-9\-._~]|%[0-9A-F]{2})+(?:/(?:[A-Za-z0-9\-._~]|%[0-9A-F]{2})+)*$")]
    private static partial Regex RelativeReference();
}
