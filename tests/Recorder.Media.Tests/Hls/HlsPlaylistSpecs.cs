using System.Globalization;
using Recorder.Media.Fragments;
using Recorder.Media.Hls;
using Recorder.Media.Mp4;

namespace Recorder.Media.Tests.Hls;

public sealed class HlsPlaylistSpecs(RecordedExtents media) : IClassFixture<RecordedExtents>
{
    [Fact]
    public void Segments_are_byte_ranges_that_follow_one_another_from_the_header_to_the_end_of_the_extent()
    {
        var parts = RecordedExtents.Sequence(media.Clip);

        var lines = Lines(parts, grows: false);

        lines[0].ShouldBe("#EXTM3U");
        lines.ShouldContain("#EXT-X-PLAYLIST-TYPE:VOD");
        lines.ShouldContain("#EXT-X-INDEPENDENT-SEGMENTS");
        lines.ShouldContain("#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:00.000Z");
        lines.ShouldContain($"#EXT-X-MAP:URI=\"extents/1.mp4\",BYTERANGE=\"{parts[0].Header.Bytes.Length}@0\"");
        lines[^1].ShouldBe("#EXT-X-ENDLIST");
        var ranges = lines.Where(line => line.StartsWith("#EXT-X-BYTERANGE:", StringComparison.Ordinal))
            .Select(line => line["#EXT-X-BYTERANGE:".Length..].Split('@').Select(long.Parse).ToArray()).ToList();
        ranges.Count.ShouldBe(3);
        var end = (long)parts[0].Header.Bytes.Length;
        foreach (var range in ranges)
        {
            range[1].ShouldBe(end);
            end += range[0];
        }

        end.ShouldBe(media.Clip.Bytes);
        Durations(lines).Sum().ShouldBe(3, 0.05);
    }

    [Fact]
    public void A_growing_playlist_leaves_out_the_last_segment_and_never_changes_what_it_has_listed()
    {
        var part = new FragmentMaps().Open(media.Clip)!;

        var grown = Enumerable.Range(1, part.Count).Select(count => Lines([part with { Count = count }], grows: true)).ToList();

        grown.Select(lines => Durations(lines).Count()).ShouldBe([0, 0, 1, 1, 2, 2]);
        grown.ShouldAllBe(lines => !lines.Contains("#EXT-X-ENDLIST") && lines.Contains("#EXT-X-PLAYLIST-TYPE:EVENT"));
        foreach (var (before, after) in grown.Zip(grown.Skip(1)))
            after.Take(before.Count).ShouldBe(before);
    }

    [Fact]
    public void A_gap_between_extents_is_listed_and_one_of_days_is_stated_by_the_time_of_day_alone()
    {
        var (first, second) = (new FragmentMaps().Open(media.Clip)!, new FragmentMaps().Open(media.Clip with { Number = 2 })!);

        var minute = Lines([first, second with { Extent = After(second, TimeSpan.FromMinutes(1)) }], grows: false);
        var days = Lines([first, second with { Extent = After(second, TimeSpan.FromDays(3)) }], grows: false);

        var gaps = minute.Select((line, index) => line == "#EXT-X-GAP" ? Durations([minute[index + 1]]).Single() : 0).Where(gap => gap > 0).ToList();
        (gaps.Count, gaps.Max()).ShouldBe((10, 6));
        gaps.Sum().ShouldBe(57, 0.2);
        days.ShouldNotContain("#EXT-X-GAP");
        days.Count(line => line == "#EXT-X-DISCONTINUITY").ShouldBe(1);

        static Extent After(ExtentPart part, TimeSpan time) => part.Extent with { MediaTime = time };
    }

    [Fact]
    public void An_extent_without_sound_beside_others_has_a_header_with_a_silent_track_and_segments_with_silence()
    {
        var parts = RecordedExtents.Sequence(media.OtherSize, media.Clip);
        var silence = SilentSound.Named("aac-48000-1")!;

        var lines = Lines(parts, grows: false);

        lines.ShouldContain("#EXT-X-MAP:URI=\"extents/1/header.mp4?sound=aac-48000-1\"");
        lines.ShouldContain("extents/1/segment.mp4?first=0&count=2&sound=aac-48000-1");
        lines.ShouldContain("extents/2.mp4");
        Mp4Header.TryParse(HlsHeader.Write(parts[0].Header, silence, []), out var header).ShouldBeTrue();
        header!.Tracks.Select(track => track.Entry.Codec).ShouldBe(["H.264", "mp4a"]);
        header.Tracks[1].Entry.Silence!.Name.ShouldBe("aac-48000-1");
        var bytes = PieceBytes.Read(HlsSegments.Pieces(parts[0], new HlsSegment(0, 2), -1, silence));
        var path = media.New(".mp4");
        File.WriteAllBytes(path, [.. header.Bytes.Span, .. bytes]);
        var segment = new FragmentMaps().Open(media.Clip with { Path = path, Bytes = long.MaxValue })!.Map;
        var sound = Enumerable.Range(0, segment.Count).Select(index => segment.Run(index, 1)).Single(run => run.Exists);
        // A fifth of a second is left to the sound of the next segment.
        (sound.End / 48_000.0).ShouldBe(0.8, 0.05);
    }

    [Fact]
    public void Only_the_segments_of_the_interval_are_listed() =>
        Durations(Lines(RecordedExtents.Sequence(media.Clip, media.Clip), grows: false, TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(3.5)))
            .Count().ShouldBe(3);

    private static List<string> Lines(IReadOnlyList<ExtentPart> parts, bool grows, TimeSpan? from = null, TimeSpan? to = null) =>
        [.. HlsPlaylist.Write(parts, from, to, grows).TrimEnd('\n').Split('\n')];

    private static IEnumerable<double> Durations(IEnumerable<string> lines) => lines
        .Where(line => line.StartsWith("#EXTINF:", StringComparison.Ordinal))
        .Select(line => double.Parse(line["#EXTINF:".Length..^1], CultureInfo.InvariantCulture));
}
