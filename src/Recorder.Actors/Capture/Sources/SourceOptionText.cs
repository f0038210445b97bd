using System.Globalization;
using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

internal static class SourceOptionText
{
    /// <summary>A number with its unit, such as 500ms, 5s, 1.5s, 2m or 1h.</summary>
    public static bool TryReadTime(string text, out TimeSpan time)
    {
        var (unit, seconds) = text.EndsWith("ms", StringComparison.Ordinal) ? (2, 0.001)
            : text.EndsWith('s') ? (1, 1.0)
            : text.EndsWith('m') ? (1, 60.0)
            : text.EndsWith('h') ? (1, 3600.0)
            : (0, 0.0);
        time = default;
        if (unit == 0 || !double.TryParse(text.AsSpan(0, text.Length - unit), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var n)
            || n * seconds > 31_536_000)
        {
            return false;
        }

        time = TimeSpan.FromSeconds(n * seconds);
        return true;
    }

    /// <summary>Both numbers are even, because 4:2:0 video has no odd sizes.</summary>
    public static bool TryReadSize(string text, out (int Width, int Height) size) =>
        TryReadPair(text, 'x', out size) && IsLength(size.Width) && IsLength(size.Height);

    public static bool TryReadRate(string text, out Rational rate)
    {
        var parts = text.Split('/');
        var denominator = 1;
        rate = default;
        if (parts.Length > 2
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var numerator)
            || (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out denominator))
            || denominator == 0)
        {
            return false;
        }

        rate = new Rational(numerator, denominator);
        return rate.Value is >= 1 and <= 1000;
    }

    public static bool TryReadOffset(string text, out (int X, int Y) offset) => TryReadPair(text, ',', out offset);
    private static bool IsLength(int pixels) => pixels is >= 16 and <= 8192 && pixels % 2 == 0;

    private static bool TryReadPair(string text, char separator, out (int, int) pair)
    {
        pair = default;
        return text.Split(separator) is [var first, var second]
            && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out pair.Item1)
            && int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out pair.Item2);
    }
}
