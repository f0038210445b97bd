using System.Text;
using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media.Export;
using Recorder.Media.Export.Editing;

namespace Recorder.Media.Tests.Export.Editing;

/// <summary>Files for editors, as FFmpeg, MediaInfo and a walk through their boxes see them.</summary>
public sealed class EditExportSpecs(RecordedExtents media) : EditSpecs(media)
{
    private static readonly ClipMetadata Slate = new()
    {
        Project = "Ärger & <Co>",
        Camera = "B",
        Angle = "2",
        Scene = "12A",
        Take = 3,
        Reel = "A001",
        IsGood = true,
        Note = "clap at 5 s",
        Name = "12A3_B_A001",
        RecordedAt = new DateTimeOffset(2026, 3, 4, 10, 20, 30, TimeSpan.FromHours(1)),
    };

    [Theory]
    [InlineData("mov")]
    [InlineData("mp4")]
    public void A_recording_becomes_one_file_with_its_index_first_a_constant_rate_and_a_time_code(string extension)
    {
        var plan = PlanOf(Camera, Camera);

        var (path, report) = Export(plan, extension, options => options with { Metadata = Slate });

        ShouldBeForEditors(path, "25/1", "10:20:30:12", 150);
        report.IsConstantRate.ShouldBeTrue();
        report.SourceFrames.ShouldBe(150);
        report.Length.ShouldBe(150);
        report.Holes.ShouldBeEmpty();
        report.Rate.ToString().ShouldBe("25");
        report.LargestShift.Duration().ShouldBeLessThan(TimeSpan.FromMilliseconds(1));
        report.Bytes.ShouldBe(new FileInfo(path).Length);
        EditedFile.VideoDurations(path).ShouldBe([(150u, 1000u)]);
        EditedFile.Hashes(path, MediaKind.Video).ShouldBe(EditedFile.Hashes(plan, MediaKind.Video));
        EditedFile.Hashes(plan, MediaKind.Audio).Skip(report.Sound[0].Dropped).ShouldBe(EditedFile.Hashes(path, MediaKind.Audio));
        Times(path).ShouldBe(Enumerable.Range(0, 150).Select(frame => frame * 40.0));
        Decoded(path, "gray", 8, from: 4.52).ShouldBe(Decoded(path, "gray", 8).Skip(113 * 64));
        File.Exists(path + ".part").ShouldBeFalse();
    }

    [Theory]
    [InlineData("mov")]
    [InlineData("mp4")]
    public void Frames_that_are_decoded_before_they_are_shown_need_no_edit_list(string extension)
    {
        var plan = PlanOf(Media.Clip);

        var (path, report) = Export(plan, extension);

        ShouldBeForEditors(path, "25/1", "10:20:30:12", 75);
        Programs.FFprobe(path)["streams"]![0]!["has_b_frames"]!.GetValue<int>().ShouldBeGreaterThan(0);
        report.IsConstantRate.ShouldBeTrue();
        EditedFile.Hashes(path, MediaKind.Video).ShouldBe(EditedFile.Hashes(plan, MediaKind.Video));
        Times(path).ShouldBe(Enumerable.Range(0, 75).Select(frame => frame * 40.0));
        Decoded(path, "gray", 16).ShouldBe(Decoded(Media.Clip.Path, "gray", 16));
    }

