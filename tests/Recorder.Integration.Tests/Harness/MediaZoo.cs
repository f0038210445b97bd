using System.Collections.Concurrent;

namespace Recorder.Integration.Tests.Harness;

/// <summary>
/// The inputs of the world, each made once a run by the ffmpeg command line program when first asked for, small and short.
/// </summary>
public static class MediaZoo
{
    private const string Picture = "-f lavfi -i testsrc2=size=320x240:rate=25";
    private const string Tone = "-f lavfi -i sine=frequency=440:sample_rate=48000,aformat=channel_layouts=stereo";
    private const string H264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25 -bf 0 -b:v 300k";
    private const string Aac = "-c:a aac -b:a 64k";

    private static readonly string Folder = MakeFolder();
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Made = new(StringComparer.Ordinal);

    private static readonly Dictionary<string, string> Recipes = new(StringComparer.Ordinal)
    {
        ["h264.mp4"] = $"{Picture} {Tone} -t 4 {H264} {Aac}",
        ["h264-short.mp4"] = $"{Picture} {Tone} -t 2 {H264} {Aac}",
        ["h264-long.mp4"] = $"{Picture} {Tone} -t 30 {H264} {Aac}",
        ["h264-bframes.mp4"] = $"{Picture} {Tone} -t 4 -c:v libx264 -preset veryfast -pix_fmt yuv420p -g 50 -bf 3 {Aac}",
        ["h264-bframes.mkv"] = $"{Picture} {Tone} -t 4 -c:v libx264 -preset veryfast -pix_fmt yuv420p -g 50 -bf 3 {Aac}",
        ["h264-huge-gop.mp4"] = $"{Picture} {Tone} -t 6 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 10000 -bf 0 {Aac}",
        ["hevc.mp4"] = $"{Picture} {Tone} -t 3 -c:v libx265 -preset ultrafast -x265-params log-level=error -g 25 -tag:v hvc1 {Aac}",
        ["hevc.ts"] = $"{Picture} {Tone} -t 3 -c:v libx265 -preset ultrafast -x265-params log-level=error -g 25 {Aac}",
        ["vp8-opus.webm"] = $"{Picture} {Tone} -t 3 -c:v libvpx -deadline realtime -cpu-used 8 -g 25 -b:v 300k -c:a libopus -b:a 48k",
        ["vp9-opus.webm"] = $"{Picture} {Tone} -t 3 -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25 -b:v 300k -c:a libopus -b:a 48k",
        ["av1.mp4"] = $"{Picture} {Tone} -t 3 -c:v libsvtav1 -preset 12 -g 25 {Aac}",
        ["av1-opus.mkv"] = $"{Picture} {Tone} -t 3 -c:v libsvtav1 -preset 12 -g 25 -c:a libopus -b:a 48k",

        // 33 bits at 90 kHz wrap at 95443.7 s: here 2.7 s into the clip.
        ["wrap.ts"] = $"{Picture} {Tone} -t 5 {H264} {Aac} -muxdelay 0 -muxpreload 0 -output_ts_offset 95441",
        ["vfr.mp4"] =
            $"{Picture} {Tone} -t 4 -filter:v select='not(mod(n\\,3))+gt(mod(n\\,7)\\,4)' -vsync vfr -enc_time_base -1 "
            + $"-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 12 -bf 0 {Aac}",
        ["audio.m4a"] = $"{Tone} -t 3 {Aac}",
        ["audio.mp3"] = $"{Tone} -t 3 -c:a libmp3lame",
        ["audio.flac"] = $"{Tone} -t 3 -c:a flac",
        ["audio.opus"] = $"{Tone} -t 3 -c:a libopus -b:a 48k",
        ["video.mp4"] = $"{Picture} -t 3 {H264}",
        ["two-audio.mkv"] =
            $"{Picture} {Tone} -f lavfi -i sine=frequency=880:sample_rate=48000 -t 3 -map 0 -map 1 -map 2 {H264} {Aac} "
            + "-metadata:s:a:0 language=deu -metadata:s:a:1 language=eng",
        ["mono-8k.wav"] = "-f lavfi -i sine=frequency=440:sample_rate=8000 -t 3 -ac 1 -c:a pcm_alaw",
        ["mono-8k.m4a"] = "-f lavfi -i sine=frequency=440:sample_rate=8000 -t 3 -ac 1 -c:a aac -b:a 16k",
        ["mpeg2.mpg"] = $"{Picture} {Tone} -t 3 -c:v mpeg2video -b:v 500k -c:a mp2",
        ["rotated.mp4"] = "-i {h264.mp4} -c copy -metadata:s:v:0 rotate=90",
        ["subtitles.mkv"] = "-i {h264.mp4} -i {captions.srt} -map 0 -map 1 -c:v copy -c:a copy -c:s srt",
        ["timecode.mov"] = "-i {h264.mp4} -map 0 -c copy -timecode 10:00:00:00",
        ["cover-art.m4a"] = "-i {audio.m4a} -i {picture.png} -map 0 -map 1 -c copy -disposition:v:0 attached_pic",
        ["picture.png"] = "-f lavfi -i testsrc2=size=320x240 -frames:v 1 -update 1",
        ["picture.jpg"] = "-f lavfi -i testsrc2=size=320x240 -frames:v 1 -update 1",
        ["fragmented.mp4"] = "-i {h264.mp4} -c copy -movflags +empty_moov+default_base_moof+frag_keyframe",
        ["h264.ts"] = "-i {h264.mp4} -c copy",
        ["h264.mkv"] = "-i {h264.mp4} -c copy",
        ["h264.avi"] = "-i {h264.mp4} -c copy",
        ["subtitles-only.mkv"] = "-i {captions.srt} -c:s srt",
    };

