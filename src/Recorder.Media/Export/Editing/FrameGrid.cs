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
/// <param name="Scale">By how much times after place 0 are multiplied to be times in the file: not 1 where the camera's clock drifts.</param>
/// <param name="LargestShift">The largest difference between the time of a frame and that of its place; above 0 when the place is later.</param>
/// <param name="ShiftedMost">The place of the frame with the largest shift.</param>
internal sealed record FrameGrid(
    long[] Places, long[] Decoded, IReadOnlyList<GridHole> Holes, TimeSpan Origin, double Scale, TimeSpan LargestShift, long ShiftedMost)
{
    /// <summary>How many places the file has, with those of holes.</summary>
    public long Length { get; private init; }

    /// <param name="shown">When each frame is shown, in the order of decoding.</param>
    /// <param name="rate">The nominal rate, and what was measured.</param>
    /// <param name="driftLimit">
    /// Up to this shift a camera whose clock drifts is laid by its own clock: without a hole wherever it falls behind by a frame, but later or earlier
    /// in the end.
    /// </param>
    /// <param name="limit">The largest shift that is accepted.</param>
    /// <exception cref="EditExportException">The frames do not fit.</exception>
    public static FrameGrid Lay(IReadOnlyList<long> shown, Rational timeBase, NominalRate rate, TimeSpan driftLimit, TimeSpan limit)
    {
        var order = Order(shown);
        var nominal = (double)rate.Rate.Numerator / rate.Rate.Denominator;
        var times = Array.ConvertAll(order, index => (shown[index] - shown[order[0]]) * timeBase.Value * nominal);
        var laid = Laid.At(times, 1);
        if (order.Length > 0 && rate.Measured > 0)
        {
            // What was measured is good enough to find the places, and these tell the drift precisely.
            var own = Laid.At(times, Laid.At(times, rate.Measured / nominal).FitScale(times));
            var drift = TimeSpan.FromSeconds(Math.Abs(times[^1] * (own.Scale - 1)) / nominal);
            laid = drift <= driftLimit && own.IsCloserThan(laid) ? own : laid;
        }

        var (shift, most) = LargestShiftOf(times, laid);
        var largest = TimeOf(shift, rate.Rate);
        if (largest.Duration() > limit)
            throw DoesNotFit(times, most, largest, rate.Rate, limit);

        var places = laid.Places;
        var placeOf = new long[order.Length];
        for (var i = 0; i < order.Length; i++)
            placeOf[order[i]] = places[i];

        return new FrameGrid(
            placeOf, DecodedOf(placeOf, places), HolesOf(places), TimeOf(laid.Origin, rate.Rate), laid.Scale, largest, places.ElementAtOrDefault(most))
        {
            Length = places.Length == 0 ? 0 : places[^1] + 1,
        };
    }

    /// <summary>How many places show the frame before again, those of holes included. Only of a grid of another rate.</summary>
    public long Repeated { get; private init; }

    /// <summary>How many frames share their place with one that is nearer to it, and are not shown. Only of a grid of another rate.</summary>
    public long Dropped { get; private init; }

    /// <summary>Lays frames at another rate than their own: each at the nearest place, which others may have, too: the nearest to it is shown.</summary>
    public static FrameGrid Sample(IReadOnlyList<long> shown, Rational timeBase, TimeCodeRate rate)
    {
        var order = Order(shown);
        var perSecond = (double)rate.Numerator / rate.Denominator;
        var times = Array.ConvertAll(order, index => (shown[index] - shown[order[0]]) * timeBase.Value * perSecond);
        var places = Array.ConvertAll(times, time => (long)Math.Ceiling(time - 0.5));
        var placeOf = new long[order.Length];
        for (var i = 0; i < order.Length; i++)
            placeOf[order[i]] = places[i];

        var usual = UsualDistance(times);
        var lasts = Math.Max(1, (long)Math.Round(usual));
        var holes = new List<GridHole>();
        for (var i = 1; i < times.Length; i++)
        {
            if (times[i] - times[i - 1] > usual * 3 / 2 && places[i] - places[i - 1] > lasts)
                holes.Add(new GridHole(places[i - 1] + lasts, places[i] - places[i - 1] - lasts));
        }

        var most = Enumerable.Range(0, times.Length).MaxBy(i => Math.Abs(places[i] - times[i]));
        var (length, distinct) = (places[^1] + lasts, places.Distinct().Count());
        return new FrameGrid(placeOf, [], holes, TimeSpan.Zero, 1, TimeOf(places[most] - times[most], rate), places[most])
        {
            Length = length,
            Repeated = length - distinct,
            Dropped = places.Length - distinct,
        };
    }

    private static double UsualDistance(double[] times)
    {
        var distances = times.Skip(1).Zip(times, (later, earlier) => later - earlier).Where(distance => distance > 0).Order().ToArray();
        return distances.Length == 0 ? 1 : distances[distances.Length / 2];
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

    private static (double Shift, int Index) LargestShiftOf(double[] times, Laid laid)
    {
        var (largest, index) = (0.0, 0);
        for (var i = 0; i < times.Length; i++)
        {
            var shift = laid.Places[i] - (times[i] - laid.Origin);
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
