using Recorder.Actors.Playback;
using Recorder.Contracts;

namespace Recorder.Node.Tests.Media;

/// <summary>What players are told where a recording changes its resolution, or has a gap.</summary>
public sealed class ChangingMediaSpecs(RecordedMedia media) : IClassFixture<RecordedMedia>
{
    [Fact]
    public async Task Media_ends_where_the_resolution_changes_and_the_rest_is_a_file_of_its_own()
    {
        var parts = await PartsAsync(behind: TimeSpan.Zero);
        var change = parts[^1].Zero;

        var before = VirtualMp4.Build(parts, null, null, "clip")!;
        var behind = VirtualMp4.Build(parts, before.To + TimeSpan.FromMilliseconds(10), null, "clip")!;

        before.ParametersChange.ShouldBeTrue();
        before.To.ShouldBe(change, TimeSpan.FromMilliseconds(100));
        behind.ParametersChange.ShouldBeFalse();
        (await SizeAsync(before)).ShouldBe("160,120");
        (await SizeAsync(behind)).ShouldBe("96,64");
    }

    [Fact]
    public async Task A_playlist_goes_on_behind_a_change_with_a_discontinuity_and_another_map()
    {
        var parts = await PartsAsync(behind: TimeSpan.Zero);

        var lines = HlsPlaylist.Write(parts, null, null, grows: false).Split('\n').ToList();

        var map = lines.FindLastIndex(line => line.StartsWith("#EXT-X-MAP", StringComparison.Ordinal));
        lines[map].ShouldContain($"extents/{parts[^1].Row.Number}.mp4");
        lines[map].ShouldContain($"BYTERANGE=\"{parts[^1].Header.Bytes.Length}@0\"");
        lines[map - 1].ShouldBe("#EXT-X-DISCONTINUITY");
        lines.ShouldNotContain("#EXT-X-GAP");
    }

    [Fact]
    public async Task A_playlist_tells_a_gap_of_its_length()
    {
        var parts = await PartsAsync(behind: TimeSpan.FromSeconds(3));

        var lines = HlsPlaylist.Write(parts, null, null, grows: false).Split('\n').ToList();

        var gap = lines.IndexOf("#EXT-X-GAP");
        gap.ShouldBeGreaterThan(0);
        var seconds = double.Parse(lines[gap + 1]["#EXTINF:".Length..^1], System.Globalization.CultureInfo.InvariantCulture);
        seconds.ShouldBe(3, 0.15);
        lines[gap + 3].ShouldBe("#EXT-X-DISCONTINUITY");
    }

    /// <summary>The clip, and behind it an extent of another resolution.</summary>
    private async Task<IReadOnlyList<ExtentPart>> PartsAsync(TimeSpan behind)
    {
        var other = await media.RecordAsync("test:?size=96x64&rate=25&pace=fast&duration=2s&audio=off", "other", new RecorderOptions
        {
            MimeType = "video/mp4;codecs=avc1",
        });
        var rows = RecordedMedia.Rows(media.Clip);
        var end = rows[^1].MediaTime + rows[^1].Duration;
        var row = RecordedMedia.Rows(media.FolderOf(other))[0] with { Number = rows[^1].Number + 1, MediaTime = end + behind };
        var maps = new FragmentMaps();
        return Mp4Timeline.Place([.. rows.Append(row).Select(one => maps.Open(one)!)]);
    }

    private async Task<string> SizeAsync(VirtualMp4 file)
    {
        var path = Path.Combine(media.Folder, $"{Guid.NewGuid():n}.mp4");
        await File.WriteAllBytesAsync(path, RecordedMedia.Read(file, 0, file.Length));
        return (await RecordedMedia.RunAsync(
            "ffprobe", $"-v error -select_streams v -show_entries stream=width,height -of csv=p=0 {path}")).Trim();
    }
}
