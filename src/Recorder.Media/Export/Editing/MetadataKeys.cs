using System.Globalization;

namespace Recorder.Media.Export.Editing;

/// <summary>
/// The keys of QuickTime metadata that editors read. Files of Blackmagic's recorders and of Apple's tools have those of
/// <c>com.apple.proapps</c>; no public source says which of them fills which column of Resolve or Premiere, so a value that has two keys gets both.
/// </summary>
internal static class MetadataKeys
{
    private const string Apple = "com.apple.proapps.";
    private const string Studio = "com.apple.proapps.studio.";
    private const string QuickTime = "com.apple.quicktime.";

    public static IReadOnlyList<KeyValuePair<string, string>> Of(ClipMetadata clip)
    {
        var take = clip.Take?.ToString(CultureInfo.InvariantCulture);
        (string Key, string? Value)[] all =
        [
            (Apple + "clipID", clip.Name),
            (Apple + "cameraName", clip.Camera), (Apple + "cameraID", clip.Camera), (Apple + "mio.cameraName", clip.Camera),
            (Apple + "angle", clip.Angle), (Studio + "angle", clip.Angle),
            (Apple + "scene", clip.Scene), (Studio + "scene", clip.Scene),
            // Apple's tools show the shot as the take.
            (Apple + "shot", take), (Studio + "shot", take),
            (Apple + "reel", clip.Reel), (Studio + "reel", clip.Reel),
            (Apple + "isGood", clip.IsGood switch { true => "1", false => "0", null => null }),
            (Apple + "logNote", clip.Note), (QuickTime + "description", clip.Note),
            (QuickTime + "displayname", clip.Name),
            (QuickTime + "creationdate", clip.RecordedAt?.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture)),
        ];
        return [.. all.Where(entry => !string.IsNullOrEmpty(entry.Value)).Select(entry => KeyValuePair.Create(entry.Key, entry.Value!))];
    }
}
