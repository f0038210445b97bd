using System.Buffers.Binary;
using Recorder.Media.Fragments;
using Recorder.Media.Scanning;

namespace Recorder.Media.Tests.Scanning;

public sealed class ExtentScanSpecs(RecordedExtents media) : IClassFixture<RecordedExtents>
{
    private static ReadOnlySpan<byte> ClusterId => [0x1F, 0x43, 0xB6, 0x75];

    public static TheoryData<string> Containers => ["mp4", "webm", "mkv"];

    [Theory]
    [MemberData(nameof(Containers))]
    public void Cut_at_any_byte_of_the_last_fragment_the_end_is_that_of_the_last_whole_fragment(string container)
    {
        var extent = Extent(container);
        var ends = Ends(extent);
        var (before, last) = (ends[^2], ends[^1]);
        last.ShouldBe(extent.Bytes);
        var path = Copy(extent);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        for (var cut = last - 1; cut >= before; cut--)
        {
            file.SetLength(cut);
            ExtentScan.Of(path, 0).End.ShouldBe(before, $"cut at {cut}");
            var tail = ExtentScan.Of(path, before);
            (tail.End, tail.Starts, tail.Ends).ShouldBe((before, null, null), $"cut at {cut}");
        }
    }

    [Theory]
    [MemberData(nameof(Containers))]
    public void A_scan_tells_the_times_of_the_tail_and_whether_it_starts_with_a_key_frame(string container)
    {
        var extent = Extent(container);
        var ends = Ends(extent);

        var whole = ExtentScan.Of(extent.Path, 0);
        whole.Key.ShouldBeTrue();
        whole.Starts.ShouldBe(TimeSpan.Zero);
        whole.Ends!.Value.ShouldBe(RecordedExtents.Duration, TimeSpan.FromMilliseconds(80));
        for (var fragment = 1; fragment < ends.Count; fragment++)
        {
            var tail = ExtentScan.Of(extent.Path, ends[fragment - 1]);
            tail.End.ShouldBe(extent.Bytes);
            // Matroska counts when a block is shown: with B-frames up to three frames after it is decoded.
            tail.Starts!.Value.ShouldBe(fragment * RecordedExtents.FragmentDuration, TimeSpan.FromMilliseconds(120));
            tail.Ends.ShouldBe(whole.Ends);
            tail.Key.ShouldBe(fragment % 2 == 0, $"fragment {fragment}");
        }
    }

    [Theory]
    [MemberData(nameof(Containers))]
    public void Damage_between_the_first_fragment_and_the_tail_does_not_end_the_scan(string container)
    {
        var extent = Extent(container);
        var ends = Ends(extent);
        var path = Copy(extent);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write))
        {
            file.Position = ends[1];
            file.Write(new byte[64]);
        }

        ExtentScan.Of(path, ends[2]).ShouldBe(ExtentScan.Of(extent.Path, ends[2]));
        ExtentScan.Of(path, 0).End.ShouldBe(ends[1]);
    }

    [Theory]
    [MemberData(nameof(Containers))]
    public void A_fragment_that_ends_with_zeros_is_not_whole(string container)
    {
        var extent = Extent(container);
        var ends = Ends(extent);
        var path = Copy(extent);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write))
        {
            file.Position = ends[^1] - 600;
            file.Write(new byte[600]);
        }

        ExtentScan.Of(path, 0).End.ShouldBe(ends[^2]);
    }

    [Theory]
    [MemberData(nameof(Containers))]
    public void A_damaged_byte_anywhere_is_no_exception_and_no_end_behind_the_file(string container)
    {
        var extent = Extent(container);
        var bytes = File.ReadAllBytes(extent.Path);
        var path = Copy(extent);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        var random = new Random(1);
        var first = Ends(extent)[0];
        foreach (var at in Enumerable.Range(0, 1500).Concat(Enumerable.Range(0, 1500).Select(_ => (int)random.NextInt64(first, bytes.Length))))
        {
            Write(at, (byte)random.Next(256));
            foreach (var from in new[] { 0, first })
                ExtentScan.Of(path, from).End.ShouldBeInRange(from, bytes.Length, $"damaged at {at}");

            Write(at, bytes[at]);
        }

        void Write(int at, byte value)
        {
            file.Position = at;
            file.WriteByte(value);
        }
    }

    [Fact]
    public void A_fragment_with_an_impossible_time_is_not_whole()
    {
        var fragment = new FragmentMaps().Open(media.Clip)!.Map[3];
        var bytes = File.ReadAllBytes(media.Clip.Path);
        var time = (int)fragment.Offset + bytes.AsSpan((int)fragment.Offset).IndexOf("tfdt"u8) + 8;
        bytes[time - 4].ShouldBe((byte)1, "a time of 64 bits");
        var path = media.New(".mp4");
        foreach (var impossible in new[] { -1L, long.MinValue, long.MaxValue, long.MaxValue / 4 })
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(time), impossible);
            File.WriteAllBytes(path, bytes);

            ExtentScan.Of(path, 0).End.ShouldBe(fragment.Offset, $"{impossible}");
        }
    }

    [Fact]
    public void A_file_without_a_header_has_nothing_whole()
    {
        var path = media.New(".mp4");
        File.WriteAllBytes(path, new byte[5000]);

        ExtentScan.Of(path, 100).ShouldBe(new ExtentScan(100, null, null, Key: false));
    }

    private Extent Extent(string container) => container switch
    {
        "mp4" => media.Clip,
        "webm" => media.WebM,
        _ => media.Matroska,
    };

    private string Copy(Extent extent)
    {
        var path = media.New(Path.GetExtension(extent.Path));
        File.Copy(extent.Path, path);
        return path;
    }

    // Where each fragment or cluster ends.
    private static List<long> Ends(Extent extent)
    {
        if (new FragmentMaps().Open(extent)?.Map is { } map)
            return [.. Enumerable.Range(0, map.Count).Select(index => map[index].Offset + map[index].Length)];

        var bytes = File.ReadAllBytes(extent.Path);
        var clusters = new List<long>();
        for (var at = 0; bytes.AsSpan(at).IndexOf(ClusterId) is >= 0 and var found; at += found + 4)
            clusters.Add(at + found);

        return [.. clusters.Skip(1), extent.Bytes];
    }
}
