using System.Globalization;
using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media.Export;
using Recorder.Media.Export.Editing;

namespace Recorder.Media.Tests.Export.Editing;

/// <summary>What files for editors have where a recording has a gap.</summary>
public sealed class EditHolesSpecs(RecordedExtents media) : EditSpecs(media)
{
    [Fact]
    public void A_stated_hole_holds_the_frame_before_it_and_every_frame_keeps_its_time_code()
    {
        var plan = WithHole();

        var (path, report) = Export(plan, "mov");

        report.Holes.ShouldBe([new EditHole(new GridHole(75, 75), TimeSpan.FromSeconds(3), EditHoles.Stated)]);
        (report.SourceFrames, report.Length, report.IsConstantRate).ShouldBe((150, 225, false));
        EditedFile.Hashes(path, MediaKind.Video).ShouldBe(EditedFile.Hashes(plan, MediaKind.Video));
        EditedFile.VideoDurations(path).Sum(run => run.Count).ShouldBe(150);
        EditedFile.VideoDurations(path).Sum(run => run.Count * run.Duration).ShouldBe(225_000);
        Times(path).ShouldBe(Enumerable.Range(0, 225).Where(frame => frame is < 75 or >= 150).Select(frame => frame * 40.0));
        TimeCodeStream(path)["tags"]!["timecode"]!.GetValue<string>().ShouldBe("10:20:30:12");
        Programs.ShouldDecode(path);
    }

    [Fact]
    public void A_black_hole_has_black_frames_at_its_places_and_all_frames_of_the_source_beside_them()
    {
        var plan = WithHole();

        var (path, report) = Export(plan, "mov", options => options with { Holes = EditHoles.Black });

        ShouldBeForEditors(path, "25/1", "10:20:30:12", 225);
        report.Holes.ShouldBe([new EditHole(new GridHole(75, 75), TimeSpan.FromSeconds(3), EditHoles.Black)]);
        (report.SourceFrames, report.Length, report.IsConstantRate).ShouldBe((150, 225, true));
        EditedFile.VideoDurations(path).ShouldBe([(225u, 1000u)]);
        var hashes = EditedFile.Hashes(path, MediaKind.Video);
        hashes.Where((_, index) => index is < 75 or >= 150).ShouldBe(EditedFile.Hashes(plan, MediaKind.Video));
        Times(path).ShouldBe(Enumerable.Range(0, 225).Select(frame => frame * 40.0));
        // The brightness of each frame, as FFmpeg decodes the file from its beginning.
        var pictures = Decoded(path, "gray", 1);
        pictures.Length.ShouldBe(225);
        pictures[75..150].ShouldAllBe(value => value < 20);
        pictures[..75].Concat(pictures[150..]).ShouldAllBe(value => value > 40);
    }

    [Theory]
    [InlineData("320x180", "-preset veryfast -profile:v high -bf 2 -refs 3 -g 25")]
    [InlineData("1280x722", "-preset ultrafast -profile:v main -coder 1 -bf 0 -slices 4 -g 25")]
    [InlineData("64x64", "-preset veryfast -pix_fmt yuvj420p -bf 0 -intra-refresh 0 -g 50")]
    public void Black_frames_fit_between_those_of_cameras_with_other_settings(string size, string settings)
    {
        var extent = Media.Record(
            $"settings-{size}.mp4", $"-f lavfi -i testsrc2=size={size}:rate=25 -c:v libx264 {(settings.Contains("pix_fmt") ? "" : "-pix_fmt yuv420p")} {settings}");
        var plan = WithHole(extent);

        var (path, report) = Export(plan, "mp4", options => options with { Holes = EditHoles.Black });

        var hole = report.Holes.ShouldHaveSingleItem();
        (hole.Places.Place, hole.Shown).ShouldBe((75, EditHoles.Black));
        ShouldBeForEditors(path, "25/1", "10:20:30:12", (int)report.Length);
        var hashes = EditedFile.Hashes(path, MediaKind.Video);
        hashes.Where((_, index) => index < 75 || index >= hole.Places.End).ShouldBe(EditedFile.Hashes(plan, MediaKind.Video));
        // Decoded from the beginning, all frames of the source are what they are on their own.
        var (pictures, own) = (Decoded(path, "gray", 8).Chunk(64).ToList(), Decoded(extent.Path, "gray", 8).Chunk(64).ToList());
        pictures.Count.ShouldBe((int)report.Length);
        pictures.Take(75).SelectMany(picture => picture).ShouldBe(own.SelectMany(picture => picture));
        pictures.Skip((int)hole.Places.End).SelectMany(picture => picture).ShouldBe(own.SelectMany(picture => picture));
        pictures[80].ShouldAllBe(value => value < 20);
    }

    [Fact]
    public void Black_in_a_codec_without_an_encoder_is_refused_only_where_a_hole_needs_it()
    {
        var hevc = Media.Record("hevc.mp4", "-f lavfi -i testsrc2=size=64x64:rate=25 -c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=25:bframes=0");

        ShouldRefuse(EditError.NoBlack, WithHole(hevc), options => options with { Holes = EditHoles.Black }).Message.ShouldContain("Ask for stated holes");
        var (path, report) = Export(PlanOf(hevc), "mov", options => options with { Holes = EditHoles.Black });
        report.Holes.ShouldBeEmpty();
        ShouldBeForEditors(path, "25/1", "10:20:30:12", 75);
    }

