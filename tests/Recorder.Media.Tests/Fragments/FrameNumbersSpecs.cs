using System.Diagnostics;
using System.Globalization;
using Recorder.Media.Fragments;

namespace Recorder.Media.Tests.Fragments;

/// <summary>The frames of a recording by number and by time, compared with what ffprobe says of its extents.</summary>
public sealed class FrameNumbersSpecs(RecordedExtents media) : IClassFixture<RecordedExtents>
{
    [Fact]
    public void Frames_with_B_frames_are_numbered_in_the_order_in_which_ffprobe_shows_them()
    {
        var frames = FrameNumbers.Of([new FragmentMaps().Open(media.Clip)!])!;
        var shown = Probe(media.Clip.Path);

        frames.Count.ShouldBe(shown.Count);
        for (var number = 0; number < shown.Count; number++)
        {
            var frame = frames.Find(number)!.Value;
            (frame.Shown - frames.Find(0)!.Value.Shown).TotalSeconds.ShouldBe(shown[number] - shown[0], 0.001, $"frame {number}");
            frames.At(frame.Shown)!.Value.ShouldBe(frame);
            frames.At(frame.Shown + TimeSpan.FromMilliseconds(30))!.Value.Number.ShouldBe(number);
            frames.CountBefore(frame.Shown).ShouldBe(number);
        }

        frames.Find(shown.Count).ShouldBeNull();
        frames.Find(-1).ShouldBeNull();
        frames.At(TimeSpan.FromSeconds(-1)).ShouldBeNull();
        frames.At(TimeSpan.FromHours(1))!.Value.Number.ShouldBe(shown.Count - 1);
    }

    [Fact]
    public void Numbers_go_on_in_the_next_extent()
    {
        var parts = RecordedExtents.Sequence(media.Clip, media.OtherSize);
        var frames = FrameNumbers.Of(parts)!;
        var first = FrameNumbers.Of([parts[0]])!.Count;

        var next = frames.Find(first)!.Value;

        next.Extent.Number.ShouldBe(2);
        next.Shown.TotalSeconds.ShouldBe(RecordedExtents.Duration.TotalSeconds, 0.002);
        frames.Find(first - 1)!.Value.Extent.Number.ShouldBe(1);
        frames.CountBefore(RecordedExtents.Duration).ShouldBe(first);
    }

    [Fact]
    public void Sound_alone_has_no_frames() => FrameNumbers.Of([new FragmentMaps().Open(media.Sound)!]).ShouldBeNull();

    private static List<double> Probe(string path)
    {
        using var probe = Process.Start(new ProcessStartInfo(
            "ffprobe", ["-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time", "-of", "csv=p=0", path])
        { RedirectStandardOutput = true })!;
        var text = probe.StandardOutput.ReadToEnd();
        probe.WaitForExit();
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => double.Parse(line.TrimEnd(','), CultureInfo.InvariantCulture)).Order()];
    }
}
