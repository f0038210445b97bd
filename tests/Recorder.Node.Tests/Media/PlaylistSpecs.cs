using System.Globalization;
using Recorder.Actors.Catalogue;
using Recorder.Contracts;
using Recorder.Media;
using Recorder.Media.Export;
using Recorder.Media.Fragments;
using Recorder.Media.Hls;
using Recorder.Media.Mp4;
using Recorder.Node.Tests.Serve;

namespace Recorder.Node.Tests.Media;

/// <summary>What playlists say where a recording changes, has gaps, long groups of pictures or sound that is missing.</summary>
public sealed class PlaylistSpecs(ChangingMedia changing) : IClassFixture<ChangingMedia>
{
    private RecordedMedia Media => changing.Media;

    [Fact]
    public void A_playlist_goes_on_behind_a_change_with_a_discontinuity_and_another_map()
    {
        var parts = changing.Parts(changing.Large, changing.Small);

        var lines = Lines(HlsPlaylist.Write(parts, null, null, grows: false));

        var map = lines.FindLastIndex(line => line.StartsWith("#EXT-X-MAP", StringComparison.Ordinal));
        lines[map].ShouldBe($"#EXT-X-MAP:URI=\"extents/2.mp4\",BYTERANGE=\"{parts[1].Header.Bytes.Length}@0\"");
        lines[map - 1].ShouldBe("#EXT-X-DISCONTINUITY");
        lines.ShouldNotContain("#EXT-X-GAP");
        lines.ShouldContain("#EXT-X-INDEPENDENT-SEGMENTS");
    }

    [Fact]
    public void A_gap_is_told_of_its_length_in_segments_no_longer_than_a_segment_may_be()
    {
        var lines = Lines(HlsPlaylist.Write(changing.Parts(TimeSpan.FromSeconds(20), changing.Large, changing.Small), null, null, grows: false));

        var gaps = lines.Select((line, index) => (line, index)).Where(it => it.line == "#EXT-X-GAP").Select(it => Seconds(lines[it.index + 1])).ToList();
        gaps.Sum().ShouldBe(20, 0.1);
        gaps.Count.ShouldBe(4);
        lines.ShouldContain("#EXT-X-TARGETDURATION:6");
        lines.Where(line => line.StartsWith("#EXTINF", StringComparison.Ordinal)).ShouldAllBe(line => Math.Round(Seconds(line)) <= 6);
    }

    [Fact]
    public void A_gap_of_days_is_told_by_the_time_of_day_alone()
    {
        var lines = Lines(HlsPlaylist.Write(changing.Parts(TimeSpan.FromDays(3), changing.Large, changing.Small), null, null, grows: false));

        lines.ShouldNotContain("#EXT-X-GAP");
        lines.Count(line => line == "#EXT-X-DISCONTINUITY").ShouldBe(1);
    }

    [Fact]
    public async Task A_group_of_a_minute_is_listed_while_it_is_recorded_and_the_target_duration_stays()
    {
        var key = await Media.RecordAsync("-f lavfi -i testsrc2=size=64x64:rate=5 -t 40 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 1000", "long");
        var part = new FragmentMaps().Open(RecordedMedia.Rows(Media.FolderOf(key)).ShouldHaveSingleItem())!;
        part.Map.Count.ShouldBeGreaterThan(15);
        Enumerable.Range(0, part.Count).Count(index => part.Map[index].Key).ShouldBe(1);

        var grown = Enumerable.Range(1, part.Count).Select(count => Lines(HlsPlaylist.Write([part with { Count = count }], null, null, grows: true))).ToList();

        grown.ShouldAllBe(lines => lines.Contains("#EXT-X-TARGETDURATION:6"));
        grown.ShouldAllBe(lines => !lines.Contains("#EXT-X-INDEPENDENT-SEGMENTS"));
        // There is something to play as soon as a segment is as long as it may be.
        var first = grown.FindIndex(lines => lines.Exists(line => line.StartsWith("#EXTINF", StringComparison.Ordinal)));
        part.EndOf(first).TotalSeconds.ShouldBeInRange(6, 12);
        grown[^1].Where(line => line.StartsWith("#EXTINF", StringComparison.Ordinal)).ShouldAllBe(line => Math.Round(Seconds(line)) <= 6);
        // What was said once is never said otherwise.
        foreach (var (before, after) in grown.Zip(grown.Skip(1)))
            string.Join('\n', after).ShouldStartWith(string.Join('\n', before).TrimEnd());
    }

