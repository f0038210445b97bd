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
    public static bool TryReadSize(string text, out (int Width, int Height) size)
    {
        var parts = text.Split('x');
        size = default;
        if (parts.Length != 2
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var height))
        {
            return false;
        }

        size = (width, height);
        return width is >= 16 and <= 8192 && height is >= 16 and <= 8192 && width % 2 == 0 && height % 2 == 0;
    }

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

    public static bool TryReadOffset(string text, out (int X, int Y) offset)
    {
        var parts = text.Split(',');
        offset = default;
        if (parts.Length != 2
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var x)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var y))
        {
            return false;
        }

        offset = (x, y);
        return true;
    }
}
