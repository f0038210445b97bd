using System.Text;
using Recorder.Media.Fragments;
using Recorder.Media.VirtualFiles;

namespace Recorder.Media.Tests.Fragments;

public sealed class FragmentMapSpecs(RecordedExtents media) : IClassFixture<RecordedExtents>
{
    [Fact]
    public void Fragments_follow_the_header_and_one_another_to_the_end_of_the_file()
    {
        var map = new FragmentMaps().Open(media.Clip)!.Map;

        var end = (long)map.Header.Bytes.Length;
        foreach (var fragment in All(map))
        {
            fragment.Offset.ShouldBe(end);
            end += fragment.Length;
        }

        end.ShouldBe(media.Clip.Bytes);
        Enumerable.Range(0, map.Count).Select(index => map.TimeOf(index).TotalSeconds).ShouldBe([0, 0.52, 1, 1.52, 2, 2.52]);
        Enumerable.Range(0, map.Count).Select(index => map.DurationOf(index).TotalSeconds).ShouldBe([0.52, 0.48, 0.52, 0.48, 0.52, 0.48]);
    }

    [Fact]
    public void A_map_grows_with_its_file_by_whole_fragments_and_is_the_same_as_one_read_at_once()
    {
        var whole = new FragmentMaps().Open(media.Clip)!.Map;
        using var file = LocalMedia.OpenHandle(media.Clip.Path);
        var map = FragmentMap.Open(file)!;
        for (long end = whole.Header.Bytes.Length; end <= media.Clip.Bytes; end += 97)
        {
            map.ReadTo(file, end);
            map.Count.ShouldBe(All(whole).Count(fragment => fragment.Offset + fragment.Length <= end), $"read to {end}");
        }

        map.ReadTo(file, long.MaxValue);
        All(map).ShouldBe(All(whole));
    }

    [Fact]
    public void The_announced_blobs_are_played_and_with_a_growing_file_what_is_behind_them()
    {
        var second = new FragmentMaps().Open(media.Clip)!.Map[1];
        var announced = media.Clip with { Bytes = second.Offset + second.Length };

        new FragmentMaps().Open(announced)!.Count.ShouldBe(2);
        new FragmentMaps().Open(announced, whole: true)!.Count.ShouldBe(6);
    }

    [Fact]
    public void Decoding_of_sound_alone_can_begin_anywhere() =>
        All(new FragmentMaps().Open(media.Sound)!.Map).ShouldAllBe(fragment => fragment.Key && fragment.KeyCount == 0);

    [Fact]
    public void A_map_is_the_same_on_another_node_and_that_of_an_earlier_version_says_nothing_of_key_frames()
    {
        var map = new FragmentMaps().Open(media.Clip)!.Map;
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true))
        {
            map.Write(writer);
        }

        var written = bytes.ToArray();
        var same = FragmentMap.Read(new BinaryReader(new MemoryStream(written)));
        // Earlier versions ended before the numbers of frames, and before those ahead of the flag, and two numbers and the offsets of each fragment.
        var counts = 4 * map.Count * map.Header.Tracks.Count;
        var uncounted = FragmentMap.Read(new BinaryReader(new MemoryStream(written[..^counts])));
        var added = 1 + All(map).Sum(fragment => 8 + (4 * fragment.KeyCount)) + counts;
        var old = FragmentMap.Read(new BinaryReader(new MemoryStream(written[..^added])));

        same.KnowsKeys.ShouldBeTrue();
        All(same).ShouldBe(All(map));
        Enumerable.Range(0, map.Count).Select(same.TimeOf).ShouldBe(Enumerable.Range(0, map.Count).Select(map.TimeOf));
        FrameNumbers.Of([new ExtentPart(media.Clip, same)])!.Count.ShouldBe(FrameNumbers.Of([new ExtentPart(media.Clip, map)])!.Count);
        uncounted.KnowsKeys.ShouldBeTrue();
        FrameNumbers.Of([new ExtentPart(media.Clip, uncounted)]).ShouldBeNull();
        (old.KnowsKeys, old.Count).ShouldBe((false, map.Count));
        Should.Throw<InvalidDataException>(() => FragmentMap.Read(new BinaryReader(new MemoryStream(new byte[64]))));
        // Without key frames no parameter sets can be inserted: the same ones need none, others end the file.
        var other = new FragmentMaps().Open(media.OtherSize)!;
        var behind = new ExtentPart(media.Clip with { Number = 2, MediaTime = RecordedExtents.Duration }, old);
        VirtualMp4.Build([new ExtentPart(media.Clip, map), behind], null, null, "same")!.Change.ShouldBeNull();
        VirtualMp4.Build([other, behind], null, null, "other")!.Change!.At.ShouldBe(RecordedExtents.Duration, TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void A_map_is_read_once_and_the_oldest_is_removed_when_there_are_too_many_fragments()
    {
        var maps = new FragmentMaps(bound: 15);
        var first = maps.Open(media.Clip)!.Map;

        maps.Open(media.Clip)!.Map.ShouldBeSameAs(first);
        maps.Open(media.OtherSize);
        maps.Count.ShouldBe(2);
        maps.Open(media.Sound);

        maps.Count.ShouldBe(2);
        maps.Find(media.Clip.Path).ShouldBeNull();
    }

    [Fact]
    public void A_file_that_is_gone_or_something_else_has_no_map()
    {
        var path = media.New(".mp4");
        var maps = new FragmentMaps();
        maps.Store(path, new FragmentMaps().Open(media.Clip)!.Map);

        maps.Open(media.Clip with { Path = path }).ShouldBeNull();

        maps.Count.ShouldBe(0);
        maps.Open(media.WebM).ShouldBeNull();
    }

    private static IEnumerable<Fragment> All(FragmentMap map) => Enumerable.Range(0, map.Count).Select(index => map[index]);
}
