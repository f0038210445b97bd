using System.Globalization;

namespace Recorder.Actors.Capture;

internal sealed class TimestampReport
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    // A shorter gap between two packets is normal for a network.
    private static readonly TimeSpan ShortestGap = TimeSpan.FromMilliseconds(100);

    private TimeSpan? _reportedAt;
    private int _unreported;

    public CaptureProtocol.TimestampsMended? Take(List<TimestampCorrection> corrections, TimeSpan now)
    {
        if (corrections.Count == 0)
            return null;

        var last = corrections.FindLast(correction => correction.IsNoticeable);
        _unreported += corrections.Count(correction => correction.IsNoticeable);
        corrections.Clear();
        if (last is null || now - _reportedAt < Pause)
            return null;

        var earlier = _unreported - 1;
        (_reportedAt, _unreported) = (now, 0);
        return new CaptureProtocol.TimestampsMended(last.Track, Describe(last) + Count(earlier));
    }

    private static string Count(int earlier) => earlier switch
    {
        0 => "",
        1 => " One earlier correction was not reported.",
        _ => $" {earlier} earlier corrections were not reported.",
    };

    private static string Describe(TimestampCorrection correction) => correction.Verdict switch
    {
        DriftVerdict.Began =>
            $"The timestamps of track {correction.Track} drifted {Seconds(correction.By)} from packet arrival" +
            $"{Pace(correction.Rate)}: they are corrected gradually.",
        DriftVerdict.Ended => $"The timestamps of track {correction.Track} agree with packet arrival again.",
        DriftVerdict.Incomparable =>
            $"The packets of track {correction.Track} arrive much faster or slower than their timestamps say" +
            $"{Pace(correction.Rate)}: the timestamps are left unchanged.",
        _ => $"The timestamps of track {correction.Track} jumped by {Seconds(correction.By)}: media time follows packet arrival" +
            (correction.Gap > ShortestGap ? $", after {Seconds(correction.Gap)} without media." : "."),
    };

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0##} s");

    private static string Pace(double rate) => rate == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $", running {Math.Abs(rate) * 100:0.#} % {(rate > 0 ? "slow" : "fast")}");
}
