using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media.Export;
using Recorder.Media.Export.Editing;
using Recorder.Media.Fragments;

namespace Recorder.Media.Tests.Export.Editing;

/// <summary>Files for editors, as FFmpeg, MediaInfo and a walk through their boxes see them.</summary>
public sealed class EditExportSpecs(RecordedExtents media) : IClassFixture<RecordedExtents>
{
    private const string Plain = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25 -bf 0";
    private const string Sound = "-f lavfi -i sine=440:sample_rate=48000";

    // As a camera sends it: frames in the order in which they are shown.
    private Extent Camera => media.Record("camera.mp4", $"-f lavfi -i testsrc2=size=64x64:rate=25 {Sound} {Plain} -c:a aac");

    private static readonly ClipMetadata Slate = new()
    {
        Project = "Ärger & <Co>", Camera = "B", Angle = "2", Scene = "12A", Take = 3, Reel = "A001", IsGood = true, Note = "clap at 5 s", Name = "12A3_B_A001",
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
        File.Exists(path + ".part").ShouldBeFalse();
    }

    [Theory]
    [InlineData("mov")]
    [InlineData("mp4")]
    public void Frames_that_are_decoded_before_they_are_shown_need_no_edit_list(string extension)
    {
        var plan = PlanOf(media.Clip);

        var (path, report) = Export(plan, extension);

        ShouldBeForEditors(path, "25/1", "10:20:30:12", 75);
        Programs.FFprobe(path)["streams"]![0]!["has_b_frames"]!.GetValue<int>().ShouldBeGreaterThan(0);
        report.IsConstantRate.ShouldBeTrue();
        EditedFile.Hashes(path, MediaKind.Video).ShouldBe(EditedFile.Hashes(plan, MediaKind.Video));
        Times(path).ShouldBe(Enumerable.Range(0, 75).Select(frame => frame * 40.0));
        Decoded(path, "gray", 16).ShouldBe(Decoded(media.Clip.Path, "gray", 16));
    }