    [Fact]
    public async Task An_extent_without_sound_beside_others_with_it_has_a_silent_track_and_all_play_as_one()
    {
        var key = await Media.JoinAsync("later", TimeSpan.Zero, changing.Large, changing.Sounding);
        await using var node = await ServedNode.StartAsync(options => options with { DataFolder = Media.Folder });

        var lines = Lines(await node.Client.GetStringAsync($"/v1/recordings/{key}/index.m3u8"));
        var (path, codecs) = await PlayAsync(node, key, lines);

        lines.ShouldContain("#EXT-X-MAP:URI=\"extents/1/header.mp4?sound=aac-48000-1\"");
        lines.Where(line => line.StartsWith("extents/1", StringComparison.Ordinal)).ShouldAllBe(line => line.EndsWith("&sound=aac-48000-1"));
        lines.ShouldContain("extents/2.mp4");
        lines.ShouldNotContain(line => line.StartsWith("extents/2/", StringComparison.Ordinal));
        codecs.ShouldBe(["video,audio", "video,audio"]);
        (await RecordedMedia.PacketsAsync(path[0], "v")).Count.ShouldBe(50);
        var silence = await RecordedMedia.PacketsAsync(path[0], "a");
        silence.Select(packet => packet.Hash).Distinct().Count().ShouldBe(1);
        silence[^1].Dts.ShouldBe(2, 0.05);
        silence.Zip(silence.Skip(1), (one, next) => next.Dts - one.Dts).ShouldAllBe(step => step > 0.02 && step < 0.043);
        await RecordedMedia.RunAsync("ffmpeg", $"-v error -xerror -i {path[0]} -f null -");
        (await RecordedMedia.PacketsAsync(new Uri(node.Host.Address, $"/v1/recordings/{key}/index.m3u8").ToString(), "v")).Count.ShouldBe(100);
    }

    [Fact]
    public async Task A_track_that_falls_silent_is_silent_until_it_speaks_again_and_the_header_stays()
    {
        var key = await Media.RecordAsync(
            "-f lavfi -i testsrc2=size=64x64:rate=25 -f lavfi -i sine=440:sample_rate=48000 -t 8 -map 0:v -map 1:a -af aselect='lt(t,2)+gt(t,6)' "
            + "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25 -c:a aac -fps_mode passthrough", "pausing", "mkv", new RecorderOptions { MimeType = "video/mp4" });
        var part = new FragmentMaps().Open(RecordedMedia.Rows(Media.FolderOf(key)).ShouldHaveSingleItem())!;

        var lines = Lines(HlsPlaylist.Write([part], null, null, grows: false));

        lines.Count(line => line.StartsWith("#EXT-X-MAP", StringComparison.Ordinal)).ShouldBe(1);
        lines.ShouldNotContain("#EXT-X-DISCONTINUITY");
        lines.Count(line => line.Contains("segment.mp4", StringComparison.Ordinal)).ShouldBeInRange(4, 6);
        lines.Count(line => line == "extents/1.mp4").ShouldBeInRange(2, 4);
        var whole = new MemoryStream();
        whole.Write(part.Header.Bytes.Span);
        foreach (var segment in HlsSegments.Of(part, isOpen: false))
            whole.Write(Bytes(HlsSegments.Pieces(part, segment, part.Header.SoundTrack, part.Header.Tracks[1].Entry.Silence!)));

        var filled = Path.Combine(Media.Folder, "filled.mp4");
        await File.WriteAllBytesAsync(filled, whole.ToArray());
        var sound = await RecordedMedia.PacketsAsync(filled, "a");
        // A browser that finds a step of more than two frames in the sound drops pictures up to the next key frame.
        sound.Zip(sound.Skip(1), (one, next) => next.Dts - one.Dts).ShouldAllBe(step => step > 0 && step < 0.0427);
        sound[^1].Dts.ShouldBe(8, 0.1);
        (await RecordedMedia.PacketsAsync(filled, "v")).Count.ShouldBe(200);
    }

