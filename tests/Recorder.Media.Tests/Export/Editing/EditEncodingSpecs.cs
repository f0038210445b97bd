using Recorder.Contracts;
using Recorder.Media.Export.Editing;

namespace Recorder.Media.Tests.Export.Editing;

/// <summary>Cameras whose rate is not that of the project, encoded anew on its grid.</summary>
public sealed class EditEncodingSpecs(RecordedExtents media) : EditSpecs(media)
{
    // Frame n is as bright as n.
    private const string Counting = "-f lavfi -i color=black:size=64x64:rate={0},geq=lum='16+N':cb=128:cr=128";

    [Fact]
    public void A_camera_at_12_5_frames_per_second_shows_each_frame_twice_at_25()
    {
        var extent = Media.Record("half.mp4", $"{Counting.Replace("{0}", "25/2")} {Sound} {Plain} -c:a aac");

        var (path, report) = Export(PlanOf(extent), "mov", options => At(options, "25"));

        ShouldBeForEditors(path, "25/1", "10:20:30:12", 76);
        report.SourceFrames.ShouldBe(38);
        report.Encoded.ShouldBe(new EditEncoded(18, Repeated: 38, Dropped: 0));
        report.MeasuredRate.ShouldBe(12.5, 0.001);
        report.Holes.ShouldBeEmpty();
        report.IsConstantRate.ShouldBeTrue();
        ShouldCount(path, Enumerable.Range(0, 76).Select(place => place / 2));
        report.Sound.ShouldHaveSingleItem().Codec.ShouldBe("aac");
    }

    [Fact]
    public void A_camera_at_50_loses_every_second_frame_at_25_in_both_containers()
    {
        var extent = Media.Record("double.mp4", $"{Counting.Replace("{0}", "50")} {Plain}");
        foreach (var container in new[] { "mov", "mp4" })
        {
            var (path, report) = Export(PlanOf(extent), container, options => At(options, "25") with { Encode = new EditEncoding(10) });

            report.Encoded!.Quality.ShouldBe(10);
            (report.Encoded.Repeated, report.Encoded.Dropped).ShouldBe((0, 75));
            ShouldBeForEditors(path, "25/1", "10:20:30:12", 75);
            ShouldCount(path, Enumerable.Range(0, 75).Select(place => place * 2));
        }
    }

    [Fact]
    public void A_camera_of_the_wanted_rate_is_copied_all_the_same()
    {
        var (path, report) = Export(PlanOf(Camera), "mov", options => At(options, "25"));

        report.Encoded.ShouldBeNull();
        EditedFile.Hashes(path, Recorder.FFmpeg.MediaKind.Video).ShouldBe(EditedFile.Hashes(PlanOf(Camera), Recorder.FFmpeg.MediaKind.Video));
    }

    [Fact]
    public void A_hole_is_held_or_black_and_stated_and_what_follows_it_is_in_its_place()
    {
        var extent = Media.Record("holed.mp4", $"{Counting.Replace("{0}", "25/2")} {Plain} -x264-params keyint=5", (packet, number) => number is >= 10 and < 20 ? null : packet);
        foreach (var holes in new[] { EditHoles.Stated, EditHoles.Black })
        {
            var (path, report) = Export(PlanOf(extent), "mov", options => At(options, "25") with { Holes = holes });

            var hole = report.Holes.ShouldHaveSingleItem();
            (hole.Places, hole.Shown).ShouldBe((new GridHole(20, 20), holes));
            ShouldBeForEditors(path, "25/1", "10:20:30:12", 76);
            var shown = Decoded(path, "gray", 1);
            Seen(shown[30]).ShouldBe(holes == EditHoles.Black ? 0 : 9, 1);
            Seen(shown[40]).ShouldBe(20, 1);
        }
    }

    [Fact]
    public void A_hole_that_is_encoded_ends_when_it_is_cancelled()
    {
        var extent = Media.Record("away.mp4", $"{Counting.Replace("{0}", "25/2")} {Plain}");
        var path = Media.New(".mov");
        using var source = new CancellationTokenSource();
        var most = 0L;
        var progress = new Reports(done =>
        {
            most = Math.Max(most, done.Frames);
            source.Cancel();
        });

        Should.Throw<OperationCanceledException>(() => EditExport.Write(
            WithHole(extent, TimeSpan.FromMinutes(10)), At(Options(), "25"), path, progress, source.Token));

        most.ShouldBeLessThan(5000);
        Directory.GetFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + "*").ShouldBeEmpty();
    }

    [Fact]
    public void A_rate_of_1001_seconds_is_met_too() =>
        ShouldBeForEditors(
            Export(PlanOf(Media.Record("half.mp4", $"{Counting.Replace("{0}", "25/2")} {Sound} {Plain} -c:a aac")), "mov", options => At(options, "29.97") with { TimeCode = Parse("00:00:59;28") }).Path,
            "30000/1001", "00:00:59;28", 91);

    private static EditFileOptions At(EditFileOptions options, string rate) =>
        options with { Rate = TimeCodeRate.TryParse(rate, out var known) ? known : default, Encode = new EditEncoding() };

    private void ShouldCount(string path, IEnumerable<int> frames)
    {
        var shown = Decoded(path, "gray", 1).Select(Seen).ToList();
        foreach (var (seen, expected) in shown.Zip(frames))
            seen.ShouldBe(expected, 0.9);
    }

    // Grey is of the full range, and brightness is not.
    private static double Seen(byte grey) => Math.Max(0, grey / 255.0 * 219);
}