    [Theory]
    [InlineData("mov")]
    [InlineData("mp4")]
    public void The_slate_is_in_the_keys_that_editors_read(string extension)
    {
        var (path, _) = Export(PlanOf(Media.Clip), extension, options => options with { Metadata = Slate });

        var keys = EditedFile.Keys(path);
        keys["com.apple.proapps.cameraName"].ShouldBe("B");
        keys["com.apple.proapps.cameraID"].ShouldBe("B");
        keys["com.apple.proapps.angle"].ShouldBe("2");
        keys["com.apple.proapps.scene"].ShouldBe("12A");
        keys["com.apple.proapps.shot"].ShouldBe("3");
        keys["com.apple.proapps.reel"].ShouldBe("A001");
        keys["com.apple.proapps.isGood"].ShouldBe("1");
        keys["com.apple.proapps.studio.shot"].ShouldBe("3");
        keys["com.apple.quicktime.creationdate"].ShouldBe("2026-03-04T10:20:30+01:00");
        // FFmpeg reads the same box.
        Programs.FFprobe(path)["format"]!["tags"]!["com.apple.proapps.logNote"]!.GetValue<string>().ShouldBe("clap at 5 s");
        var boxes = EditedFile.Boxes(path);
        var xmp = extension == "mov"
            ? boxes.Single(box => box.Path == "moov/udta/XMP_").Content
            : boxes.Single(box => box.Path == "uuid").Content[16..];
        var packet = System.Xml.Linq.XElement.Parse(Encoding.UTF8.GetString(xmp).Split("?>")[1].Split("<?xpacket")[0]);
        var values = packet.Descendants().Where(element => !element.HasElements).ToLookup(element => element.Name.LocalName, element => element.Value);
        values["scene"].ShouldBe(["12A"]);
        values["takeNumber"].ShouldBe(["3"]);
        values["tapeName"].ShouldBe(["A001"]);
        values["good"].ShouldBe(["True"]);
        values["projectName"].ShouldBe(["Ärger & <Co>"]);
        values["timeFormat"].ShouldBe(["25Timecode", "25Timecode"]);
        var reel = TimeCodeStream(path)["tags"]!["reel_name"]?.GetValue<string>();
        reel.ShouldBe(extension == "mov" ? "A001" : null);
    }

    [Theory]
    [InlineData("30000/1001", "29.97", "00:00:59;28", 30_000, 1001)]
    [InlineData("24000/1001", "23.976", "23:59:59:20", 24_000, 1001)]
    [InlineData("60000/1001", "59.94", "01:00:00;00", 60_000, 1001)]
    [InlineData("50/1", "50", "09:00:00:49", 50_000, 1000)]
    public void Each_rate_has_its_time_code(string fraction, string rate, string timeCode, int timescale, int ticks)
    {
        var extent = Media.Record($"rate-{rate}.mp4", $"-f lavfi -i testsrc2=size=64x64:rate={fraction} {Plain}");

        var (path, report) = Export(PlanOf(extent), "mov", options => options with { TimeCode = Parse(timeCode) });

        var frames = (int)report.SourceFrames;
        ShouldBeForEditors(path, fraction, timeCode, frames);
        report.Rate.ToString().ShouldBe(rate);
        EditedFile.VideoDurations(path).ShouldBe([((uint)frames, (uint)ticks)]);
        Programs.FFprobe(path)["streams"]![0]!["time_base"]!.GetValue<string>().ShouldBe($"1/{timescale}");
    }

    [Fact]
    public void Frames_of_a_camera_with_jitter_are_laid_on_the_grid_and_the_largest_shift_is_stated()
    {
        var random = new Random(3);
        var extent = Media.Record("jitter.mp4", $"-f lavfi -i testsrc2=size=64x64:rate=25 {Plain}", (packet, number) =>
        {
            var late = number == 0 ? 0 : number == 40 ? packet.Duration / 2 : random.NextInt64(packet.Duration / 3);
            return packet with { Pts = packet.Pts + late, Dts = packet.Dts + late };
        });
        var plan = PlanOf(extent);

        var (path, report) = Export(plan, "mov");

        ShouldBeForEditors(path, "25/1", "10:20:30:12", 75);
        EditedFile.VideoDurations(path).ShouldBe([(75u, 1000u)]);
        EditedFile.Hashes(path, MediaKind.Video).ShouldBe(EditedFile.Hashes(plan, MediaKind.Video));
        report.Origin.TotalMilliseconds.ShouldBeInRange(3, 13);
        report.LargestShift.TotalMilliseconds.ShouldBe(-(20 - report.Origin.TotalMilliseconds), 0.5);
        report.ShiftedMost.ShouldBe(40);
    }