    [Fact]
    public void Whatever_a_camera_loses_the_file_has_all_its_frames_at_their_places()
    {
        for (var seed = 1; seed <= 4; seed++)
        {
            var random = new Random(seed);
            var lost = Enumerable.Range(1, 73).Where(_ => random.Next(8) == 0).ToHashSet();
            var extent = Media.Record($"lossy-{seed}.mp4", $"-f lavfi -i testsrc2=size=64x64:rate=30000/1001 {Plain} -frames:v 75", (packet, number) =>
            {
                var late = random.NextInt64(packet.Duration * 2 / 5);
                return lost.Contains(number) ? null : packet with { Pts = packet.Pts + late, Dts = packet.Dts + late };
            });
            var plan = PlanOf(extent);

            // Three seconds with jitter do not tell 29.97 from 30, but the camera's parameter sets do.
            var (path, report) = Export(plan, "mov", options => options with { Holes = EditHoles.Black, TimeCode = Parse("23:59:59;20") });

            var kept = Enumerable.Range(0, 75).Where(number => !lost.Contains(number)).ToList();
            report.Length.ShouldBe(75);
            report.Holes.SelectMany(hole => Enumerable.Range((int)hole.Places.Place, (int)hole.Places.Length)).ShouldBe(lost.Order(), $"seed {seed}");
            var black = report.Holes.Where(hole => hole.Shown == EditHoles.Black)
                .SelectMany(hole => Enumerable.Range((int)hole.Places.Place, (int)hole.Places.Length)).ToHashSet();
            var shown = kept.Concat(black).Order().ToList();
            Times(path).ShouldBe(shown.Select(frame => Math.Round(Math.Round(frame * 1001 / 30_000.0, 6) * 1000, 3)));
            EditedFile.Hashes(path, MediaKind.Video).Where((_, index) => !black.Contains(shown[index])).ShouldBe(EditedFile.Hashes(plan, MediaKind.Video));
            TimeCodeStream(path)["tags"]!["timecode"]!.GetValue<string>().ShouldBe("23:59:59;20");
        }
    }

    [Fact]
    public void A_frame_that_is_missing_within_a_group_is_held_also_when_black_is_wanted()
    {
        var extent = Media.Record(
            "missing.mp4", $"-f lavfi -i testsrc2=size=64x64:rate=25 {Plain}", (packet, number) => number is 30 or 31 ? null : packet);

        var (path, report) = Export(PlanOf(extent), "mp4", options => options with { Holes = EditHoles.Black });

        report.Holes.ShouldBe([new EditHole(new GridHole(30, 2), TimeSpan.FromSeconds(1.2), EditHoles.Stated)]);
        report.IsConstantRate.ShouldBeFalse();
        EditedFile.VideoDurations(path).ShouldBe([(29u, 1000u), (1u, 3000u), (43u, 1000u)]);
    }

    [Fact]
    public void Sound_begins_with_the_picture_and_silence_fills_its_holes()
    {
        var (path, report) = Export(WithHole(), "mov");

        var sound = report.Sound.ShouldHaveSingleItem();
        sound.Codec.ShouldBe("aac");
        sound.Offset.Duration().ShouldBeLessThan(TimeSpan.FromSeconds(1024 / 48_000.0));
        sound.Silence.TotalSeconds.ShouldBe(3, 0.05);
        sound.Held.ShouldBe(TimeSpan.Zero);
        sound.LargestShift.Duration().ShouldBeLessThan(TimeSpan.FromSeconds(1024 / 48_000.0));
        var stream = Programs.FFprobe(path)["streams"]![1]!;
        stream["start_time"]!.GetValue<string>().ShouldBe("0.000000");
        double.Parse(stream["duration"]!.GetValue<string>(), CultureInfo.InvariantCulture).ShouldBe(9, 0.08);
    }

    [Fact]
    public void An_interval_ends_with_a_whole_group_of_reordered_frames()
    {
        for (var end = 1.0; end < 1.2; end += 0.02)
        {
            var plan = ExportPlan.Of(RecordedExtents.Sequence(Media.Clip), null, TimeSpan.FromSeconds(end))!;

            var (_, report) = Export(plan, "mov");

            report.Holes.ShouldBeEmpty($"up to {end} s");
            var frames = (long)Math.Ceiling(end * 25 - 0.001);
            report.Length.ShouldBeInRange(frames, frames + 2, $"up to {end} s");
        }
    }

    [Theory]
    [InlineData(EditHoles.Stated)]
    [InlineData(EditHoles.Black)]
    public void The_index_has_room_for_what_fills_a_long_hole(object holes)
    {
        var minutes = TimeSpan.FromMinutes(20);

        var (path, report) = Export(WithHole(every: minutes), "mov", options => options with { Holes = (EditHoles)holes });

        report.Length.ShouldBe((long)(minutes.TotalSeconds + 3) * 25);
        report.Sound.Single().Silence.ShouldBe(minutes - TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(100));
        Programs.FFprobe(path)["streams"]![0]!["nb_read_packets"]!.GetValue<string>().ShouldBe(holes is EditHoles.Black ? "30075" : "150");
    }
}
