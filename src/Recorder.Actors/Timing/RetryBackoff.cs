namespace Recorder.Actors.Timing;

/// <summary>Waits that double, each random within its upper half: cameras must not all reconnect at once.</summary>
internal class RetryBackoff(TimeSpan first, TimeSpan longest, Random random)
{
    public int Failures { get; private set; }

    public TimeSpan Next()
    {
        var whole = Math.Min(first.Ticks * Math.Pow(2, Math.Min(Failures++, 30)), longest.Ticks);
        return new TimeSpan((long)(whole * (0.5 + (random.NextDouble() / 2))));
    }

    public void Reset() => Failures = 0;
}
