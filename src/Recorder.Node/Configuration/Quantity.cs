using System.Buffers;

namespace Recorder.Node.Configuration;

/// <summary>Parses and formats durations, bit rates and sizes.</summary>
internal static class Quantity
{
    private static readonly (string Unit, double Milliseconds)[] DurationUnits =
        [("ms", 1), ("s", 1_000), ("m", 60_000), ("min", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");
    private static readonly TimeSpan MaximumDuration = TimeSpan.FromDays(3650);

    /// <summary><c>1.5s</c>, <c>1h30m</c>: more than 0; else null, and a problem that continues a sentence.</summary>
    public static TimeSpan? ReadDuration(string text, out string problem)
    {
        problem = $"'{text}' is not a duration; expected a number with a unit, for example 100ms, 1s, 2m or 1h30m.";
        var tooShort = $"'{text}' is too short; expected more than 0, for example 1s.";
        var rest = text.AsSpan();
        var milliseconds = 0.0;
        do
        {
            var digits = rest.IndexOfAnyExcept(NumberCharacters);
            if (digits < 0 && IsNumber(rest, out var bare))
            {
                problem = bare == 0 ? tooShort
                    : $"'{text}' has no unit; use {text}s for seconds, or one of the units ms, m, h and d.";
                return null;
            }

            if (digits <= 0 || !IsNumber(rest[..digits], out var number))
                return null;

            var letters = rest[digits..].IndexOfAny(NumberCharacters);
            var unit = (letters < 0 ? rest[digits..] : rest.Slice(digits, letters)).ToString();
            var known = Array.Find(DurationUnits, candidate => candidate.Unit == unit);
            if (known.Unit is null)
                return null;

            milliseconds += number * known.Milliseconds;
            rest = letters < 0 ? [] : rest[(digits + letters)..];
        }
        while (rest.Length > 0);

        if (milliseconds > MaximumDuration.TotalMilliseconds)
        {
            problem = $"'{text}' is too long; the maximum is 3650 days.";
            return null;
        }

        var duration = TimeSpan.FromTicks((long)Math.Round(milliseconds * TimeSpan.TicksPerMillisecond));
        if (duration <= TimeSpan.Zero)
        {
            problem = tooShort;
            return null;
        }

        problem = "";
        return duration;
    }

    /// <summary><c>128000</c>, <c>2.5M</c>: at least 1; else null, and a problem that continues a sentence.</summary>
    public static long? ReadCount(string text, string noun, string example, out string problem)
    {
        problem = $"'{text}' is not a {noun}; expected a number that can end in k, M or G, for example {example}.";
        var factor = text.Length == 0 ? 0 : text[^1] switch { 'k' or 'K' => 1e3, 'M' => 1e6, 'G' => 1e9, _ => 1 };
        if (factor == 0 || !IsNumber(factor == 1 ? text : text.AsSpan(0, text.Length - 1), out var number))
            return null;

        var value = Math.Round(number * factor);
        if (value is >= 1 and <= 1e15)
        {
            problem = "";
            return (long)value;
        }

        problem = $"'{text}' is out of range; expected for example {example}.";
        return null;
    }

    /// <summary><c>0:00:05.0</c>.</summary>
    public static string Clock(TimeSpan duration) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(int)duration.TotalHours}:{duration.Minutes:00}:{duration.Seconds:00}.{duration.Milliseconds / 100}");

    public static string Spoken(TimeSpan duration) =>
        duration < TimeSpan.FromMinutes(2)
            ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.0##} s")
            : string.Create(CultureInfo.InvariantCulture, $"{(long)duration.TotalMinutes} min {duration.Seconds} s");

    /// <summary><c>1.6 MB</c>.</summary>
    public static string Size(long bytes) => Scaled(bytes, "B");

    /// <summary><c>2.50 Mbit/s</c>; a dash when the duration is zero.</summary>
    public static string Rate(long bytes, TimeSpan duration) =>
        duration > TimeSpan.Zero ? Scaled(bytes * 8 / duration.TotalSeconds, "bit/s") : "-";

    /// <summary><c>1 blob</c>, <c>2 blobs</c>.</summary>
    public static string Counted(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>A number with three digits, a metric prefix and its unit.</summary>
    public static string Scaled(double value, string unit)
    {
        var (scaled, prefix) = value switch
        {
            >= 999.5e6 => (value / 1e9, "G"),
            >= 999.5e3 => (value / 1e6, "M"),
            >= 1e3 => (value / 1e3, "k"),
            _ => (value, ""),
        };
        var format = prefix.Length == 0 ? "0" : scaled < 9.995 ? "0.00" : scaled < 99.95 ? "0.0" : "0";
        return scaled.ToString(format, CultureInfo.InvariantCulture) + " " + prefix + unit;
    }

    private static bool IsNumber(ReadOnlySpan<char> text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number)
            && double.IsFinite(number);
}
