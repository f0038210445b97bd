using System.Globalization;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Media.Export.Editing;

/// <summary>
/// Gives each frame of a source its place in a file of constant rate: place n is shown at n / rate. Frames keep their order, no two have the same
/// place and none is left out.
/// </summary>
/// <param name="Places">The place of each frame, in the order of the source, which is that of decoding.</param>
/// <param name="Decoded">When each frame is decoded, in places. Frames follow each other as their places do, so it begins below 0 with B-frames.</param>
/// <param name="Origin">The time of place 0 after that of the first frame: less than half a frame, where that frame came early or late.</param>
/// <param name="LargestShift">The largest difference between the time of a frame and that of its place; above 0 when the place is later.</param>
/// <param name="ShiftedMost">The place of the frame with the largest shift.</param>
internal sealed record FrameGrid(
    long[] Places, long[] Decoded, IReadOnlyList<GridHole> Holes, TimeSpan Origin, TimeSpan LargestShift, long ShiftedMost)
{
    // Frames whose usual lateness decides where the grid begins.
    private const int FirstFrames = 49;

    /// <summary>How many places the file has, with those of holes.</summary>
    public long Length { get; private init; }

    /// <param name="shown">When each frame is shown, in the order of decoding.</param>
    /// <param name="limit">The largest shift that is accepted.</param>
    /// <exception cref="EditExportException">The frames do not fit.</exception>
    public static FrameGrid Lay(IReadOnlyList<long> shown, Rational timeBase, TimeCodeRate rate, TimeSpan limit)
    {
        var order = Order(shown);
        var first = order.Length == 0 ? 0 : shown[order[0]];
        var perUnit = (double)timeBase.Num * rate.Numerator / ((double)timeBase.Den * rate.Denominator);
        var times = Array.ConvertAll(order, index => (shown[index] - first) * perUnit);
        var origin = OriginOf(times);
        var places = PlacesOf(times, origin);
        var (shift, most) = LargestShiftOf(times, places, origin);
        var largest = TimeOf(shift, rate);
        if (largest.Duration() > limit)
            throw DoesNotFit(times, most, largest, rate, limit);

        var placeOf = new long[order.Length];
        for (var i = 0; i < order.Length; i++)
            placeOf[order[i]] = places[i];

        return new FrameGrid(placeOf, DecodedOf(placeOf, places), HolesOf(places), TimeOf(origin, rate), largest, places.ElementAtOrDefault(most))
        {
            Length = places.Length == 0 ? 0 : places[^1] + 1,
        };
    }

    // Frames with equal times stay in the order of decoding.
    private static int[] Order(IReadOnlyList<long> shown)
    {
        var order = new int[shown.Count];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;

        Array.Sort(order, (one, other) => shown[one] != shown[other] ? shown[one].CompareTo(shown[other]) : one.CompareTo(other));
        return order;
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

    private static (double Shift, int Index) LargestShiftOf(double[] times, long[] places, double origin)
    {
        var (largest, index) = (0.0, 0);
        for (var i = 0; i < times.Length; i++)
        {
            var shift = places[i] - (times[i] - origin);
            if (Math.Abs(shift) > Math.Abs(largest))
                (largest, index) = (shift, i);
        }

        return (largest, index);
    }

    private static List<GridHole> HolesOf(long[] places)
    {
        var holes = new List<GridHole>();
        for (var i = 1; i < places.Length; i++)
        {
            if (places[i] - places[i - 1] is > 1 and var step)
                holes.Add(new GridHole(places[i - 1] + 1, step - 1));
        }

        return holes;
    }

    // The n-th frame is decoded as long before the n-th place as no frame is shown before it is decoded.
    private static long[] DecodedOf(long[] placeOf, long[] places)
    {
        var delay = 0L;
        for (var i = 0; i < places.Length; i++)
            delay = Math.Max(delay, places[i] - placeOf[i]);

        return Array.ConvertAll(places, place => place - delay);
    }

    private static EditExportException DoesNotFit(double[] times, int most, TimeSpan largest, TimeCodeRate rate, TimeSpan limit)
    {
        var seconds = times[most] * rate.Denominator / rate.Numerator;
        var frames = seconds > 0 ? most / seconds : 0;
        return new EditExportException(EditError.FramesDoNotFit, string.Create(
            CultureInfo.InvariantCulture,
            $"The frames do not fit {rate} frames per second: frame {most}, {seconds:0.###} s after the first ({frames:0.###} frames per second up to it), would be moved by {largest.TotalMilliseconds:0} ms, and at most {limit.TotalMilliseconds:0} ms are accepted. Export a shorter interval, or accept a larger shift."));
    }

    private static TimeSpan TimeOf(double places, TimeCodeRate rate) =>
        TimeSpan.FromTicks((long)Math.Round(places * rate.Denominator * TimeSpan.TicksPerSecond / rate.Numerator));
}
