namespace Recorder.Actors.Timing;

/// <summary>
/// The waits between attempts. They double up to a longest one, and each is random within its upper half, so that cameras that
/// failed together do not reconnect together.
/// </summary>
internal sealed class RetryBackoff(TimeSpan first, TimeSpan longest, Random random)
{
    private int _failures;

    public int Failures => _failures;

    /// <summary>Gets the wait after another failure.</summary>
    public TimeSpan Next()
    {
        var whole = Math.Min(first.Ticks * Math.Pow(2, Math.Min(_failures++, 30)), longest.Ticks);
        return new TimeSpan((long)(whole * (0.5 + (random.NextDouble() / 2))));
    }

    /// <summary>Starts again with the first wait, after a success.</summary>
    public void Reset() => _failures = 0;
}
