namespace Recorder.Media.Fragments;

internal sealed record WantedExtent(Extent Extent, IMediaSource Source)
{
    public TimeSpan? From { get; init; }

    public TimeSpan? To { get; init; }

    public TimeSpan Begin => From ?? Extent.MediaTime;

    /// <summary>Begins at a key frame; ends with the last fragment of which at least half is in the interval.</summary>
    public ExtentPart Cut(ExtentPart part, TimeSpan origin)
    {
        var (first, end) = (part.First, part.Count);
        if (From + origin is { } from)
        {
            first = FragmentMap.Search(part.Count, index => part.TimeOf(index) >= from - ExtentChoice.Tolerance);
            while (first < end && !part.Map[first].Key)
                first++;
        }

        if (To + origin is { } to)
            end = FragmentMap.Search(part.Count, index => IsBehind(part.TimeOf(index), part.EndOf(index), to));

        return part with { First = first, Count = Math.Max(first, end), Source = Source };
    }

    // A fragment is behind a time when it begins there, within rounding, or when half of it and more than a frame lie behind.
    private static bool IsBehind(TimeSpan begin, TimeSpan end, TimeSpan to) =>
        begin >= to - ExtentChoice.Rounding || (end - to > ExtentChoice.Tolerance && begin + ((end - begin) / 2) >= to);
}
