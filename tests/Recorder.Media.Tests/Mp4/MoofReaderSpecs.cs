using System.Buffers.Binary;
using System.Diagnostics;
using Recorder.Media.Fragments;
using Recorder.Media.Mp4;

namespace Recorder.Media.Tests.Mp4;

public sealed class MoofReaderSpecs(RecordedExtents media) : IClassFixture<RecordedExtents>
{
    [Fact]
    public void A_fragment_begins_where_the_one_before_ends_on_each_track()
    {
        var map = new FragmentMaps().Open(media.Clip)!.Map;
        map.Count.ShouldBe(6);
        for (var track = 0; track < 2; track++)
        {
            for (var index = 1; index < map.Count; index++)
                map.Run(index, track).Start.ShouldBe(map.Run(index - 1, track).End, $"track {track}, fragment {index}");

            var (first, last) = (map.Run(0, track), map.Run(map.Count - 1, track));
            Mp4Time.ToTime(last.End - first.Start, map.Header.Tracks[track].Timescale)
                .ShouldBe(RecordedExtents.Duration, TimeSpan.FromMilliseconds(50));
        }
    }

    [Fact]
    public void Key_frames_begin_where_the_header_says()
    {
        const int SpsType = 7, SeiType = 6, KeyType = 5;
        var map = new FragmentMaps().Open(media.Clip)!.Map;
        var bytes = File.ReadAllBytes(media.Clip.Path);

        Enumerable.Range(0, map.Count).Select(index => (map[index].Key, map[index].KeyCount))
            .ShouldBe([(true, 1), (false, 0), (true, 1), (false, 0), (true, 1), (false, 0)]);
        foreach (var index in new[] { 0, 2, 4 })
        {
            var unit = bytes.AsSpan((int)map[index].Offset + map[index].KeyOffset(0));
            BinaryPrimitives.ReadInt32BigEndian(unit).ShouldBeInRange(1, map[index].Length, "the length of a NAL unit");
            (unit[4] & 0x1f).ShouldBeOneOf(SpsType, SeiType, KeyType);
        }
    }

    [Fact]
    public void A_header_that_is_cut_off_anywhere_is_damaged()
    {
        var (header, moof) = Read(media.Clip);
        var runs = new FragmentRun[header.Tracks.Count];

        MoofReader.Read(moof, header, runs).IsDamaged.ShouldBeFalse();
        // A cut between two boxes leaves a whole header of fewer tracks.
        var boundaries = new List<int>();
        foreach (var box in MoofReader.BoxOf(moof).Children(moof))
            boundaries.Add(box.Start);

        foreach (var cut in Enumerable.Range(9, moof.Length - 9).Except(boundaries))
            MoofReader.Read(moof.AsSpan(0, cut), header, runs).IsDamaged.ShouldBeTrue($"cut at {cut}");
    }

    [Fact]
    public void A_damaged_byte_anywhere_is_no_exception_and_keeps_no_thread_busy()
    {
        var (header, moof) = Read(media.Clip);
        var runs = new FragmentRun[header.Tracks.Count];
        var clock = Stopwatch.StartNew();
        for (var at = 0; at < moof.Length; at++)
        {
            foreach (var damage in (ReadOnlySpan<byte>)[0, 1, 8, 0x7f, 0xff])
            {
                var damaged = moof.ToArray();
                damaged[at] = damage;
                MoofReader.Read(damaged, header, runs);
            }
        }

        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void A_run_of_more_samples_than_its_header_has_room_for_is_damaged()
    {
        // Of silence each sample has the defaults, so the run itself does not limit their number.
        var silence = SilentSound.Default;
        var fragment = SilentFragment.Write(silence, 2, 1, 48_000, 100);
        var (header, _) = Read(media.Clip);
        var runs = new FragmentRun[header.Tracks.Count];
        var moof = fragment.AsSpan(0, SilentFragment.HeaderBytes - 8);

        MoofReader.Read(moof, header, runs).IsDamaged.ShouldBeFalse();
        runs[1].ShouldBe(new FragmentRun(48_000, 100 * 1024, 1024, 0) { Samples = 100 });
        runs[0].Exists.ShouldBeFalse();
        var count = SilentFragment.HeaderBytes - 16;
        BinaryPrimitives.ReadInt32BigEndian(moof[count..]).ShouldBe(100);
        BinaryPrimitives.WriteInt32BigEndian(moof[count..], int.MaxValue);
        MoofReader.Read(moof, header, runs).IsDamaged.ShouldBeTrue();
    }

    private static (Mp4Header Header, byte[] Moof) Read(Extent extent) =>
        (new FragmentMaps().Open(extent)!.Header, FragmentBytes.First(extent));
}
