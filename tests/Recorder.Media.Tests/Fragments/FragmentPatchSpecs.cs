using System.Buffers.Binary;
using Recorder.Media.Fragments;
using Recorder.Media.Mp4;

namespace Recorder.Media.Tests.Fragments;

public sealed class FragmentPatchSpecs(RecordedExtents media) : IClassFixture<RecordedExtents>
{
    [Fact]
    public void Samples_of_one_size_get_sizes_of_their_own_when_parameter_sets_are_inserted()
    {
        const int Begin = SilentFragment.HeaderBytes, MoofLength = Begin - FragmentPatch.MdatHeader, AddedBytes = 3 * sizeof(uint);
        var header = new FragmentMaps().Open(media.Clip)!.Header;
        var runs = new FragmentRun[header.Tracks.Count];
        // A fragment of the video track with three key frames of four bytes, which state neither size nor duration.
        var bytes = SilentFragment.Write(SilentSound.Default, track: 1, sequence: 1, start: 100, frames: 3);
        var before = MoofReader.Read(bytes.AsSpan(0, MoofLength), header, runs);
        before.Keys.ShouldBe([Begin, Begin + 4, Begin + 8]);
        before.SizeTableBytes.ShouldBe(AddedBytes);
        var fragment = new Fragment(0, MoofLength, bytes.Length, Key: true).WithKeys(before.Keys!, before.SizeTableBytes);
        var patch = new FragmentPatch(header, [new TrackPatch(9, header.Tracks[0].Timescale, 50, new byte[5]), null]);
        var patched = new byte[Begin + AddedBytes];
        bytes.AsSpan(0, Begin).CopyTo(patched);

        patch.Apply(patched, fragment, sequence: 7);

        patched.AsSpan(0, MoofLength + AddedBytes).IndexOf("mfhd"u8).ShouldBe(12);
        patched[23].ShouldBe((byte)7);
        BinaryPrimitives.ReadInt32BigEndian(patched.AsSpan(MoofLength + AddedBytes)).ShouldBe(FragmentPatch.MdatHeader + (3 * (4 + 5)));
        // The track has another id now: put the old one back, so that the same header reads the fragment.
        var id = patched.AsSpan().IndexOf("tfhd"u8) + 8;
        BinaryPrimitives.ReadInt32BigEndian(patched.AsSpan(id)).ShouldBe(9);
        BinaryPrimitives.WriteInt32BigEndian(patched.AsSpan(id), 1);
        var after = MoofReader.Read(patched.AsSpan(0, MoofLength + AddedBytes), header, runs);
        (after.IsDamaged, after.SizeTableBytes).ShouldBe((false, 0));
        after.Keys.ShouldBe([Begin + AddedBytes, Begin + AddedBytes + 9, Begin + AddedBytes + 18]);
        runs[0].ShouldBe(new FragmentRun(150, 3 * 1024, 1024, 0) { Samples = 3 });
    }

    [Fact]
    public void Durations_add_up_in_another_timescale()
    {
        var part = new FragmentMaps().Open(media.Clip)!;
        var track = part.Header.Tracks[0];
        var patch = new FragmentPatch(part.Header, [new TrackPatch(1, 90_000, 0, null), new TrackPatch(2, 48_000, 0, null)]);
        var runs = new FragmentRun[2];
        var (file, end) = (File.ReadAllBytes(media.Clip.Path), 0L);
        for (var index = 0; index < part.Count; index++)
        {
            var fragment = part.Map[index];
            var moof = file.AsSpan((int)fragment.Offset, fragment.HeaderLength);
            patch.Apply(moof, fragment, 1);
            MoofReader.Read(moof, part.Header, runs);
            runs[0].Start.ShouldBe(end, $"fragment {index}");
            end = runs[0].End;
            runs[0].CompositionOffset.ShouldBe((int)Mp4Time.Rescale(part.Map.Run(index, 0).CompositionOffset, track.Timescale, 90_000));
        }

        end.ShouldBe(3 * 90_000);
    }
}
