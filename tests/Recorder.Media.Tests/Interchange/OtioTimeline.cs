using System.Text.Json;

namespace Recorder.Media.Tests.Interchange;

/// <summary>An OpenTimelineIO document as a player reads it.</summary>
internal sealed class OtioTimeline
{
    private readonly List<Track> _tracks;
    private readonly List<PlacedMark> _marks;

    public OtioTimeline(string text)
    {
        using var document = JsonDocument.Parse(text);
        var stack = document.RootElement.GetProperty("tracks");
        _tracks = [.. stack.GetProperty("children").EnumerateArray().Select(Read)];
        _marks = [.. Marks(stack, 0).Concat(_tracks.SelectMany(track => track.Marks)).OrderBy(mark => mark.At).ThenBy(mark => mark.Frames)];
    }

    /// <summary>All marks, wherever they stand.</summary>
    public IEnumerable<PlacedMark> Marks() => _marks;

    public IEnumerable<string> Tracks(string kind) => OfKind(kind).Select(track => track.Name);

    /// <summary>The number of the frame in its file's time code that a track shows at a frame of the timeline.</summary>
    public long? FrameAt(int index, long at, string kind = "Video")
    {
        var item = OfKind(kind).ElementAt(index).Items.Find(item => item.Place <= at && at < item.Place + item.Frames);
        return item is null or { IsGap: true } ? null : item.Start + at - item.Place;
    }

    private static Track Read(JsonElement track)
    {
        var (items, marks, place) = (new List<Item>(), Marks(track, 0).ToList(), 0L);
        foreach (var child in track.GetProperty("children").EnumerateArray())
        {
            var (start, frames) = OtioRules.Range(child.GetProperty("source_range"));
            items.Add(new Item(place, start, frames, OtioRules.Schema(child) == "Gap.1"));
            marks.AddRange(Marks(child, place - start));
            place += frames;
        }

        return new Track(track.GetProperty("name").GetString()!, track.GetProperty("kind").GetString()!, items, marks);
    }

    private static IEnumerable<PlacedMark> Marks(JsonElement item, long toTimeline) => item.GetProperty("markers").EnumerateArray()
        .Select(marker => OtioRules.Range(marker.GetProperty("marked_range"))).Select(range => new PlacedMark(range.Start + toTimeline, range.Frames));

    private IEnumerable<Track> OfKind(string kind) => _tracks.Where(track => track.Kind == kind);

    private sealed record Item(long Place, long Start, long Frames, bool IsGap);

    private sealed record Track(string Name, string Kind, List<Item> Items, List<PlacedMark> Marks);
}
