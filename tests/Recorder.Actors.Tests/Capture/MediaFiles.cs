using System.Diagnostics;
using System.Globalization;

namespace Recorder.Actors.Tests.Capture;

/// <summary>Media files made with the ffmpeg command line once for all specs of a class.</summary>
public sealed class MediaFiles : IDisposable
{
    private const string Pattern = "-f lavfi -i testsrc=size=320x180:rate=25 -f lavfi -i sine=frequency=440:sample_rate=48000 -t 3";
    private const string Codecs = "-c:v libx264 -preset ultrafast -g 25 -keyint_min 25 -pix_fmt yuv420p -c:a aac -b:a 64k";

    public MediaFiles()
    {
        Folder = Directory.CreateTempSubdirectory("recorder-capture-").FullName;
        Clip = Make("clip.mp4", $"{Pattern} {Codecs} -video_track_timescale 12800");
        Matroska = Make("clip.mkv", $"-i {Clip} -c copy");
        Stream = Make("clip.ts", $"-i {Clip} -c copy -f mpegts");
        // Starts 1.5 s before the counter wraps at 2^33 / 90000 s, including the muxer's delay of 1.4 s.
        Wrapping = Make("wrap.ts", $"-i {Clip} -c copy -output_ts_offset {((1L << 33) / 90000.0 - 2.9).ToString(CultureInfo.InvariantCulture)} -f mpegts");
        Truncated = Path.Combine(Folder, "truncated.mkv");
        var whole = File.ReadAllBytes(Matroska);
        File.WriteAllBytes(Truncated, whole[..(whole.Length * 2 / 3)]);
        Damaged = Path.Combine(Folder, "damaged.ts");
        var damaged = File.ReadAllBytes(Stream);
        for (var packet = 300; packet < 320; packet++)
        {
            // Null packets in place of lost ones, so that the demuxer sees the counter jump.
            damaged.AsSpan(packet * 188, 188).Fill(0xFF);
            damaged[packet * 188] = 0x47;
        }

        File.WriteAllBytes(Damaged, damaged);
        Empty = Write("empty.mp4", "");
        Text = Write("notes.mp4", string.Concat(Enumerable.Repeat("This is no media at all.\n", 200)));
        Playlist = Write("list.m3u8", $"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nfile://{Stream}\n#EXT-X-ENDLIST\n");
        var text = Write("words.srt", "1\n00:00:00,000 --> 00:00:01,000\nHello\n");
        Subtitles = Make("words.mkv", $"-i {text} -c:s srt");
    }

    public string Folder { get; }

    /// <summary>The clip as transport streams of one second each.</summary>
    public IReadOnlyList<byte[]> Segments => field ??= MakeSegments();

    /// <summary>JPEG frames of 160x120.</summary>
    public IReadOnlyList<byte[]> Jpegs => field ??= MakeJpegs("160x120");

    /// <summary>JPEG frames of another size.</summary>
    public IReadOnlyList<byte[]> LargerJpegs => field ??= MakeJpegs("320x240");

    /// <summary>About 20 MB in three seconds, which needs several batches.</summary>
    public string Dense => field ??= Make(
        "dense.mkv", "-f lavfi -i testsrc2=size=640x480:rate=25,noise=alls=60:allf=t -t 3 -c:v libx264 -preset ultrafast -qp 18 -g 25 -pix_fmt yuv420p");

    public string Clip { get; }

    public string Matroska { get; }

    public string Stream { get; }

    public string Wrapping { get; }

    public string Truncated { get; }

    public string Damaged { get; }

    public string Empty { get; }

    public string Text { get; }

    public string Playlist { get; }

    public string Subtitles { get; }

    /// <summary>Packets of the first stream of a kind, as ffprobe counts them.</summary>
    public static int Count(string file, string kind) => int.Parse(
        Run("ffprobe", $"-v error -select_streams {kind}:0 -count_packets -show_entries stream=nb_read_packets -of csv=p=0 {file}").Trim(','),
        CultureInfo.InvariantCulture);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private string Make(string name, string arguments)
    {
        var path = Path.Combine(Folder, name);
        Run("ffmpeg", $"-v error -y -nostdin {arguments} {path}");
        return path;
    }

    private IReadOnlyList<byte[]> MakeSegments()
    {
        Make("segment-%d.ts", $"-i {Clip} -c copy -f segment -segment_time 1 -segment_format mpegts");
        return [.. Enumerable.Range(0, 3).Select(number => File.ReadAllBytes(Path.Combine(Folder, $"segment-{number}.ts")))];
    }

    private IReadOnlyList<byte[]> MakeJpegs(string size)
    {
        Make($"{size}-%d.jpg", $"-f lavfi -i testsrc=size={size}:rate=5 -frames:v 3 -q:v 6");
        return [.. Enumerable.Range(1, 3).Select(number => File.ReadAllBytes(Path.Combine(Folder, $"{size}-{number}.jpg")))];
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static string Run(string tool, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"{tool} {arguments}: {errors.Result}");
        return output.Trim();
    }
}
