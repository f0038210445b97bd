namespace Recorder.Actors.Timing;

/// <summary>Waits between attempts: doubling up to a longest one, each spread over its upper half so that cameras lost together do not return together.</summary>
internal sealed class RetryBackoff(TimeSpan first, TimeSpan longest, Random random)
{
    private int _failures;

    /// <summary>Failures since the last success.</summary>
    public int Failures => _failures;

    /// <summary>The wait after one more failure.</summary>
    public TimeSpan Next()
    {
        var whole = Math.Min(first.Ticks * Math.Pow(2, Math.Min(_failures++, 30)), longest.Ticks);
        return new TimeSpan((long)(whole * (0.5 + (random.NextDouble() / 2))));
    }

    /// <summary>The source works: the next wait is the first one again.</summary>
    public void Reset() => _failures = 0;
}
