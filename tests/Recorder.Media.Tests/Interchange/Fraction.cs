using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Recorder.Media.Tests.Interchange;

/// <summary>Seconds as FCPXML writes them, without rounding.</summary>
internal readonly partial record struct Fraction
{
    public Fraction(BigInteger over, BigInteger under)
    {
        var divisor = BigInteger.GreatestCommonDivisor(over, under);
        (Over, Under) = (over / divisor, under / divisor);
    }

    public BigInteger Over { get; }

    public BigInteger Under { get; }

    public static Fraction operator +(Fraction one, Fraction other) => new(one.Over * other.Under + other.Over * one.Under, one.Under * other.Under);

    public static Fraction operator -(Fraction one, Fraction other) => new(one.Over * other.Under - other.Over * one.Under, one.Under * other.Under);

    public static bool operator <(Fraction one, Fraction other) => one.Over * other.Under < other.Over * one.Under;

    public static bool operator >(Fraction one, Fraction other) => other < one;

    /// <summary>How often a unit fits into this; null when that is no whole number.</summary>
    public BigInteger? In(Fraction unit)
    {
        var (over, under) = (Over * unit.Under, Under * unit.Over);
        return over % under == 0 ? over / under : null;
    }

    /// <summary>Reads "5s" and "1001/30000s", with a numerator of 64 bits and a denominator of 32.</summary>
    public static Fraction? Parse(string text)
    {
        var match = Seconds().Match(text);
        return match.Success
            && long.TryParse(match.Groups[1].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var over)
            && int.TryParse(match.Groups[2].Success ? match.Groups[2].Value : "1", NumberStyles.None, CultureInfo.InvariantCulture, out var under)
            && under > 0
            ? new Fraction(over, under)
            : null;
    }

    [GeneratedRegex(@"^(-?\d+)(?:/(\d+))?s$")]
    private static partial Regex Seconds();
}
