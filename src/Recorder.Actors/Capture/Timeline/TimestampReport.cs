using System.Globalization;

namespace Recorder.Actors.Capture;

/// <summary>Says in sentences what the timeline mended, and not more often than anybody reads.</summary>
internal sealed class TimestampReport
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    // Less than that between two packets is how a network is.
    private static readonly TimeSpan Noticed = TimeSpan.FromMilliseconds(100);

    private TimeSpan? _toldAt;
    private int _untold;

    /// <summary>What to tell of these; null when it is nothing, or too soon.</summary>
    /// <param name="mends">What was mended since the last call; empty afterwards.</param>
    /// <param name="now">Any monotonic clock.</param>
    public CaptureProtocol.TimestampsMended? Take(List<TimestampMend> mends, TimeSpan now)
    {
        if (mends.Count == 0)
        {
            return null;
        }

        var last = mends.FindLast(mend => mend.IsPlain);
        _untold += mends.Count(mend => mend.IsPlain);
        mends.Clear();
        if (last is null || now - _toldAt < Pause)
        {
            return null;
        }

        var more = _untold - 1;
        (_toldAt, _untold) = (now, 0);
        return new CaptureProtocol.TimestampsMended(last.Track, Describe(last) + (more > 0 ? $" So were {more} others before." : ""));
    }

    private static string Describe(TimestampMend mend) => mend.Verdict switch
    {
        PaceVerdict.Drifts => string.Create(
            CultureInfo.InvariantCulture,
            $"The timestamps of track {mend.Track} left the time of their arrival by {Seconds(mend.By)}{Pace(mend.Rate)}: they are corrected little by little."),
        PaceVerdict.Follows => $"The timestamps of track {mend.Track} agree with their arrival again.",
        PaceVerdict.Untimed =>
            $"The packets of track {mend.Track} come at another pace than any clock explains{Pace(mend.Rate)}: their timestamps are kept as they are.",
        _ => string.Create(
            CultureInfo.InvariantCulture,
            $"The timestamps of track {mend.Track} jumped by {Seconds(mend.By)}: they go on as their packets arrive") +
            (mend.Gap > Noticed ? $", after {Seconds(mend.Gap)} without media." : "."),
    };

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0##} s");

    private static string Pace(double rate) =>
        rate == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", running {Math.Abs(rate) * 100:0.#} % {(rate > 0 ? "slow" : "fast")}");
}