    [Fact]
    public void An_interval_begins_at_a_key_frame_and_its_time_code_is_that_of_the_key_frame()
    {
        var plan = ExportPlan.Of(RecordedExtents.Sequence(Camera, Camera), TimeSpan.FromSeconds(4.3), null)!;
        var midnight = TimeSpan.FromHours(9);

        var (path, report) = Export(plan, "mov", options => options with { TimeCode = (rate, begin) => TimeCode.OfTimeOfDay(midnight + begin, rate) });

        report.Begin.ShouldBe(TimeSpan.FromSeconds(4), TimeSpan.FromMilliseconds(1));
        ShouldBeForEditors(path, "25/1", "09:00:04:00", 50);
        EditedFile.Hashes(path, MediaKind.Video).ShouldBe(EditedFile.Hashes(PlanOf(Camera), MediaKind.Video).Skip(25));
    }

    [Fact]
    public void A_camera_at_12_5_frames_per_second_is_refused_with_what_it_sends()
    {
        var extent = Media.Record("slow.mp4", $"-f lavfi -i testsrc2=size=64x64:rate=25/2 {Plain}");

        var refused = ShouldRefuse(EditError.NoTimeCodeRate, PlanOf(extent));

        refused.Message.ShouldContain("sends 12.5 frames per second");
    }

    [Fact]
    public void Another_rate_or_a_time_code_of_another_rate_is_refused()
    {
        TimeCodeRate.TryParse("50", out var other).ShouldBeTrue();

        ShouldRefuse(EditError.OtherRate, PlanOf(Media.Clip), options => options with { Rate = other }).Message.ShouldContain("own rate is 25");
        ShouldRefuse(EditError.WrongTimeCode, PlanOf(Media.Clip), options => options with { TimeCode = (_, _) => TimeCode.At(0, other) });
        ShouldRefuse(EditError.WrongTimeCode, PlanOf(Media.Clip), options => options with { TimeCode = (rate, _) => TimeCode.At(0, rate, isDropFrame: true) })
            .Message.ShouldContain("Drop-frame counting does not exist at 25");
    }

    [Fact]
    public void A_full_disk_is_a_sentence_and_leaves_no_file()
    {
        var path = Media.New(".mov");
        // Every write to this device fails as on a full volume.
        File.CreateSymbolicLink(path + ".part", "/dev/full");

        var failed = Should.Throw<EditExportException>(() => EditExport.Write(PlanOf(Media.Clip), Options(), path, null, default));

        failed.Error.ShouldBe(EditError.DiskFull);
        failed.Message.ShouldContain("is full; free some space");
        File.Exists(path).ShouldBeFalse();
        new FileInfo(path + ".part").LinkTarget.ShouldBeNull();
        File.Exists(path + ".part").ShouldBeFalse();
    }

    [Fact]
    public void A_file_that_is_there_is_not_overwritten_and_a_cancelled_export_leaves_none()
    {
        var path = Media.New(".mov");
        File.WriteAllText(path, "mine");

        Should.Throw<EditExportException>(() => EditExport.Write(PlanOf(Media.Clip), Options(), path, null, default)).Message.ShouldContain("already exists");
        File.ReadAllText(path).ShouldBe("mine");
        using var cancelled = new CancellationTokenSource();
        var seen = new List<EditProgress>();
        var progress = new Reports(report =>
        {
            seen.Add(report);
            cancelled.Cancel();
        });
        Should.Throw<OperationCanceledException>(
            () => EditExport.Write(PlanOf(Camera, Camera), Options() with { Overwrite = true }, path, progress, cancelled.Token));
        seen.ShouldBe([new EditProgress(100, 150)]);
        File.ReadAllText(path).ShouldBe("mine");
        File.Exists(path + ".part").ShouldBeFalse();
        EditExport.Write(PlanOf(Media.Clip), Options() with { Overwrite = true }, path, null, default).Bytes.ShouldBe(new FileInfo(path).Length);
    }
}
