namespace Recorder.Media.Mp4;

internal static class Mp4Time
{
    public static TimeSpan ToTime(long units, uint timescale) => new((long)((Int128)units * TimeSpan.TicksPerSecond / timescale));

    /// <summary>Converts time to units of a timescale, rounded to the nearest.</summary>
    public static long ToUnits(TimeSpan time, uint timescale)
    {
        var product = (Int128)time.Ticks * timescale;
        var half = product < 0 ? -TimeSpan.TicksPerSecond / 2 : TimeSpan.TicksPerSecond / 2;
        return (long)((product + half) / TimeSpan.TicksPerSecond);
    }

    /// <summary>Converts units of one timescale to units of another, rounded down.</summary>
    public static long Rescale(long units, uint from, uint to) => from == to ? units
        : (long)(((Int128)units * to - (units < 0 ? from - 1 : 0)) / from);
}
