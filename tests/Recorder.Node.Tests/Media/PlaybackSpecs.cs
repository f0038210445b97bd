using System.Globalization;
using Recorder.Contracts;
using Recorder.Media;
using Recorder.Media.Fragments;
using Recorder.Media.VirtualFiles;

namespace Recorder.Node.Tests.Media;

/// <summary>One MP4 of the fragments of several extents, as FFmpeg reads it.</summary>
public sealed class PlaybackSpecs(RecordedMedia media) : IClassFixture<RecordedMedia>
{
    [Fact]
    public async Task Media_of_three_extents_is_one_file_without_a_gap_and_loses_no_packet()
    {
        var file = Build();
        var path = await WriteAsync(file);

        foreach (var stream in new[] { "v", "a" })
        {
            var whole = await RecordedMedia.PacketsAsync(path, stream);
            var apart = new List<MediaPacket>();
            foreach (var extent in RecordedMedia.Rows(media.Clip))
                apart.AddRange(await RecordedMedia.PacketsAsync(extent.Path, stream));

            whole.Select(packet => packet.Hash).ShouldBe(apart.Select(packet => packet.Hash));
            Steps(whole).Max().ShouldBeLessThan(stream == "v" ? 0.0401 : 0.0215);
            Steps(whole).Min().ShouldBeGreaterThan(stream == "v" ? 0.0399 : 0.0211);
        }
    }

    [Fact]
    public async Task Every_picture_decodes_and_the_first_is_shown_at_zero()
    {
        var path = await WriteAsync(Build());

        var frames = (await RecordedMedia.RunAsync("ffmpeg", $"-v error -i {path} -map v -f framemd5 -")).Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#').ToList();
        var source = (await RecordedMedia.RunAsync("ffmpeg", $"-v error -i {media.Folder}/source.mp4 -map v -f framemd5 -")).Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#').ToList();

        frames.Select(HashOf).ShouldBe(source.Select(HashOf));
        (await RecordedMedia.PacketsAsync(path, "v")).Min(packet => packet.Pts).ShouldBe(0, 0.001);
    }

    [Fact]
    public async Task Players_know_the_duration_before_they_read_media()
    {
        var file = Build();
        var path = await WriteAsync(file);

        var said = await RecordedMedia.RunAsync("ffprobe", $"-v error -show_entries format=duration -of csv=p=0 {path}");

        double.Parse(said, CultureInfo.InvariantCulture).ShouldBe(6, 0.1);
        (file.To - file.From).TotalSeconds.ShouldBe(6, 0.1);
        new FileInfo(path).Length.ShouldBe(file.Length);
    }

    [Fact]
    public async Task Two_recordings_of_the_same_time_play_as_one_that_changes_from_one_to_the_other_and_back()
    {
        var other = await media.RecordAsync($"file:{media.Folder}/source.mp4?pace=fast", "whole", new RecorderOptions { FragmentDuration = TimeSpan.FromMilliseconds(500) });
        var before = RecordedMedia.Rows(media.FolderOf(other)).ShouldHaveSingleItem();
        var taken = RecordedMedia.Rows(media.Clip)[1] with { Epoch = 2 };
        var maps = new FragmentMaps();

        var chosen = ExtentChoice.Of([new WantedExtent(before, new LocalMedia(before.Path)), new WantedExtent(taken, new LocalMedia(taken.Path))]);
        // As the map of another node's file comes: over the network.
        List<ExtentPart> parts = [.. chosen.Select(wanted => new ExtentPart(wanted.Extent, Sent(maps.Open(wanted.Extent)!.Map)))];
        var (placed, origin) = (Mp4Timeline.Place(parts), Mp4Timeline.OriginOf(parts));
        var path = await WriteAsync(VirtualMp4.Build([.. placed.Select((part, i) => chosen[i].Cut(part, origin))], null, null, "clip")!);

        chosen.Select(wanted => wanted.Extent.Epoch).ShouldBe([0, 2, 0]);
        foreach (var stream in new[] { "v", "a" })
        {
            var plain = await RecordedMedia.PacketsAsync(before.Path, stream);
            var mixed = await RecordedMedia.PacketsAsync(path, stream);
            mixed.Select(packet => packet.Hash).ShouldBe(plain.Select(packet => packet.Hash));
            Steps(mixed).Max().ShouldBeLessThan(stream == "v" ? 0.0401 : 0.0215);
        }
    }

