using System.Buffers.Binary;
using Recorder.Media.Fragments;
using Recorder.Media.Mp4;
using Recorder.Media.VirtualFiles;

namespace Recorder.Media.Tests.VirtualFiles;

public sealed class VirtualMp4Specs(RecordedExtents media) : IClassFixture<RecordedExtents>
{
    [Fact]
    public void Any_byte_range_is_the_same_as_in_one_whole_read()
    {
        var file = Build(media.Clip, media.OtherSize, media.Clip);
        var whole = PieceBytes.Read(file);
        whole.Length.ShouldBe((int)file.Length);
        var random = new Random(1);
        var boundaries = file.Pieces(0, file.Length).Aggregate(new List<long> { 0 }, (found, piece) => [.. found, found[^1] + piece.Size]);
        var offsets = boundaries.SelectMany(at => new[] { at - 1, at, at + 1 }).Concat(Enumerable.Range(0, 300).Select(_ => random.NextInt64(file.Length)));
        foreach (var offset in offsets.Where(at => at >= 0 && at < file.Length))
        {
            foreach (var length in new[] { 1, random.NextInt64(1, 5000), file.Length })
            {
                var end = (int)Math.Min(offset + length, file.Length);
                PieceBytes.Read(file.Pieces(offset, length)).AsSpan().SequenceEqual(whole.AsSpan((int)offset..end)).ShouldBeTrue($"{length} bytes at {offset}");
            }
        }
    }

    [Fact]
    public void The_file_is_itself_a_fragmented_mp4_on_one_timeline()
    {
        var map = Open(Build(media.Clip, media.Clip, media.Clip));

        map.Count.ShouldBe(18);
        for (var track = 0; track < 2; track++)
        {
            for (var index = 1; index < map.Count; index++)
            {
                // Each of these extents was begun anew, so its first sample may overlap the last one before: by less than its duration.
                var (before, run) = (map.Run(index - 1, track), map.Run(index, track));
                run.Start.ShouldBeGreaterThan(before.End - before.LastDuration, $"track {track}, fragment {index}");
                Mp4Time.ToTime(run.Start - before.End, map.Header.Tracks[track].Timescale).ShouldBeLessThan(TimeSpan.FromMilliseconds(30));
            }
        }

        map.TimeOf(0).ShouldBe(TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
        map.TimeOf(17).ShouldBe(TimeSpan.FromSeconds(8.5), TimeSpan.FromMilliseconds(60));
    }

    [Fact]
    public void Parameter_sets_that_change_stand_before_each_key_frame_and_silence_beside_video_without_sound()
    {
        var file = Build(media.Clip, media.OtherSize);

        var map = Open(file);
        var bytes = PieceBytes.Read(file);
        var other = new FragmentMaps().Open(media.OtherSize)!.Header.Tracks[0].Entry.ParameterSets!.Units;
        var own = new FragmentMaps().Open(media.Clip)!.Header.Tracks[0].Entry.ParameterSets!.Units;

        own.ShouldNotBe(other);
        var keys = Enumerable.Range(0, map.Count).Where(index => map[index].KeyCount > 0).ToList();
        keys.Count.ShouldBe(6);
        foreach (var (sets, index) in keys.Select((key, place) => (place < 3 ? own : other, key)))
        {
            var key = (int)map[index].Offset + map[index].KeyOffset(0);
            bytes.AsSpan(key, sets.Length).SequenceEqual(sets).ShouldBeTrue($"fragment {index}");
            BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(key + sets.Length)).ShouldBeInRange(1, map[index].Length);
        }

        var (clip, clipBytes) = (new FragmentMaps().Open(media.Clip)!.Map, File.ReadAllBytes(media.Clip.Path));
        for (var index = 0; index < clip.Count; index++)
            FirstSample(bytes, map, index, track: 1).ShouldBe(FirstSample(clipBytes, clip, index, track: 1), $"sound of fragment {index}");

        (Enumerable.Range(0, map.Count).Max(index => map.Run(index, 1).End) / 48_000.0).ShouldBe(6, 0.1);
        VirtualMp4.Build(RecordedExtents.Sequence(media.Clip, media.OtherSize), null, null, "x", silence: false)!.Length.ShouldBeLessThan(file.Length);
    }

    [Fact]
    public void An_interval_begins_with_the_key_frame_before_it_and_ends_with_the_fragment_that_reaches_its_end()
    {
        var parts = RecordedExtents.Sequence(media.Clip, media.Clip);

        var file = VirtualMp4.Build(parts, TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(4.2), "clip")!;

        file.From.ShouldBe(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(1));
        file.To.ShouldBe(TimeSpan.FromSeconds(4.5), TimeSpan.FromMilliseconds(100));
        file.LastFragment.ShouldBe(TimeSpan.FromSeconds(4), TimeSpan.FromMilliseconds(100));
        VirtualMp4.Build(parts, null, TimeSpan.Zero, "clip").ShouldBeNull();
    }

    [Fact]
    public void Media_that_is_recorded_behind_the_interval_changes_no_byte()
    {
        var end = TimeSpan.FromSeconds(2.5);

        var early = VirtualMp4.Build(RecordedExtents.Sequence(media.Clip), null, end, "clip")!;
        var late = VirtualMp4.Build(RecordedExtents.Sequence(media.Clip, media.Clip), null, end, "clip")!;

        late.ETag.ShouldBe(early.ETag);
        PieceBytes.Read(late).AsSpan().SequenceEqual(PieceBytes.Read(early)).ShouldBeTrue();
        VirtualMp4.Build(RecordedExtents.Sequence(media.Clip), null, TimeSpan.FromSeconds(2), "clip")!.ETag.ShouldNotBe(early.ETag);
    }

    private static byte[] FirstSample(byte[] file, FragmentMap map, int index, int track)
    {
        var fragment = file.AsSpan((int)map[index].Offset, map[index].Length);
        var moof = fragment[..map[index].HeaderLength];
        foreach (var box in MoofReader.BoxOf(moof).Children(moof))
        {
            if (box.Type == Mp4Box.Traf && TrackFragment.TryRead(moof, box, map.Header, out var traf) && traf.Track == track &&
                box.TryFind(moof, out var trun, Mp4Box.Trun))
            {
                var samples = new SampleRun(moof, trun, traf);
                samples.MoveNext().ShouldBeTrue();
                return fragment.Slice(samples.DataOffset, (int)samples.Current.Size).ToArray();
            }
        }

        return [];
    }

    private static VirtualMp4 Build(params IEnumerable<Extent> extents)
    {
        var file = VirtualMp4.Build(RecordedExtents.Sequence(extents), null, null, "name")!;
        file.Change.ShouldBeNull();
        return file;
    }

    private FragmentMap Open(VirtualMp4 file)
    {
        var path = media.New(".mp4");
        File.WriteAllBytes(path, PieceBytes.Read(file));
        return new FragmentMaps().Open(media.Clip with { Path = path, Bytes = file.Length })!.Map.ShouldNotBeNull();
    }
}
