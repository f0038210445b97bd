using Recorder.Actors.Catalogue;
using Recorder.Actors.Playback;

namespace Recorder.Node.Tests.Media;

/// <summary>Recordings made ready once: each has a part that the part before does not go on with by itself.</summary>
public sealed class ChangingMedia : IAsyncLifetime
{
    private const string Encode = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25";

    public RecordedMedia Media { get; } = new();

    /// <summary>320x240, two seconds.</summary>
    internal RecordingKey Large { get; private set; }

    /// <summary>480x360, two seconds.</summary>
    internal RecordingKey Small { get; private set; }

    /// <summary>320x240, the range and quality of its pictures said otherwise: other parameter sets.</summary>
    internal RecordingKey Retuned { get; private set; }

    /// <summary>320x240 with sound.</summary>
    internal RecordingKey Sounding { get; private set; }

    /// <summary>320x240 with sound of another rate.</summary>
    internal RecordingKey Resampled { get; private set; }

    /// <summary>Sound alone.</summary>
    internal RecordingKey Spoken { get; private set; }

    /// <summary>HEVC.</summary>
    internal RecordingKey Hevc { get; private set; }

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Media.Folder);
        var (video, large) = (VideoOf("320x240"), VideoOf("480x360"));
        var (sound, other) = (SoundOf("48000"), SoundOf("16000"));
        Large = await Media.RecordAsync($"{video} -t 2 {Encode}", "large");
        Small = await Media.RecordAsync($"{large} -t 2 {Encode}", "small");
        Retuned = await Media.RecordAsync($"{video} -t 2 {Encode} -x264-params fullrange=on:crf=30:keyint=1", "retuned");
        Sounding = await Media.RecordAsync($"{video} {sound} -t 2 {Encode} -c:a aac", "sounding");
        Resampled = await Media.RecordAsync($"{video} {other} -t 2 {Encode} -c:a aac", "resampled");
        Spoken = await Media.RecordAsync($"{sound} -t 2 -c:a aac", "spoken");
        Hevc = await Media.RecordAsync($"{video} -t 2 -c:v libx265 -x265-params log-level=none -preset ultrafast -pix_fmt yuv420p -g 25", "hevc");
    }

    public Task DisposeAsync() => Media.DisposeAsync();

    private static string VideoOf(string size) => $"-f lavfi -i testsrc2=size={size}:rate=25";

    private static string SoundOf(string rate) => $"-f lavfi -i sine=440:sample_rate={rate}";

    /// <summary>Extents of recordings, one behind the other.</summary>
    internal IReadOnlyList<ExtentPart> Parts(params RecordingKey[] keys) => Parts(TimeSpan.Zero, keys);

    internal IReadOnlyList<ExtentPart> Parts(TimeSpan gap, params RecordingKey[] keys)
    {
        var (maps, parts, end) = (new FragmentMaps(), new List<ExtentPart>(), TimeSpan.Zero);
        foreach (var row in keys.SelectMany(key => RecordedMedia.Rows(Media.FolderOf(key))))
        {
            parts.Add(maps.Open(row with { Number = parts.Count + 1, MediaTime = end })!);
            end += row.Duration + gap;
        }

        return parts;
    }
}
