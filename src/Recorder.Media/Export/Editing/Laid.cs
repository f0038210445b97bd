namespace Recorder.Media.Export.Editing;

/// <summary>Frames on a grid, in the order in which they are shown.</summary>
/// <param name="Origin">How much later than the first frame the grid begins, in frames.</param>
/// <param name="Scale">What their times were multiplied with.</param>
/// <param name="Rest">The largest distance of a frame from its place, in frames.</param>
internal sealed record Laid(long[] Places, double Origin, double Scale, double Rest)
{
    // Frames whose usual lateness decides where the grid begins.
    private const int FirstFrames = 49;

    // A quarter of a frame: less may be chance.
    private const double Clearly = 0.25;

    /// <param name="times">When the frames are shown after the first one, in frames of the nominal rate.</param>
    public static Laid At(double[] times, double scale)
    {
        var scaled = Array.ConvertAll(times, time => time * scale);
        var origin = OriginOf(scaled);
        var places = PlacesOf(scaled, origin);
        var rest = scaled.Zip(places, (time, place) => Math.Abs(place - (time - origin))).DefaultIfEmpty().Max();
        return new Laid(places, origin, scale, rest);
    }

    public bool IsCloserThan(Laid other) => Rest < other.Rest - Clearly;

    /// <summary>The scale at which the times fit these places best: the line through both with the smallest sum of squared distances.</summary>
    public double FitScale(double[] times)
    {
        var (meanTime, meanPlace) = (times.Average(), Places.Average());
        var (along, across) = (0.0, 0.0);
        for (var i = 0; i < times.Length; i++)
        {
            along += (Places[i] - meanPlace) * (Places[i] - meanPlace);
            across += (Places[i] - meanPlace) * (times[i] - meanTime);
        }

        return across > 0 ? along / across : Scale;
    }

    // The first frame alone may have come late or early: the grid is laid through the middle of the first ones.
    private static double OriginOf(double[] times)
    {
        var late = times.Take(FirstFrames).Select((time, index) => time - index).Order().ToArray();
        var usual = late.Length == 0 ? 0 : late[late.Length / 2];
        return usual - Math.Round(usual);
    }

    // Frame i without holes before it has place i, so its lateness, time - i, is the number of empty places before it. That number never falls. The
    // rising sequence with the smallest sum of squared differences is found by joining neighbours that fall into blocks, each with its
    // mean; rounding it to whole places keeps it rising. A frame that is late alone is thus moved, and one that is missing leaves a hole.
    private static long[] PlacesOf(double[] times, double origin)
    {
        var blocks = new Stack<(double Sum, int Count)>();
        for (var i = 0; i < times.Length; i++)
        {
            var block = (Sum: times[i] - origin - i, Count: 1);
            while (blocks.TryPeek(out var before) && before.Sum * block.Count >= block.Sum * before.Count)
            {
                blocks.Pop();
                block = (before.Sum + block.Sum, before.Count + block.Count);
            }

            blocks.Push(block);
        }

        var places = new long[times.Length];
        var at = 0;
        foreach (var (sum, count) in blocks.Reverse())
        {
            // Place 0 is the first frame's, whose time code the file begins with.
            var empty = at == 0 ? 0 : Math.Max(0, (long)Math.Round(sum / count));
            for (var end = at + count; at < end; at++)
                places[at] = at + empty;
        }

        return places;
    }
}
