using System.Globalization;

namespace Recorder.FFmpeg.Tests;

/// <summary>Movies whose edit list hides a part: the copy shows exactly the frames that the movie shows.</summary>
[Collection(nameof(FFmpegCollection))]
public sealed class EditListSpecs(MediaFixture media)
{
    private const string Closed = "keyint=50:scenecut=0:bframes=3:b-pyramid=none";
    private const string Open = "keyint=50:scenecut=0:bframes=3:open-gop=1";
    private const string Plain = "keyint=50:scenecut=0:bframes=0";

    [Theory]
    [InlineData(Closed, 3.3, "mp4")]
    [InlineData(Closed, 3.3, "matroska")]
    [InlineData(Open, 3.3, "mp4")]
    [InlineData(Open, 1.7, "matroska")]
    [InlineData(Plain, 0.9, "mp4")]
    public void The_copy_of_a_movie_that_was_cut_inside_a_GOP_shows_the_same_frames(string encoding, double cut, string format)
    {
        var source = Cut(encoding, cut);
        Shown(source).Count.ShouldBeLessThan(Probe.Of(source).Streams[0].Packets.Count, "some of its frames are hidden");

        var copy = StreamCopy.Run(source, media.New(format == "mp4" ? "mp4" : "mkv"), format, TimeSpan.FromSeconds(1));

        Shown(copy.Path).ShouldBe(Shown(source));
        Tool.ShouldDecode(copy.Path);
    }

    [Fact]
    public void Only_frames_that_lost_their_key_frame_are_encoded_again()
    {
        var source = Cut(Closed, 3.3);
        var sent = Packets(source);

        var kept = Packets(StreamCopy.Run(source, media.New("mp4"), "mp4", slice: null).Path);

        // The packets from the key frame at 4 s on.
        var rest = sent.Skip(50).ToList();
        kept.TakeLast(rest.Count).ShouldBe(rest);
    }

    [Fact]
    public void A_movie_that_hides_a_part_can_be_read_again_from_its_start()
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = Cut(Closed, 3.3) });
        var first = Read(demuxer);
        demuxer.SeekToStart();

        Read(demuxer).ShouldBe(first);

        static List<(int, long, int)> Read(Demuxer demuxer)
        {
            var found = new List<(int, long, int)>();
            var batch = PacketBatch.Rent();
            while (demuxer.Read(batch) == ReadResult.Appended)
            {
                var packet = batch[batch.Count - 1];
                found.Add((packet.Track, packet.Dts, packet.Size));
            }
            batch.Release();
            return found;
        }
    }

    [Fact]
    public void Decoding_times_rise_where_encoded_frames_meet_copied_ones()
    {
        using var demuxer = Demuxer.Open(new DemuxerOptions { Url = Cut(Closed, 3.3) });
        var times = new Dictionary<int, List<long>>();
        var batch = PacketBatch.Rent();
        while (demuxer.Read(batch) == ReadResult.Appended)
        {
            var packet = batch[batch.Count - 1];
            packet.Pts.ShouldBeGreaterThanOrEqualTo(packet.Dts);
            times.TryAdd(packet.Track, []);
            times[packet.Track].Add(packet.Dts);
        }
        batch.Release();

        foreach (var (track, stamps) in times)
            stamps.Zip(stamps.Skip(1), (one, next) => next - one).Min().ShouldBeGreaterThan(0, $"track {track}");
    }

    private string Cut(string encoding, double at)
    {
        var (whole, cut) = (media.New("mp4"), media.New("mp4"));
        Tool.FFmpeg(
            "-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=6", "-f", "lavfi", "-i", "sine=440:r=44100:d=6", "-pix_fmt", "yuv420p", "-threads", "1",
            "-c:v", "libx264", "-preset", "veryfast", "-x264-params", encoding, "-c:a", "aac", whole);
        Tool.FFmpeg("-ss", at.ToString(CultureInfo.InvariantCulture), "-i", whole, "-t", "2.4", "-c", "copy", cut);
        return cut;
    }

    private static List<string> Shown(string path) => Checksums(path, "-map", "0:v");

    private static List<string> Packets(string path) => Checksums(path, "-map", "0:v", "-c", "copy");

    private static List<string> Checksums(string path, params string[] how) =>
    [
        .. Tool.Run("ffmpeg", ["-v", "error", "-nostdin", "-i", path, .. how, "-f", "framemd5", "-"]).Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#').Select(line => line[(line.LastIndexOf(',') + 1)..].Trim()),
    ];
}
