using System.Globalization;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Media.Export.Editing;

/// <summary>The rate at which a camera means to send frames, found by when its frames are shown.</summary>
/// <param name="Measured">Frames per second, without what is missing.</param>
internal sealed record NominalRate(TimeCodeRate Rate, double Measured)
{
    // A camera whose clock is wrong by more is not one of that rate.
    private const double LargestError = 0.01;

    // Half of what separates a rate from its 1000/1001.
    private const double Precision = 0.0005;

    /// <param name="shown">When each frame is shown, in any order.</param>
    /// <param name="stated">What the source says; the first that is true decides between rates that the frames are too few to tell apart.</param>
    /// <param name="asked">The rate that the user wants; null for the camera's own.</param>
    /// <exception cref="EditExportException">Time code has no such rate, or the camera has another than the one asked for.</exception>
    public static NominalRate Of(IReadOnlyList<long> shown, Rational timeBase, IReadOnlyList<Rational> stated, TimeCodeRate? asked)
    {
        var (measured, count) = Measure(shown, timeBase);
        if (count == 0)
            measured = stated.FirstOrDefault(rate => rate.IsKnown) is { IsKnown: true } known ? known.Value : asked is { } only ? ValueOf(only) : 0;

        // A frame that is half a distance late or early at the end.
        var tolerance = Precision + (count == 0 ? 0 : 0.5 / count);
        if (OwnRate(measured, tolerance, stated) is not { } own)
        {
            throw new EditExportException(EditError.NoTimeCodeRate, string.Create(
                CultureInfo.InvariantCulture,
                $"The camera sends {measured:0.###} frames per second, and there is no time code at that rate, only at {string.Join(", ", TimeCodeRate.All)}. Set the camera to one of these, or encode the video anew (--encode)."));
        }

        if (asked is not { } wanted || wanted == own || ErrorOf(wanted, measured) <= tolerance)
            return new NominalRate(asked ?? own, measured);

        throw new EditExportException(EditError.OtherRate, string.Create(
            CultureInfo.InvariantCulture,
            $"The camera's own rate is {own} frames per second (measured: {measured:0.###}), so its frames cannot be laid at {wanted} without being encoded anew (--encode). Ask for that, for {own}, or for no rate."));
    }

    /// <summary>Frames per second, without what is missing; 0 for a single frame.</summary>
    public static double MeasureOf(IReadOnlyList<long> shown, Rational timeBase) => Measure(shown, timeBase).FramesPerSecond;

    private static TimeCodeRate? OwnRate(double measured, double tolerance, IReadOnlyList<Rational> stated)
    {
        foreach (var rate in stated)
        {
            if (rate.IsKnown && TimeCodeRate.Find(rate.Value) is { } named && ErrorOf(named, measured) <= tolerance)
                return named;
        }

        var nearest = TimeCodeRate.All.MinBy(rate => ErrorOf(rate, measured));
        return ErrorOf(nearest, measured) <= Math.Max(LargestError, tolerance) ? nearest : null;
    }

    // The mean of the distances near the middle one: those across a missing frame do not count.
    private static (double FramesPerSecond, int Count) Measure(IReadOnlyList<long> shown, Rational timeBase)
    {
        var times = shown.Order().ToArray();
        var distances = times.Skip(1).Zip(times, (later, earlier) => later - earlier).Where(distance => distance > 0).Order().ToArray();
        if (distances.Length == 0)
            return (0, 0);

        var middle = distances[distances.Length / 2];
        var usual = distances.Where(distance => distance > middle / 2 && distance < middle * 3 / 2 + 1).ToArray();
        return (usual.Length / (usual.Sum() * timeBase.Value), usual.Length);
    }

    private static double ValueOf(TimeCodeRate rate) => (double)rate.Numerator / rate.Denominator;

    private static double ErrorOf(TimeCodeRate rate, double measured) => measured <= 0 ? double.MaxValue : Math.Abs(ValueOf(rate) / measured - 1);
}
