using System.Globalization;
using System.Text.RegularExpressions;
using Recorder.Contracts;

namespace Recorder.Media.Tests.Interchange;

/// <summary>Checks an EDL of timeline markers against the timeline on which they stand.</summary>
internal sealed partial class EdlRules
{
    private const string Manual = "https://www.steakunderwater.com/VFXPedia/__man/Resolve18-6/DaVinciResolve18_Manual_files";
    private const string Export = "https://github.com/TheAcharya/MarkersExtractor/issues/25";

    public static readonly Rule Title = new("EDL", 1, "The first line is the title.", $"{Manual}/part1402.htm");
    public static readonly Rule Counting = new(
        "EDL", 2, "The second line says whether time code drops frames, and time code is written so.",
        $"{Manual}/part1402.htm");
    public static readonly Rule Numbers = new(
        "EDL", 3, "Events are numbered from 001 to at most 999.",
        "https://ieeexplore.ieee.org/document/7291839");
    public static readonly Rule Columns = new(
        "EDL", 4, "An event has a number, reel 001, channel V, a cut and four time codes.",
        Export);
    public static readonly Rule TimeCodes = new(
        "EDL", 5, "Every time code is one that the rate has: no dropped number.",
        "http://digitalfactbook.tv/d/drop-frame-timecode/");
    public static readonly Rule OneFrame = new(
        "EDL", 6, "An event is one frame long, and its source is its record.",
        Export);
    public static readonly Rule Comment = new(
        "EDL", 7, "One line with colour, name and length follows each event, then an empty one.",
        "https://github.com/SubtitleEdit/subtitleedit/pull/13730");
    public static readonly Rule Colours = new(
        "EDL", 8, "The colour is one of Resolve's sixteen.",
        "https://github.com/jiazheng0609/Davinci-Resolve-clip-marker-from-edl");
    public static readonly Rule Lengths = new(
        "EDL", 9, "A marker lasts at least a frame and ends within the timeline.",
        $"{Manual}/part4009.htm");
    public static readonly Rule Ascending = new(
        "EDL", 10, "Events do not step back.",
        "https://ieeexplore.ieee.org/document/7291839");
    public static readonly Rule OnTimeline = new("EDL", 11, "Events are on the timeline, in its time code.", Export);

    private static readonly string[] ResolveColours =
    [
        "Blue", "Cyan", "Green", "Yellow", "Red", "Pink", "Purple", "Fuchsia", "Rose", "Lavender", "Sky", "Mint", "Lemon", "Sand", "Cocoa", "Cream",
    ];

    private readonly Findings _findings = new();

    /// <summary>The events that the checker could read.</summary>
    public List<EdlMarker> Markers { get; } = [];

    public IReadOnlyList<BrokenRule> Broken => _findings.Broken;

    public static EdlRules Check(string text, TimeCode start, long frames)
    {
        var rules = new EdlRules();
        rules.Read(text.Split('\n'), start, frames);
        return rules;
    }

    private void Read(string[] lines, TimeCode start, long frames)
    {
        _findings.Require(lines[0].StartsWith("TITLE: ", StringComparison.Ordinal), Title, lines[0]);
        var counting = start.IsDropFrame ? "FCM: DROP FRAME" : "FCM: NON-DROP FRAME";
        _findings.Require(lines.Length > 2 && lines[1] == counting && lines[2].Length == 0, Counting, lines.ElementAtOrDefault(1) ?? "no line");
        _findings.Require(lines[^1].Length == 0, Comment, "the file does not end with a line's end");
        var (number, last) = (0, -1L);
        for (var at = 3; at < lines.Length - 1; at += 3)
        {
            number++;
            var match = Event().Match(lines[at]);
            if (!_findings.Require(match.Success, Columns, lines[at]))
                return;

            _findings.Require(match.Groups[1].Value == number.ToString("000", CultureInfo.InvariantCulture) && number <= 999, Numbers, lines[at]);
            if (TimesOf(match, start) is { } times)
            {
                var place = (times[0].Frame - start.Frame + DayOf(start)) % DayOf(start);
                _findings.Require(times[1] == times[0].Add(1) && times[2] == times[0] && times[3] == times[1], OneFrame, lines[at]);
                _findings.Require(place < frames, OnTimeline, $"{lines[at]} is {place} frames after {start}");
                _findings.Require(place >= last && times[1].Frame > times[0].Frame, Ascending, lines[at]);
                last = place;
                Marker(lines.ElementAtOrDefault(at + 1) ?? "", place, frames);
            }

            _findings.Require(lines.ElementAtOrDefault(at + 2)?.Length == 0, Comment, $"after {lines[at]}");
        }
    }

    private TimeCode[]? TimesOf(Match match, TimeCode start)
    {
        var times = new TimeCode[4];
        for (var i = 0; i < times.Length; i++)
        {
            var text = match.Groups[2 + i].Value;
            if (!_findings.Require(text.Contains(';', StringComparison.Ordinal) == start.IsDropFrame, Counting, text)
                || !_findings.Require(TimeCode.TryParse(text, start.Rate, out times[i]), TimeCodes, text))
            {
                return null;
            }
        }

        return times;
    }

    private void Marker(string line, long place, long frames)
    {
        var match = MarkerLine().Match(line);
        if (!_findings.Require(match.Success, Comment, line))
            return;

        var (note, colour, name) = (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value);
        var length = long.Parse(match.Groups[4].Value, CultureInfo.InvariantCulture);
        _findings.Require(ResolveColours.Contains(colour), Colours, line);
        _findings.Require(length >= 1 && place + length <= frames, Lengths, line);
        Markers.Add(new EdlMarker(place, length, name, colour, note));
    }

    private static long DayOf(TimeCode start) => TimeCode.At(-1, start.Rate, start.IsDropFrame).Frame + 1;

    [GeneratedRegex(@"^(\d{3})  001      V     C        (\S{11}) (\S{11}) (\S{11}) (\S{11})  $")]
    private static partial Regex Event();

    [GeneratedRegex(@"^([^|]*) \|C:ResolveColor([^|]*) \|M:([^|]+) \|D:(\d+)$")]
    private static partial Regex MarkerLine();
}

internal sealed record EdlMarker(long At, long Frames, string Name, string Colour, string Note);