    // A player waits where the sound ends, though the next segment is there.
    [Theory]
    [InlineData("lte(t,6.7)", 6.7)]
    [InlineData("lte(t,1.7)+gte(t,5)", 1.7)]
    [InlineData("lte(t,2)+gte(t,5.3)", 5)]
    public async Task At_the_ends_of_an_extent_and_beside_a_gap_sound_is_as_long_as_the_pictures(string heard, double missingFrom)
    {
        var part = await RecordAsync(
            $"-f lavfi -t 7 -i testsrc2=size=64x64:rate=25 -f lavfi -t 7 -i sine=440:sample_rate=48000 -map 0:v -map 1:a "
            + $"-vf select='lt(t,2)+gte(t,5)' -af aselect='{heard}'", "-c:a aac");

        var silence = part.Header.Tracks[1].Entry.Silence!;
        var hole = HlsSegments.Of(part, isOpen: false).SelectMany(segment => SilentHoles.Of(part, segment, part.Header.SoundTrack, silence)).ShouldHaveSingleItem();

        ((hole.From - part.Header.Tracks[1].Delay) / 48000.0).ShouldBe(missingFrom, 0.1);
        (hole.Frames * 1024 / 48000.0).ShouldBe(0.3, 0.1);
    }

    // A camera's clock that is set leaves a gap and needs no key frame; a player does.
    [Fact]
    public async Task Behind_a_gap_a_playlist_goes_on_with_a_key_frame()
    {
        var part = await RecordAsync("-f lavfi -t 4 -i testsrc2=size=64x64:rate=25 -vf setpts='PTS+gt(N,35)*3/TB'", "-an");
        Enumerable.Range(0, part.Count).ShouldContain(index => !part.Map[index].Key, "the gap is within a group of pictures");

        var segments = HlsSegments.Of(part, isOpen: false).ToList();
        var lines = Lines(HlsPlaylist.Write([part], null, null, grows: false));

        segments.ShouldAllBe(segment => part.Map[segment.First].Key);
        var gap = lines.FindIndex(line => line == "#EXT-X-GAP");
        Seconds(lines[gap + 1]).ShouldBe(3 + (14 / 25.0), 0.05);
        lines.ShouldContain("#EXT-X-INDEPENDENT-SEGMENTS");
    }

    [Fact]
    public async Task Sound_alone_for_a_while_is_a_gap_in_a_playlist_of_pictures()
    {
        var part = await RecordAsync(
            "-f lavfi -t 9 -i testsrc2=size=64x64:rate=25 -f lavfi -t 9 -i sine=440:sample_rate=48000 -map 0:v -map 1:a -vf select='lt(t,2)+gt(t,7)'", "-c:a aac");

        var segments = HlsSegments.Of(part, isOpen: false).ToList();
        var lines = Lines(HlsPlaylist.Write([part], null, null, grows: false));

        segments.ShouldAllBe(segment => Enumerable.Range(segment.First, segment.End - segment.First).Any(index => part.Map.Run(index, part.Header.Reference).Exists));
        lines.Select((line, index) => line == "#EXT-X-GAP" ? Seconds(lines[index + 1]) : 0).Sum().ShouldBeInRange(2, 5.5);
        part.Map[segments[^1].First].Key.ShouldBeTrue();
    }

    [Fact]
    public async Task A_second_track_of_sound_that_never_speaks_is_left_out_of_the_header()
    {
        var path = Path.Combine(Media.Folder, "talkback.mp4");
        await RecordedMedia.RunAsync(
            "ffmpeg", "-v error -y -f lavfi -i testsrc2=size=64x64:rate=25 -f lavfi -i anullsrc=r=16000:cl=mono -f lavfi -i sine=440:sample_rate=48000 "
            + "-filter_complex [1]atrim=end=0[a] -map 0:v -map [a] -map 2:a -t 2 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25 -c:a aac "
            + $"-movflags frag_keyframe+empty_moov+default_base_moof {path}");
        var part = new FragmentMaps().Open(RecordedMedia.Rows(Media.FolderOf(changing.Large))[0] with { Path = path, Bytes = new FileInfo(path).Length })!;

        var lines = Lines(HlsPlaylist.Write([part], null, null, grows: false));
        Mp4Header.TryParse(HlsHeader.Write(part.Header, null, [2]), out var header).ShouldBeTrue();

        lines.ShouldContain("#EXT-X-MAP:URI=\"extents/1/header.mp4?without=2\"");
        lines.ShouldNotContain(line => line.Contains("segment.mp4", StringComparison.Ordinal));
        header!.Tracks.Select(track => track.Id).ShouldBe([1u, 3u]);
    }

