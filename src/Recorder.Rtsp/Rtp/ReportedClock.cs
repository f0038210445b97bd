namespace Recorder.Rtsp.Rtp;

/// <summary>The sender's wall clock for each RTP timestamp, from its latest report. Reads no clock.</summary>
internal sealed class ReportedClock(int clockRate)
{
    // A wall clock that is steered, and an RTP clock that is a little off, differ by less than this from report to report.
    private const long Steered = 100_000;

    // A report of another moment than the media's is of no use: some cameras fill its RTP timestamp with anything.
    private static readonly TimeSpan Farthest = TimeSpan.FromSeconds(30);

    private long _timestamp;
    private long _wallUs;

    public bool IsKnown { get; private set; }

    /// <summary>How often the wall clock was set since the connection began.</summary>
    public int Steps { get; private set; }

    /// <summary>How far the wall clock moved at its latest step, in microseconds.</summary>
    public long LatestStepUs { get; private set; }

    /// <summary>How much faster the wall clock runs than the RTP clock, in millionths; between the latest two reports.</summary>
    public double DriftPpm { get; private set; }

    /// <summary>Takes a report over. <paramref name="latest"/> is the unwrapped timestamp of the latest packet.</summary>
    public void Report(in SenderReport report, long latest)
    {
        var wall = report.WallClockUs;
        var timestamp = Unwrapped.Next(latest, report.Timestamp);
        if (wall == 0 || Math.Abs(timestamp - latest) > Farthest.TotalSeconds * clockRate)
            return;

        if (IsKnown)
        {
            var moved = wall - WallClockUs(timestamp);
            var elapsed = wall - moved - _wallUs;
            if (Math.Abs(moved) > Steered)
                (Steps, LatestStepUs) = (Steps + 1, moved);
            else if (elapsed > 0)
                DriftPpm = moved * 1e6 / elapsed;
        }

        (_timestamp, _wallUs, IsKnown) = (timestamp, wall, true);
    }

    /// <summary>In microseconds since 1970; only if <see cref="IsKnown"/>.</summary>
    public long WallClockUs(long timestamp) => _wallUs + (long)Math.Round((timestamp - _timestamp) * 1e6 / clockRate);

    /// <summary>The timestamp of a moment of the wall clock; only if <see cref="IsKnown"/>.</summary>
    public long TimestampOf(long wallUs) => _timestamp + (long)Math.Round((wallUs - _wallUs) * (double)clockRate / 1e6);

    public void Restart() => IsKnown = false;
}
