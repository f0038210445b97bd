using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Recorder.Actors;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Facade;
using Recorder.Actors.Playback;
using Recorder.Actors.Storage.Reading;
using Recorder.Contracts;

namespace Recorder.Node.Tests.Media;

/// <summary>Recordings in a folder of their own, made by the recorder itself, and FFmpeg's own tools to look at them.</summary>
public sealed class RecordedMedia : IAsyncLifetime
{
    private readonly List<RecorderRuntime> _runtimes = [];

    public string Folder { get; } = Directory.CreateTempSubdirectory("media-").FullName;

    /// <summary>H.264 with two B-frames, a key frame a second, and AAC: 6 s in extents of 2 s and fragments of half a second.</summary>
    public string Clip { get; private set; } = "";

    internal RecordingKey ClipKey { get; private set; }

    public async Task InitializeAsync()
    {
        var source = Path.Combine(Folder, "source.mp4");
        await RunAsync(
            "ffmpeg", "-v error -f lavfi -i testsrc2=size=160x120:rate=25 -f lavfi -i sine=440:sample_rate=48000 -t 6 -c:v libx264 -g 25 " +
            $"-bf 2 -preset ultrafast -x264-params b-adapt=0 -pix_fmt yuv420p -c:a aac -shortest {source}");
        var key = await RecordAsync($"file:{source}?pace=fast", "clip", new RecorderOptions
        {
            ExtentDuration = TimeSpan.FromSeconds(2),
            FragmentDuration = TimeSpan.FromMilliseconds(500),
        });
        (ClipKey, Clip) = (key, FolderOf(key));
    }

    public async Task DisposeAsync()
    {
        foreach (var runtime in _runtimes)
        {
            await runtime.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }

    internal string FolderOf(RecordingKey key) => Path.Combine(Folder, "recordings", key.Recorder.Value, key.Recording.Value);

    /// <summary>Records a source to its end.</summary>
    internal async Task<RecordingKey> RecordAsync(string source, string name, RecorderOptions options, TimeSpan? timeslice = null)
    {
        var runtime = RecorderRuntime.Start();
        _runtimes.Add(runtime);
        var target = new RecordingTarget(Path.Combine(Folder, "recordings"));
        await using var recorder = await MediaRecorder.CreateAsync(runtime, source, options, target, name);
        var stopped = new TaskCompletionSource<RecordingId>(TaskCreationOptions.RunContinuationsAsynchronously);
        recorder.Stopped += (_, e) => stopped.TrySetResult(e.Recording);
        await recorder.Start(timeslice ?? TimeSpan.FromMilliseconds(500));
        return new RecordingKey(recorder.Id, await stopped.Task.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    /// <summary>Makes a recording look as if it were under way still: without an end, its last file held open by somebody who writes.</summary>
    internal static async Task<IDisposable> ReopenAsync(string folder)
    {
        var description = Path.Combine(folder, "recording.json");
        var open = (await File.ReadAllLinesAsync(description)).Where(line => !line.Contains("stopReason", StringComparison.Ordinal));
        await File.WriteAllLinesAsync(description, open);
        return new FileStream(
            Directory.GetFiles(folder, "0*").Order(StringComparer.Ordinal).Last(), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
    }

    /// <summary>The extents of a recording as the catalogue lists them.</summary>
    internal static IReadOnlyList<ExtentRow> Rows(string folder) =>
        [.. RecordingReader.Open(folder).Read().Extents.Select(extent => new ExtentRow
        {
            Number = extent.Number,
            Path = extent.Path,
            Bytes = extent.Bytes,
            MediaTime = extent.MediaTime,
            Duration = extent.Duration,
            CapturedAt = extent.CapturedAt,
            FirstBlob = extent.Blobs[0].Number,
            LastBlob = extent.Blobs[^1].Number,
        })];

    internal static IReadOnlyList<ExtentPart> Parts(string folder)
    {
        var maps = new FragmentMaps();
        return [.. Rows(folder).Select(row => maps.Open(row)!)];
    }

    /// <summary>The bytes of a part of a virtual file.</summary>
    internal static byte[] Read(VirtualMp4 file, long offset, long length)
    {
        using var bytes = new MemoryStream();
        foreach (var piece in file.Pieces(offset, length))
        {
            if (piece.Source is null)
            {
                bytes.Write(piece.Bytes.Span);
                continue;
            }

            var part = new byte[piece.Length];
            using var opened = piece.Source.Open();
            opened.Read(part, piece.Offset).ShouldBe(part.Length);
            piece.Patch?.Invoke(part);
            bytes.Write(part.AsSpan(piece.Wanted ?? ..));
        }

        return bytes.ToArray();
    }

    /// <summary>The packets of one kind of stream: decode time in seconds, and the hash of the bytes.</summary>
    public static async Task<IReadOnlyList<MediaPacket>> PacketsAsync(string path, string stream)
    {
        var json = await RunAsync(
            "ffprobe", $"-v error -select_streams {stream} -show_packets -show_data_hash md5 -of json {path}");
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.GetProperty("packets").EnumerateArray().Select(packet => new MediaPacket(
            double.Parse(packet.GetProperty("dts_time").GetString()!, CultureInfo.InvariantCulture),
            double.Parse(packet.GetProperty("pts_time").GetString()!, CultureInfo.InvariantCulture),
            packet.GetProperty("data_hash").GetString()!,
            packet.GetProperty("flags").GetString()![0] == 'K'))];
    }

    /// <summary>Runs a tool; what it says.</summary>
    public static async Task<string> RunAsync(string tool, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        (await errors).ShouldBe("");
        process.ExitCode.ShouldBe(0);
        return output;
    }
}

public readonly record struct MediaPacket(double Dts, double Pts, string Hash, bool Key);
