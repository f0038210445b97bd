namespace Recorder.Node.HyperDeck;

/// <summary>The protocol's names of video formats, of those that a source can have.</summary>
internal static class DeckVideoFormat
{
    private static readonly (int Width, int Height, string Name, string[] Rates)[] Known =
    [
        (1280, 720, "720p", ["50", "5994", "60"]),
        (1920, 1080, "1080p", ["23976", "24", "25", "2997", "30", "50", "5994", "60"]),
        (2048, 1080, "2Kp", ["23976", "24", "25"]),
        (3840, 2160, "4Kp", ["23976", "24", "25", "2997", "30", "50", "5994", "60"]),
    ];

    /// <summary>Names a format, for example 1080p25; null for one without a name.</summary>
    public static string? Find(int width, int height, TimeCodeRate rate)
    {
        var number = rate.ToString().Replace(".", "", StringComparison.Ordinal);
        var (_, _, name, rates) = Array.Find(Known, format => format.Width == width && format.Height == height);
        return rates is not null && rates.Contains(number) ? name + number : null;
    }
}
