namespace Recorder.FFmpeg.Tests;

/// <summary>Media files in a temporary folder, each made with the ffmpeg program when a spec first asks for it.</summary>
public sealed class MediaFixture : IDisposable
{
    private const string Video = "testsrc2=s=320x240:r=25:d=6";
    private const string Audio = "sine=440:r=48000:d=6";

    private static readonly Dictionary<string, string[]> Recipes = new()
    {
        ["h264-aac.mp4"] = [.. Both, "-c:v", "libx264", "-g", "25", "-bf", "0", "-c:a", "aac"],
        ["h264-bframes-aac.mp4"] = [.. Both, "-c:v", "libx264", "-g", "25", "-bf", "3", "-c:a", "aac"],
        ["h264-bframes-aac.ts"] = [.. Both, "-c:v", "libx264", "-g", "25", "-bf", "3", "-c:a", "aac"],
        ["h264-aac.flv"] = [.. Both, "-c:v", "libx264", "-g", "25", "-c:a", "aac", "-ar", "44100"],
        ["hevc.mp4"] = [.. Only, "-c:v", "libx265", "-x265-params", "log-level=none:keyint=25", "-preset", "ultrafast", "-tag:v", "hev1"],
        ["hevc.ts"] = [.. Only, "-c:v", "libx265", "-x265-params", "log-level=none:keyint=25", "-preset", "ultrafast"],
        ["vp8-opus.webm"] = [.. Both, "-c:v", "libvpx", "-g", "25", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"],
        ["vp9-opus.webm"] = [.. Both, "-c:v", "libvpx-vp9", "-g", "25", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"],
        ["av1.mp4"] = [.. Only, "-c:v", "libsvtav1", "-preset", "12", "-g", "25"],
        ["vorbis.ogg"] = ["-f", "lavfi", "-i", Audio, "-c:a", "libvorbis"],
        ["aac.aac"] = ["-f", "lavfi", "-i", Audio, "-c:a", "aac"],
        ["mp3.mp3"] = ["-f", "lavfi", "-i", Audio, "-c:a", "libmp3lame"],
        ["flac.flac"] = ["-f", "lavfi", "-i", Audio, "-c:a", "flac"],
        ["pcm-8k-mono.wav"] = ["-f", "lavfi", "-i", "sine=300:r=8000:d=6", "-ac", "1", "-c:a", "pcm_s16le"],
        ["beep-44k-stereo.wav"] = ["-f", "lavfi", "-i", "aevalsrc='if(between(t,3,4),sin(2*PI*440*t),0)':d=6:s=44100", "-ac", "2", "-c:a", "pcm_s16le"],
        ["short.mp4"] = ["-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=1", "-f", "lavfi", "-i", "sine=440:r=48000:d=1", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"],
        ["surround.wav"] = ["-f", "lavfi", "-i", Audio, "-ac", "6", "-c:a", "pcm_s16le"],
        ["mjpeg.avi"] = [.. Only, "-c:v", "mjpeg"],
        ["yuv422p10.mkv"] = ["-f", "lavfi", "-i", "testsrc2=s=321x241:r=25:d=2,format=yuv422p10le", "-c:v", "ffv1"],
        ["rgb.mkv"] = ["-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=2,format=rgb24", "-c:v", "ffv1"],
        ["small.flv"] = [.. Test("160x120"), .. X264],
        ["small.ts"] = [.. Test("160x120"), .. X264],
        ["small-aac.ts"] = [.. Test("160x120"), "-f", "lavfi", "-i", "sine=440:r=48000:d=2", "-output_ts_offset", "2", .. X264, "-c:a", "aac"],
        ["small-aac.flv"] = [.. Test("160x120"), "-f", "lavfi", "-i", "sine=440:r=44100:d=4", .. X264, "-c:a", "aac"],
        ["large.flv"] = [.. Test("240x180"), .. X264],
        ["large.ts"] = [.. Test("240x180"), "-output_ts_offset", "2", .. X264],
        ["large.mp4"] = [.. Test("240x180"), .. X264],
        ["small-hevc.mp4"] = [.. Test("160x120"), "-c:v", "libx265", "-x265-params", "log-level=none:keyint=25", "-preset", "ultrafast", "-tag:v", "hvc1"],
        ["large-hevc.mp4"] = [.. Test("240x180"), "-c:v", "libx265", "-x265-params", "log-level=none:keyint=25", "-preset", "ultrafast", "-tag:v", "hvc1"],
        ["large-hevc.ts"] = [.. Test("240x180"), "-c:v", "libx265", "-x265-params", "log-level=none:keyint=25", "-preset", "ultrafast"],
        ["main.flv"] = [.. Test("160x120"), .. X264, "-profile:v", "main", "-coder", "1"],
        ["main.ts"] = [.. Test("160x120"), .. X264, "-profile:v", "main", "-coder", "1"],
        ["baseline.flv"] = [.. Test("160x120"), .. X264, "-profile:v", "baseline"],
        ["baseline.ts"] = [.. Test("160x120"), "-output_ts_offset", "2", .. X264, "-profile:v", "baseline"],
        ["size-changes.ts"] = ["-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=2", "-c:v", "libx264", "-g", "25", "-bf", "0"],
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("recorder-ffmpeg-").FullName;
    private readonly Lock _gate = new();

    private static string[] Both => ["-f", "lavfi", "-i", Video, "-f", "lavfi", "-i", Audio, "-pix_fmt", "yuv420p", "-preset", "ultrafast"];

    private static string[] X264 => ["-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-bf", "0"];

    private static string[] Test(string size) => ["-f", "lavfi", "-i", $"testsrc2=s={size}:r=25:d=2"];

    private static string[] Only => ["-f", "lavfi", "-i", Video, "-pix_fmt", "yuv420p"];

    /// <summary>Returns the path of a file, and makes the file if needed.</summary>
    public string this[string name]
    {
        get
        {
            lock (_gate)
            {
                var path = Path.Combine(_folder, name);
                if (!File.Exists(path))
                    Make(name, path);
                return path;
            }
        }
    }

    /// <summary>Returns a new path for a file that a spec writes.</summary>
    public string New(string extension) => Path.Combine(_folder, $"{Guid.NewGuid():n}.{extension}");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Make(string name, string path)
    {
        switch (name)
        {
            case "rotated.mp4":
                Tool.FFmpeg("-i", this["h264-aac.mp4"], "-c", "copy", "-metadata:s:v:0", "rotate=90", path);
                break;
            case "size-changes.ts":
                var second = New("ts");
                var first = New("ts");
                Tool.FFmpeg([.. Recipes[name], first]);
                Tool.FFmpeg("-f", "lavfi", "-i", "testsrc2=s=640x480:r=25:d=2", "-c:v", "libx264", "-g", "25", "-bf", "0", "-output_ts_offset", "2", second);
                using (var target = File.Create(path))
                {
                    foreach (var part in new[] { first, second })
                    {
                        using var source = File.OpenRead(part);
                        source.CopyTo(target);
                    }
                }
                break;
            case "not-media.bin":
                File.WriteAllText(path, string.Join('\n', Enumerable.Repeat("This is a shopping list, not a video.", 500)));
                break;
            case "truncated.mp4":
                // The header of this MP4 is at its end, which is cut off.
                File.WriteAllBytes(path, File.ReadAllBytes(this["h264-aac.mp4"])[..60_000]);
                break;
            case "truncated.mkv":
                var whole = New("mkv");
                Tool.FFmpeg("-i", this["h264-aac.mp4"], "-c", "copy", whole);
                File.WriteAllBytes(path, File.ReadAllBytes(whole)[..^40_000]);
                break;
            default:
                Tool.FFmpeg([.. Recipes[name], path]);
                break;
        }
    }
}

/// <summary>One collection for all specs: they share the media, and specs that measure memory do not run beside others.</summary>
[CollectionDefinition(nameof(FFmpegCollection))]
public sealed class FFmpegCollection : ICollectionFixture<MediaFixture>;