    private static readonly Dictionary<string, (string Basis, Func<byte[], byte[]> Change)> Damages = new(StringComparer.Ordinal)
    {
        // No moov: nothing in it can be found.
        ["truncated-head.mp4"] = ("h264.mp4", bytes => bytes[..(bytes.Length / 2)]),
        ["truncated.mp4"] = ("fragmented.mp4", bytes => bytes[..(bytes.Length * 6 / 10)]),
        ["truncated.ts"] = ("h264.ts", bytes => bytes[..(bytes.Length * 6 / 10)]),
        ["truncated.mkv"] = ("h264.mkv", bytes => bytes[..(bytes.Length * 6 / 10)]),
        ["corrupt.mp4"] = ("fragmented.mp4", bytes => Corrupt(bytes, 4000)),
        ["corrupt.ts"] = ("h264.ts", bytes => Corrupt(bytes, 4000)),
        ["corrupt.mkv"] = ("h264.mkv", bytes => Corrupt(bytes, 4000)),
        ["noise.mp4"] = ("picture.png", _ => Noise(100_000)),
        ["empty.mp4"] = ("picture.png", _ => []),
        ["letter.txt"] = ("captions.srt", _ => "Dear camera,\nthis is no media.\n"u8.ToArray()),
        ["letter.mp4"] = ("captions.srt", _ => "Dear camera,\nthis is no media.\n"u8.ToArray()),
    };

    public static IEnumerable<string> Names => [.. Recipes.Keys, .. Damages.Keys];

    /// <summary>Makes the input, once, and tells its path.</summary>
    public static Task<string> GetAsync(string name) =>
        Made.GetOrAdd(name, n => new Lazy<Task<string>>(() => MakeAsync(n))).Value;

    private static async Task<string> MakeAsync(string name)
    {
        var path = Path.Combine(Folder, name);
        if (name == "captions.srt")
        {
            await File.WriteAllTextAsync(path, "1\n00:00:00,500 --> 00:00:01,500\nHello\n\n2\n00:00:02,000 --> 00:00:03,000\nWorld\n");
        }
        else if (Damages.TryGetValue(name, out var damage))
        {
            await File.WriteAllBytesAsync(path, damage.Change(await File.ReadAllBytesAsync(await GetAsync(damage.Basis))));
        }
        else
        {
            List<string> arguments = [];
            foreach (var argument in Command.Split(Recipes[name].Replace("'", "", StringComparison.Ordinal)))
                arguments.Add(argument.StartsWith('{') ? await GetAsync(argument.Trim('{', '}')) : argument);

            await Command.FFmpegAsync([.. arguments, path]);
        }

        return path;
    }

    private static byte[] Corrupt(byte[] bytes, int start)
    {
        // Every 3,000 bytes 20 are overwritten, behind the headers; the same each run.
        var random = new Random(20261122);
        for (var at = start; at + 20 < bytes.Length; at += 3000)
            random.NextBytes(bytes.AsSpan(at, 20));

        return bytes;
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private static string MakeFolder()
    {
        var folder = Directory.CreateTempSubdirectory("recorder-zoo-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }
}