    [Fact]
    public async Task Requests_for_headers_and_segments_are_checked()
    {
        var key = await Media.JoinAsync("checked", TimeSpan.Zero, changing.Large);
        await using var node = await ServedNode.StartAsync(options => options with { DataFolder = Media.Folder });

        foreach (var (path, status) in new[]
        {
            ("1/header.mp4?sound=mp3-44100-2", 400), ("1/header.mp4?sound=aac-48000-99", 400), ("9/header.mp4", 404), ("1/segment.mp4?first=0&count=99", 404),
            ("1/segment.mp4?first=9223372036854775807&count=9223372036854775807", 404), ("1/segment.mp4?first=0&count=1", 400), ("1/segment.mp4?first=0&count=1&sound=aac-8000-1", 200),
        })
        {
            ((int)(await node.Client.GetAsync($"/v1/recordings/{key}/extents/{path}")).StatusCode).ShouldBe(status, path);
        }
    }

    private async Task<ExtentPart> RecordAsync(string input, string sound)
    {
        var key = await Media.RecordAsync(
            $"{input} -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25 {sound} -fps_mode passthrough", $"seam{Guid.NewGuid():n}"[..12], "mkv",
            new RecorderOptions { MimeType = "video/mp4" });
        return new FragmentMaps().Open(RecordedMedia.Rows(Media.FolderOf(key)).ShouldHaveSingleItem())!;
    }

    private async Task<(string[] Files, string[] Codecs)> PlayAsync(ServedNode node, RecordingKey key, List<string> lines)
    {
        var files = new List<MemoryStream>();
        string? range = null;
        foreach (var line in lines)
        {
            if (line.StartsWith("#EXT-X-MAP", StringComparison.Ordinal))
            {
                var parts = line.Split('"');
                files.Add(new MemoryStream());
                files[^1].Write(await GetAsync(parts[1], parts.Length > 3 ? parts[3] : null));
            }
            else if (line.StartsWith("#EXT-X-BYTERANGE:", StringComparison.Ordinal))
            {
                range = line["#EXT-X-BYTERANGE:".Length..];
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                files[^1].Write(await GetAsync(line, range));
                range = null;
            }
        }

        var paths = files.Select((_, index) => Path.Combine(Media.Folder, $"played-{key.Recorder}-{index}.mp4")).ToArray();
        var codecs = new List<string>();
        for (var i = 0; i < paths.Length; i++)
        {
            await File.WriteAllBytesAsync(paths[i], files[i].ToArray());
            var said = await RecordedMedia.RunAsync("ffprobe", $"-v error -show_entries stream=codec_type -of csv=p=0 {paths[i]}");
            codecs.Add(string.Join(',', said.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        }

        return (paths, [.. codecs]);

        async Task<byte[]> GetAsync(string path, string? part)
        {
            var bytes = await node.Client.GetByteArrayAsync($"/v1/recordings/{key}/{path}");
            return part?.Split('@') is not [var length, var offset] ? bytes
                : bytes.AsSpan(int.Parse(offset, CultureInfo.InvariantCulture), int.Parse(length, CultureInfo.InvariantCulture)).ToArray();
        }
    }

    private static byte[] Bytes(IEnumerable<MediaPiece> pieces)
    {
        using var feed = new PieceFeed(pieces);
        using var bytes = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (var read = 0; read >= 0; read = feed.Read(buffer, TimeSpan.Zero))
            bytes.Write(buffer, 0, read);

        return bytes.ToArray();
    }

    private static List<string> Lines(string text) => [.. text.Split('\n')];

    private static double Seconds(string line) => double.Parse(line["#EXTINF:".Length..^1], CultureInfo.InvariantCulture);
}