    [Theory]
    [InlineData("mov")]
    [InlineData("mp4")]
    public void The_slate_is_in_the_keys_that_editors_read(string extension)
    {
        var (path, _) = Export(PlanOf(media.Clip), extension, options => options with { Metadata = Slate });

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
        var extent = media.Record($"rate-{rate}.mp4", $"-f lavfi -i testsrc2=size=64x64:rate={fraction} {Plain}");

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
        var extent = media.Record("jitter.mp4", $"-f lavfi -i testsrc2=size=64x64:rate=25 {Plain}", (packet, number) =>
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
    public void A_camera_at_12_5_frames_per_second_is_refused_with_what_it_sends()
    {
        var extent = media.Record("slow.mp4", $"-f lavfi -i testsrc2=size=64x64:rate=25/2 {Plain}");

        var refused = ShouldRefuse(EditError.NoTimeCodeRate, PlanOf(extent));

        refused.Message.ShouldContain("sends 12.5 frames per second");
    }

    [Fact]
    public void Another_rate_or_a_time_code_of_another_rate_is_refused()
    {
        TimeCodeRate.TryParse("50", out var other).ShouldBeTrue();

        ShouldRefuse(EditError.OtherRate, PlanOf(media.Clip), options => options with { Rate = other }).Message.ShouldContain("own rate is 25");
        ShouldRefuse(EditError.WrongTimeCode, PlanOf(media.Clip), options => options with { TimeCode = _ => TimeCode.At(0, other) });
    }

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
        var extent = media.Record(
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
        var hevc = media.Record("hevc.mp4", "-f lavfi -i testsrc2=size=64x64:rate=25 -c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=25:bframes=0");

        ShouldRefuse(EditError.NoBlack, WithHole(hevc), options => options with { Holes = EditHoles.Black }).Message.ShouldContain("Ask for stated holes");
        var (path, report) = Export(PlanOf(hevc), "mov", options => options with { Holes = EditHoles.Black });
        report.Holes.ShouldBeEmpty();
        ShouldBeForEditors(path, "25/1", "10:20:30:12", 75);
    }

    [Fact]
    public void Whatever_a_camera_loses_the_file_has_all_its_frames_at_their_places()
    {
        for (var seed = 1; seed <= 8; seed++)
        {
            var random = new Random(seed);
            var lost = Enumerable.Range(1, 73).Where(_ => random.Next(8) == 0).ToHashSet();
            var extent = media.Record($"lossy-{seed}.mp4", $"-f lavfi -i testsrc2=size=64x64:rate=30000/1001 {Plain} -frames:v 75", (packet, number) =>
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
        var extent = media.Record(
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
    public void A_camera_with_G711_is_copied_into_a_mov_and_an_mp4_of_it_is_refused()
    {
        var extent = media.Record("g711.mkv", $"-f lavfi -i testsrc2=size=64x64:rate=25 {Sound} {Plain} -c:a pcm_alaw -ar 8000");
        var plan = PlanOfMatroska(extent, null, null);

        var (path, report) = Export(plan, "mov");

        ShouldBeForEditors(path, "25/1", "10:20:30:12", 75);
        report.Sound.Single().Codec.ShouldBe("pcm_alaw");
        EditedFile.Hashes(path, MediaKind.Video).ShouldBe(EditedFile.Hashes(plan, MediaKind.Video));
        ShouldRefuse(EditError.NotHeld, plan, options => options with { Container = EditContainer.Mp4 }).Message.ShouldContain("ask for MOV");
        ShouldRefuse(EditError.NoVideo, PlanOf(media.Sound));
    }

    [Theory]
    [InlineData("aac", "mov")]
    [InlineData("aac", "mp4")]
    [InlineData("libopus", "mp4")]
    [InlineData("flac", "mp4")]
    [InlineData("libmp3lame", "mov")]
    public void Times_in_milliseconds_become_exact_ones(string sound, string extension)
    {
        var extent = media.Record(
            $"rounded-{sound}.mkv", $"-f lavfi -i testsrc2=size=64x64:rate=30000/1001 {Sound} {Plain.Replace("-bf 0", "-bf 2", StringComparison.Ordinal)} -strict experimental -c:a {sound}");
        var plan = PlanOfMatroska(extent, TimeSpan.FromSeconds(1), null);

        var (path, report) = Export(plan, extension, options => options with { TimeCode = Parse("10:20:30;12") });

        ShouldBeForEditors(path, "30000/1001", "10:20:30;12", (int)report.Length);
        report.IsConstantRate.ShouldBeTrue();
        report.LargestShift.Duration().ShouldBeLessThan(TimeSpan.FromMilliseconds(1));
        report.Length.ShouldBeInRange(60, 66);
        var track = report.Sound.ShouldHaveSingleItem();
        track.LargestShift.Duration().ShouldBeLessThan(TimeSpan.FromMilliseconds(21.4));
        track.Silence.ShouldBe(TimeSpan.Zero);
        track.Held.ShouldBe(TimeSpan.Zero);
        var stream = Programs.FFprobe(path)["streams"]![1]!;
        double.Parse(stream["duration"]!.GetValue<string>(), CultureInfo.InvariantCulture).ShouldBe(report.Length * 1001 / 30_000.0, 0.1);
    }

    [Fact]
    public void A_mov_cannot_hold_opus_and_the_sentence_names_mp4()
    {
        var extent = media.Record("opus.mkv", $"-f lavfi -i testsrc2=size=64x64:rate=25 {Sound} {Plain} -c:a libopus");

        ShouldRefuse(EditError.NotHeld, PlanOfMatroska(extent, null, null)).Message.ShouldContain("Ask for MP4");
    }

    [Fact]
    public void Parameter_sets_may_change_and_are_then_in_the_frames_but_the_size_may_not()
    {
        var other = media.Record("cabac.mp4", $"-f lavfi -i testsrc2=size=64x64:rate=25 {Sound} -c:v libx264 -preset veryfast -bf 0 -g 25 -c:a aac");

        var (path, report) = Export(PlanOf(Camera, other), "mov");

        ShouldBeForEditors(path, "25/1", "10:20:30:12", 150);
        report.ChangesParameterSets.ShouldBeTrue();
        Export(PlanOf(Camera, Camera), "mov").Report.ChangesParameterSets.ShouldBeFalse();
        ShouldRefuse(EditError.NotHeld, PlanOf(media.Clip, media.OtherSize)).Message.ShouldContain("from 64×64 to 96×64");
    }

    [Fact]
    public void A_full_disk_is_a_sentence_and_leaves_no_file()
    {
        var path = media.New(".mov");
        // Every write to this device fails as on a full volume.
        File.CreateSymbolicLink(path + ".part", "/dev/full");

        var failed = Should.Throw<EditExportException>(() => EditExport.Write(PlanOf(media.Clip), Options(), path, null, default));

        failed.Error.ShouldBe(EditError.DiskFull);
        failed.Message.ShouldContain("is full; free some space");
        File.Exists(path).ShouldBeFalse();
        new FileInfo(path + ".part").LinkTarget.ShouldBeNull();
        File.Exists(path + ".part").ShouldBeFalse();
    }

    [Fact]
    public void A_file_that_is_there_is_not_overwritten_and_a_cancelled_export_leaves_none()
    {
        var path = media.New(".mov");
        File.WriteAllText(path, "mine");

        Should.Throw<EditExportException>(() => EditExport.Write(PlanOf(media.Clip), Options(), path, null, default)).Message.ShouldContain("already exists");
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
        EditExport.Write(PlanOf(media.Clip), Options() with { Overwrite = true }, path, null, default).Bytes.ShouldBe(new FileInfo(path).Length);
    }

    [Fact]
    public void An_interval_ends_with_a_whole_group_of_reordered_frames()
    {
        for (var end = 1.0; end < 1.2; end += 0.02)
        {
            var plan = ExportPlan.Of(RecordedExtents.Sequence(media.Clip), null, TimeSpan.FromSeconds(end))!;

            var (_, report) = Export(plan, "mov");

            report.Holes.ShouldBeEmpty($"up to {end} s");
            var frames = (long)Math.Ceiling(end * 25 - 0.001);
            report.Length.ShouldBeInRange(frames, frames + 2, $"up to {end} s");
        }
    }

    private static void ShouldBeForEditors(string path, string rate, string timeCode, int frames)
    {
        var boxes = EditedFile.Boxes(path).Select(box => box.Path).ToList();
        boxes.IndexOf("moov").ShouldBeInRange(0, boxes.IndexOf("mdat"));
        boxes.ShouldNotContain(box => box.Contains("moof") || box.Contains("mvex") || box.Contains("mfra") || box.Contains("edts"));
        var probe = Programs.FFprobe(path);
        var video = probe["streams"]![0]!;
        video["r_frame_rate"]!.GetValue<string>().ShouldBe(rate);
        video["avg_frame_rate"]!.GetValue<string>().ShouldBe(rate);
        video["nb_frames"]!.GetValue<string>().ShouldBe(frames.ToString(CultureInfo.InvariantCulture));
        video["nb_read_packets"]!.GetValue<string>().ShouldBe(frames.ToString(CultureInfo.InvariantCulture));
        video["start_pts"]!.GetValue<int>().ShouldBe(0);
        video["tags"]!["timecode"]!.GetValue<string>().ShouldBe(timeCode);
        TimeCodeStream(path)["tags"]!["timecode"]!.GetValue<string>().ShouldBe(timeCode);
        var tracks = Programs.MediaInfo(path);
        TrackOf("General")["IsStreamable"]!.GetValue<string>().ShouldBe("Yes");
        TrackOf("Video")["FrameRate_Mode"]!.GetValue<string>().ShouldBe("CFR");
        TrackOf("Video")["FrameCount"]!.GetValue<string>().ShouldBe(frames.ToString(CultureInfo.InvariantCulture));
        var other = TrackOf("Other");
        other["Type"]!.GetValue<string>().ShouldBe("Time code");
        other["TimeCode_FirstFrame"]!.GetValue<string>().ShouldBe(timeCode);
        Programs.ShouldDecode(path);

        JsonNode TrackOf(string type) => tracks.Single(track => track!["@type"]!.GetValue<string>() == type)!;
    }

    private static JsonNode TimeCodeStream(string path) =>
        Programs.FFprobe(path)["streams"]!.AsArray().Single(stream => stream!["codec_tag_string"]!.GetValue<string>() == "tmcd")!;

    /// <summary>When frames are shown, in milliseconds.</summary>
    private static IReadOnlyList<double> Times(string path) =>
    [
        .. Programs.Run("ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time", "-of", "csv=p=0", path)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => Math.Round(double.Parse(line.TrimEnd(','), CultureInfo.InvariantCulture) * 1000, 3)).Order(),
    ];

    private byte[] Decoded(string path, string format, int size)
    {
        var raw = media.New(".raw");
        Programs.Run(
            "ffmpeg", "-v", "error", "-nostdin", "-i", path, "-map", "0:v", "-vf", $"scale={size}:{size},format={format}", "-fps_mode", "passthrough", "-f", "rawvideo", raw);
        return File.ReadAllBytes(raw);
    }

    private static Func<TimeCodeRate, TimeCode> Parse(string text) =>
        rate => TimeCode.TryParse(text, rate, out var timeCode) ? timeCode : throw new ArgumentException(text);

    private static EditFileOptions Options() => new() { TimeCode = Parse("10:20:30:12") };

    private static ExportPlan PlanOf(params Extent[] extents) => ExportPlan.Of(RecordedExtents.Sequence(extents), null, null)!;

    private static ExportPlan PlanOfMatroska(Extent extent, TimeSpan? from, TimeSpan? to) =>
        ExportPlan.Of([new WantedExtent(extent, new LocalMedia(extent.Path))], from, to)!;

    // The camera was away for three seconds.
    private ExportPlan WithHole(Extent? extent = null)
    {
        var parts = RecordedExtents.Sequence(extent ?? Camera, extent ?? Camera).Select((part, index) => part with
        {
            Extent = part.Extent with { MediaTime = TimeSpan.FromSeconds(index * 6) },
            Zero = TimeSpan.FromSeconds(index * 6),
        });
        return ExportPlan.Of([.. parts], null, null)!;
    }

    private (string Path, EditFileReport Report) Export(ExportPlan plan, string extension, Func<EditFileOptions, EditFileOptions>? with = null)
    {
        var path = media.New($".{extension}");
        var options = Options() with { Container = extension == "mov" ? EditContainer.Mov : EditContainer.Mp4 };
        return (path, EditExport.Write(plan, with?.Invoke(options) ?? options, path, null, default));
    }

    private EditExportException ShouldRefuse(EditError error, ExportPlan plan, Func<EditFileOptions, EditFileOptions>? with = null)
    {
        var path = media.New(".mov");
        var refused = Should.Throw<EditExportException>(() => EditExport.Write(plan, with?.Invoke(Options()) ?? Options(), path, null, default));
        refused.Error.ShouldBe(error);
        Directory.GetFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + "*").ShouldBeEmpty();
        return refused;
    }

    private sealed class Reports(Action<EditProgress> take) : IProgress<EditProgress>
    {
        public void Report(EditProgress value) => take(value);
    }
}
