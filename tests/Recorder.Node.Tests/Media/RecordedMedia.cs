using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recorder.Actors;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Storage.Reading;
using Recorder.Contracts;
using Recorder.Media;
using Recorder.Media.Fragments;
using Recorder.Media.VirtualFiles;

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
            await runtime.DisposeAsync();

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

    /// <summary>A file made by FFmpeg, recorded to its end.</summary>
    internal async Task<RecordingKey> RecordAsync(string arguments, string name, string extension = "mp4", RecorderOptions? options = null)
    {
        var source = Path.Combine(Folder, $"{name}-source.{extension}");
        await RunAsync("ffmpeg", $"-v error -y {arguments} {source}");
        return await RecordAsync($"file:{source}?pace=fast", name, options ?? new RecorderOptions(), timeslice: null);
    }

    /// <summary>A recording of the extents of others, one behind the other, as a source that changes leaves them.</summary>
    /// <param name="name">Its recorder.</param>
    /// <param name="gap">The time that passes between them.</param>
    /// <param name="parts">The others.</param>
    internal async Task<RecordingKey> JoinAsync(string name, TimeSpan gap, params RecordingKey[] parts)
    {
        var key = new RecordingKey(new RecorderId(name), parts[0].Recording);
        await JoinAsync(FolderOf(key), name, gap, [.. parts.Select(FolderOf)]);
        return key;
    }

    /// <summary>The same of folders.</summary>
    internal static async Task JoinAsync(string folder, string recorder, TimeSpan gap, IReadOnlyList<string> parts)
    {
        Directory.CreateDirectory(folder);
        var (extent, seq, time) = (0, 0, 0.0);
        using var index = new StringWriter { NewLine = "\n" };
        foreach (var source in parts)
        {
            var (first, begin, wall) = (extent, time, gap.TotalMilliseconds);
            foreach (var file in Directory.GetFiles(source, "0*").Order(StringComparer.Ordinal))
                File.Copy(file, Path.Combine(folder, $"{++extent:000000}{Path.GetExtension(file)}"));

            foreach (var line in (await File.ReadAllLinesAsync(Path.Combine(source, "index.jsonl"))).Where(line => line.Contains("\"mediaTime\"", StringComparison.Ordinal)))
            {
                var blob = JsonNode.Parse(line)!;
                blob["seq"] = ++seq;
                blob["extent"] = first + blob["extent"]!.GetValue<int>();
                blob["mediaTime"] = begin + blob["mediaTime"]!.GetValue<double>();
                time = blob["mediaTime"]!.GetValue<double>() + blob["duration"]!.GetValue<double>();
                await index.WriteLineAsync(blob.ToJsonString());
            }

            time += wall;
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "index.jsonl"), index.ToString());
        var description = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(parts[0], "recording.json")))!;
        (description["recorder"], description["durationMs"], description["blobs"]) = (recorder, time, seq);
        await File.WriteAllTextAsync(Path.Combine(folder, "recording.json"), description.ToJsonString());
    }

    /// <summary>Writes a virtual file.</summary>
    internal async Task<string> WriteAsync(VirtualMp4 file)
    {
        var path = Path.Combine(Folder, $"{Guid.NewGuid():n}.mp4");
        await File.WriteAllBytesAsync(path, Read(file, 0, file.Length));
        return path;
    }

    /// <summary>Decodes a file; the size and the hash of each picture.</summary>
    internal static async Task<IReadOnlyList<(string Size, string Hash)>> PicturesAsync(string path)
    {
        var sizes = (await RunAsync("ffprobe", $"-v error -select_streams v -show_entries frame=width,height -of csv=p=0 {path}"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd(','));
        var hashes = (await RunAsync("ffmpeg", $"-v error -xerror -i {path} -map v -autoscale 0 -fps_mode passthrough -f framemd5 -"))
            .Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(',')[^1].Trim());
        return [.. sizes.Zip(hashes)];
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
    internal static IReadOnlyList<Extent> Rows(string folder) =>
        [.. RecordingReader.Open(folder).Read().Extents.Select(extent => new Extent
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

            var part = new byte[piece.Size];
            using var opened = piece.Source.Open();
            opened.Read(part.AsSpan(0, (int)piece.Length), piece.Offset).ShouldBe((int)piece.Length);
            piece.Patch?.Invoke(part);
            bytes.Write(part.AsSpan(piece.PatchedRange ?? ..));
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