    private static FragmentMap Sent(FragmentMap map)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        map.Write(writer);
        bytes.Position = 0;
        using var reader = new BinaryReader(bytes);
        return FragmentMap.Read(reader);
    }

    [Fact]
    public async Task An_interval_begins_at_the_key_frame_before_it_and_at_zero()
    {
        var file = VirtualMp4.Build(RecordedMedia.Parts(media.Clip), TimeSpan.FromSeconds(3.4), TimeSpan.FromSeconds(5), "clip")!;
        var path = await WriteAsync(file);

        var packets = await RecordedMedia.PacketsAsync(path, "v");

        file.From.TotalSeconds.ShouldBe(3, 0.1);
        packets[0].Key.ShouldBeTrue();
        packets[0].Pts.ShouldBe(0, 0.001);
        file.To.TotalSeconds.ShouldBeInRange(5, 5.6);
        Steps(packets).Max().ShouldBeLessThan(0.0401);
    }

    // 32 bits of the units of this track are three days, of a camera's 13 hours.
    [Theory]
    [InlineData(20)]
    [InlineData(800)]
    public async Task A_gap_of_days_is_as_long_as_it_was_and_players_find_what_lies_behind_it(int days)
    {
        var (gap, maps) = (TimeSpan.FromDays(days), new FragmentMaps());
        var parts = RecordedMedia.Rows(media.Clip).Select(row => maps.Open(row.Number < 3 ? row : row with { MediaTime = row.MediaTime + gap })!);
        var file = VirtualMp4.Build([.. parts], null, null, "clip")!;
        var path = await WriteAsync(file);

        var said = await RecordedMedia.RunAsync("ffprobe", $"-v error -show_entries format=duration -of csv=p=0 {path}");
        var packets = await RecordedMedia.PacketsAsync(path, "v");
        var found = await PicturesFromAsync(path, gap.TotalSeconds + 4.5);

        double.Parse(said, CultureInfo.InvariantCulture).ShouldBe(gap.TotalSeconds + 6, 1.1);
        packets.Count.ShouldBe(150);
        packets[^1].Dts.ShouldBe(gap.TotalSeconds + 6, 0.15);
        found.ShouldNotBeEmpty();
        found.ShouldBe(await PicturesFromAsync(await WriteAsync(Build()), 4.5));
    }

    private static async Task<IReadOnlyList<string>> PicturesFromAsync(string path, double seconds) =>
    [
        .. (await RecordedMedia.RunAsync("ffmpeg", string.Create(CultureInfo.InvariantCulture, $"-v error -ss {seconds:0.0} -i {path} -map v -f framemd5 -")))
            .Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(HashOf),
    ];

    private VirtualMp4 Build() => VirtualMp4.Build(RecordedMedia.Parts(media.Clip), null, null, "clip")!;

    private async Task<string> WriteAsync(VirtualMp4 file)
    {
        var path = Path.Combine(media.Folder, $"{Guid.NewGuid():n}.mp4");
        await File.WriteAllBytesAsync(path, RecordedMedia.Read(file, 0, file.Length));
        return path;
    }

    private static IEnumerable<double> Steps(IReadOnlyList<MediaPacket> packets) =>
        packets.Skip(1).Select((packet, index) => packet.Dts - packets[index].Dts);

    private static string HashOf(string line) => line.Split(',')[^1].Trim();
}
