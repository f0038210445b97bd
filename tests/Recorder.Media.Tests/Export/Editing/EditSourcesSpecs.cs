using System.Globalization;
using Recorder.FFmpeg;
using Recorder.Media.Export;
using Recorder.Media.Export.Editing;

namespace Recorder.Media.Tests.Export.Editing;

/// <summary>Files for editors of recordings in other containers and codecs.</summary>
public sealed class EditSourcesSpecs(RecordedExtents media) : EditSpecs(media)
{
    [Fact]
    public void A_camera_with_G711_is_copied_into_a_mov_and_an_mp4_of_it_is_refused()
    {
        var extent = Media.Record("g711.mkv", $"-f lavfi -i testsrc2=size=64x64:rate=25 {Sound} {Plain} -c:a pcm_alaw -ar 8000");
        var plan = PlanOfMatroska(extent, null, null);

        var (path, report) = Export(plan, "mov");

        ShouldBeForEditors(path, "25/1", "10:20:30:12", 75);
        report.Sound.Single().Codec.ShouldBe("pcm_alaw");
        EditedFile.Hashes(path, MediaKind.Video).ShouldBe(EditedFile.Hashes(plan, MediaKind.Video));
        ShouldRefuse(EditError.NotHeld, plan, options => options with { Container = EditContainer.Mp4 }).Message.ShouldContain("ask for MOV");
        ShouldRefuse(EditError.NoVideo, PlanOf(Media.Sound));
    }

    [Theory]
    [InlineData("aac", "mov")]
    [InlineData("aac", "mp4")]
    [InlineData("libopus", "mp4")]
    [InlineData("flac", "mp4")]
    [InlineData("libmp3lame", "mov")]
    public void Times_in_milliseconds_become_exact_ones(string sound, string extension)
    {
        var extent = Media.Record(
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
        var extent = Media.Record("opus.mkv", $"-f lavfi -i testsrc2=size=64x64:rate=25 {Sound} {Plain} -c:a libopus");

        ShouldRefuse(EditError.NotHeld, PlanOfMatroska(extent, null, null)).Message.ShouldContain("Ask for MP4");
    }

    [Fact]
    public void Parameter_sets_may_change_and_are_then_in_the_frames_but_the_size_may_not()
    {
        var other = Media.Record("cabac.mp4", $"-f lavfi -i testsrc2=size=64x64:rate=25 {Sound} -c:v libx264 -preset veryfast -bf 0 -g 25 -c:a aac");

        var (path, report) = Export(PlanOf(Camera, other), "mov");

        ShouldBeForEditors(path, "25/1", "10:20:30:12", 150);
        report.ChangesParameterSets.ShouldBeTrue();
        Export(PlanOf(Camera, Camera), "mov").Report.ChangesParameterSets.ShouldBeFalse();
        ShouldRefuse(EditError.NotHeld, PlanOf(Media.Clip, Media.OtherSize)).Message.ShouldContain("from 64×64 to 96×64");
    }

    [Theory]
    [InlineData(1009)]
    [InlineData(991)]
    public void A_camera_whose_clock_drifts_has_a_constant_rate_and_its_sound_follows(int permille)
    {
        var extent = Media.Record($"drift-{permille}.mp4", $"-f lavfi -i testsrc2=size=64x64:rate=25 {Sound} {Plain} -c:a aac", (packet, _) =>
            packet with { Pts = packet.Pts * permille / 1000, Dts = packet.Dts * permille / 1000 });
        var plan = PlanOf(extent);

        var (path, report) = Export(plan, "mov");

        ShouldBeForEditors(path, "25/1", "10:20:30:12", 75);
        report.IsConstantRate.ShouldBeTrue();
        report.DriftPpm.ShouldBe((permille - 1000) * 1000, 100);
        report.LargestShift.TotalMilliseconds.ShouldBe((1000 - permille) * 74 * 0.04, 1);
        EditedFile.Hashes(path, MediaKind.Video).ShouldBe(EditedFile.Hashes(plan, MediaKind.Video));
        var sound = report.Sound.ShouldHaveSingleItem();
        sound.Silence.ShouldBe(TimeSpan.Zero);
        sound.Dropped.ShouldBeLessThan(3);
        sound.LargestShift.Duration().ShouldBeLessThan(TimeSpan.FromMilliseconds(11));
    }
}
