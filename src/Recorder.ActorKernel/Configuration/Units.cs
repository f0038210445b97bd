using System.Globalization;

namespace Recorder.ActorKernel.Configuration;

/// <summary>Durations and sizes with their units.</summary>
internal static class Units
{
    public static TimeSpan Time(string text, bool allowInfinite)
    {
        text = text.Trim();
        if (allowInfinite && text is "infinite" or "infinity" or "off" or "-1")
            return Timeout.InfiniteTimeSpan;
        var (number, unit) = Split(text);
        return unit switch
        {
            "" or "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => TimeSpan.FromMilliseconds(number),
            "ns" or "nano" or "nanos" or "nanosecond" or "nanoseconds" => TimeSpan.FromTicks((long)(number / 100)),
            "us" or "micro" or "micros" or "microsecond" or "microseconds" => TimeSpan.FromMicroseconds(number),
            "s" or "second" or "seconds" => TimeSpan.FromSeconds(number),
            "m" or "minute" or "minutes" => TimeSpan.FromMinutes(number),
            "h" or "hour" or "hours" => TimeSpan.FromHours(number),
            "d" or "day" or "days" => TimeSpan.FromDays(number),
            _ => throw new FormatException($"[{text}] is no duration: use ms, s, m, h or d, for example 500ms"),
        };
    }

    public static long Bytes(string text)
    {
        var (number, unit) = Split(text.Trim());
        var factor = unit switch
        {
            "" or "b" or "B" or "byte" or "bytes" => 1L,
            "kB" or "kilobyte" or "kilobytes" => 1000L,
            "k" or "K" or "Ki" or "KiB" or "kibibyte" or "kibibytes" => 1L << 10,
            "MB" or "megabyte" or "megabytes" => 1000_000L,
            "m" or "M" or "Mi" or "MiB" or "mebibyte" or "mebibytes" => 1L << 20,
            "GB" or "gigabyte" or "gigabytes" => 1000_000_000L,
            "g" or "G" or "Gi" or "GiB" or "gibibyte" or "gibibytes" => 1L << 30,
            _ => throw new FormatException($"[{text}] is no size: use b, kB, KiB, MB, MiB, GB or GiB"),
        };
        return (long)(number * factor);
    }

    private static (double Number, string Unit) Split(string text)
    {
        var end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] is '.' or '-' or '+'))
            end++;
        return double.TryParse(text[..end], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? (number, text[end..].Trim())
            : throw new FormatException($"[{text}] does not begin with a number");
    }
}
