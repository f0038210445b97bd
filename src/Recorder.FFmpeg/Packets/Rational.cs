namespace Recorder.FFmpeg;

/// <summary>A fraction, as FFmpeg states time bases and frame rates.</summary>
/// <param name="Num">Numerator.</param>
/// <param name="Den">Denominator; 0 means unknown.</param>
public readonly record struct Rational(int Num, int Den)
{
    /// <summary>Microseconds, the time base of wall clock stamps.</summary>
    public static readonly Rational Microseconds = new(1, 1_000_000);

    /// <summary>Milliseconds, the time base of Matroska.</summary>
    public static readonly Rational Milliseconds = new(1, 1000);

    /// <summary>Whether the fraction is known: numerator and denominator are above zero.</summary>
    public bool IsKnown => Num > 0 && Den > 0;

    /// <summary>The value as a floating-point number; 0 if unknown.</summary>
    public double Value => Den == 0 ? 0 : (double)Num / Den;

    /// <summary>The reciprocal: the inverse of a frame rate is the time base that counts frames.</summary>
    public Rational Inverse => new(Den, Num);

    /// <summary>
    /// Converts <paramref name="value"/> from counts of <paramref name="from"/> to counts of <paramref name="to"/>. The result is
    /// exact, rounded to nearest with halves away from zero like av_rescale_q. <see cref="PacketInfo.NoTimestamp"/> is returned
    /// unchanged.
    /// </summary>
    public static long Rescale(long value, Rational from, Rational to)
    {
        if (value == PacketInfo.NoTimestamp)
            return value;
        if (from.Den == 0 || to.Num == 0)
            throw new ArgumentException($"The time base {from.Num}/{from.Den} cannot be converted to {to.Num}/{to.Den}.");
        var numerator = (Int128)value * from.Num * to.Den;
        var denominator = (Int128)from.Den * to.Num;
        var half = denominator / 2;
        var rounded = numerator >= 0 ? (numerator + half) / denominator : -((-numerator + half) / denominator);
        return rounded > long.MaxValue ? long.MaxValue : rounded <= long.MinValue ? long.MinValue + 1 : (long)rounded;
    }

    /// <summary>Converts a count of this time base into a count of <paramref name="to"/>.</summary>
    public long Rescale(long value, Rational to) => Rescale(value, this, to);

    /// <summary>Converts a count of this time base into a time span, rounded to the nearest tick.</summary>
    public TimeSpan ToTimeSpan(long value) => new(Rescale(value, this, new Rational(1, (int)TimeSpan.TicksPerSecond)));

    /// <summary>Converts a time span into a count of this time base, rounded to nearest.</summary>
    public long FromTimeSpan(TimeSpan value) => Rescale(value.Ticks, new Rational(1, (int)TimeSpan.TicksPerSecond), this);

    /// <inheritdoc/>
    public override string ToString() => $"{Num}/{Den}";
}
