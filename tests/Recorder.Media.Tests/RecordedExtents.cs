using System.Diagnostics;
using Recorder.FFmpeg;
using Recorder.Media.Fragments;

namespace Recorder.Media.Tests;

/// <summary>Extents as a recorder writes them: media made with the ffmpeg program, copied by the muxer in fragments of half a second.</summary>
public sealed class RecordedExtents : IDisposable
{
    public static readonly TimeSpan FragmentDuration = TimeSpan.FromSeconds(0.5);
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    private const string Video = "-f lavfi -i testsrc2=size=64x64:rate=25";
    private const string OtherVideo = "-f lavfi -i testsrc2=size=96x64:rate=25";
    private const string Audio = "-f lavfi -i sine=440:sample_rate=48000";
    private const string H264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25 -bf 2 -x264-params b-adapt=0";

    private readonly string _folder = Directory.CreateTempSubdirectory("recorder-media-").FullName;
    private readonly Dictionary<string, Extent> _made = [];
    private readonly Lock _gate = new();

    /// <summary>H.264 with two B-frames and a key frame a second, and AAC.</summary>
    internal Extent Clip => Make("clip.mp4", $"{Video} {Audio} {H264} -c:a aac", "mp4");

    /// <summary>The same with another frame size and without sound.</summary>
    internal Extent OtherSize => Make("other.mp4", $"{OtherVideo} {H264}", "mp4");

    /// <summary>Sound alone.</summary>
    internal Extent Sound => Make("sound.mp4", $"{Audio} -c:a aac", "mp4");

    /// <summary>VP8 and Opus.</summary>
    internal Extent WebM => Make("clip.webm", $"{Video} {Audio} -c:v libvpx -deadline realtime -cpu-used 8 -g 25 -c:a libopus", "webm");

    /// <summary>H.264 and AAC.</summary>
    internal Extent Matroska => Make("clip.mkv", $"{Video} {Audio} {H264} -c:a aac", "matroska");

    /// <summary>Another recording, of which packets can be changed or, by null, lost.</summary>
    /// <param name="change">Gets each packet and its number within its track.</param>
    internal Extent Record(string name, string arguments, Func<PacketInfo, int, PacketInfo?>? change = null) =>
        Make(name, arguments, Path.GetExtension(name) == ".mkv" ? "matroska" : "mp4", change);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A path for a file that a test writes.</summary>
    public string New(string extension) => Path.Combine(_folder, $"{Guid.NewGuid():n}{extension}");

    /// <summary>Extents one behind the other on the timeline, as a recording has them.</summary>
    internal static IReadOnlyList<ExtentPart> Sequence(params IEnumerable<Extent> extents) =>
    [
        .. extents.Select((extent, index) => new FragmentMaps().Open(extent with
        {
            Number = index + 1,
            MediaTime = index * Duration,
        })!),
    ];

    private Extent Make(string name, string arguments, string format, Func<PacketInfo, int, PacketInfo?>? change = null)
    {
        lock (_gate)
        {
            if (!_made.TryGetValue(name, out var extent))
            {
                var (source, path) = (Path.Combine(_folder, $"source-{name}"), Path.Combine(_folder, name));
                Run($"-v error -nostdin {arguments} -t {Duration.TotalSeconds} {source}");
                Copy(source, path, format, change);
                _made[name] = extent = new Extent
                {
                    Number = 1,
                    Path = path,
                    Bytes = new FileInfo(path).Length,
                    MediaTime = TimeSpan.Zero,
                    Duration = Duration,
                    CapturedAt = DateTimeOffset.UnixEpoch,
                    FirstBlob = 1,
                    LastBlob = 1,
                };
            }

            return extent;
        }
    }

    private static void Run(string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd().ShouldBe("");
        process.WaitForExit();
        process.ExitCode.ShouldBe(0);
    }

    private static void Copy(string source, string path, string format, Func<PacketInfo, int, PacketInfo?>? change)
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = source });
        using var muxer = new Muxer(new MuxerOptions
        {
            Format = format,
            Tracks = [.. demuxer.Streams.Select(stream => new MuxerTrack(stream.Parameters, stream.TimeBase, stream.Language))],
        });
        using var file = File.Create(path);
        var batch = PacketBatch.Rent();
        while (demuxer.Read(batch) == ReadResult.Appended)
        {
        }

        // An encoder's delay before 0 is cut by an edit list in MP4. Matroska has none.
        TimeSpan TimeOf(int index) => demuxer.Streams[batch[index].Track].TimeBase.ToTimeSpan(batch[index].Pts);
        var indices = Enumerable.Range(0, batch.Count);
        var zero = indices.Where(index => format != "mp4" || batch[index].Track == 0).Min(TimeOf);
        var (next, frames, numbers) = (FragmentDuration, 0, new int[demuxer.Streams.Count]);
        for (var i = 0; i < batch.Count; i++)
        {
            var packet = batch[i];
            var shift = demuxer.Streams[packet.Track].TimeBase.FromTimeSpan(zero);
            if (packet.Track == 0 && demuxer.Streams[0].TimeBase.ToTimeSpan(packet.Duration) * frames++ >= next)
            {
                muxer.Flush();
                Write();
                next += FragmentDuration;
            }

            var number = numbers[packet.Track]++;
            if ((change is null ? packet : change(packet, number)) is { } changed)
                muxer.Write(batch, i, packet.Track, changed.Pts - shift, changed.Dts - shift, changed.Duration);
        }

        batch.Release();
        muxer.Flush();
        Write();

        void Write()
        {
            using var bytes = muxer.Output.TakePending();
            file.Write(bytes.ToArray());
        }
    }
}
