using Recorder.Integration.Tests.Harness;

namespace Recorder.Integration.Tests;

/// <summary>The built-in pattern, encoded.</summary>
public class TestPatternSpecs
{
    private const string Small = "test:?size=320x240&pace=fast";

    [Theory]
    [InlineData("take.mp4", "", "h264", "aac", "video/mp4;codecs=avc1.")]
    [InlineData("take.webm", "--mime 'video/webm;codecs=vp8,opus'", "vp8", "opus", "video/webm;codecs=vp8,opus")]
    [InlineData("take.webm", "--mime 'video/webm;codecs=vp9,opus'", "vp9", "opus", "video/webm;codecs=vp09.")]
    [InlineData("take.mp4", "--mime 'video/mp4;codecs=av01,aac'", "av1", "aac", "video/mp4;codecs=av01.")]
    [InlineData("take.webm", "--mime 'video/webm;codecs=av1,opus'", "av1", "opus", "video/webm;codecs=av01.")]
    [InlineData("take.mkv", "", "h264", "", "video/x-matroska;codecs=avc1.")]
    public async Task Test_pattern_is_encoded_into_a_file_that_plays_and_whose_blobs_are_the_file(
        string file, string options, string video, string audio, string mimeType)
    {
        using var folder = new TestFolder();
        await using var process = await RecorderProcess.RunAsync(
            folder.Root, $"record {Small} --duration 3s --timeslice 1s {options} -o {file} --json", exitCode: 0);

        Recorded.IsWhole(process);
        (await process.EventAsync("start")).Text("mimeType").ShouldStartWith(mimeType);
        var stop = await process.EventAsync("stop");
        stop.Text("reason").ShouldBe("requested");
        stop.Number("duration").ShouldBe(3000, 40);
        process.Data.Count.ShouldBeInRange(3, 4);
        process.Data.Take(2).ShouldAllBe(e => e.Blob.Duration >= 999 && e.Blob.Duration < 1100);

        var probe = await Recorded.PlaysFromZeroAsync(folder.File(file));
        probe.Video!.Codec.ShouldBe(video);
        (probe.Video.Width, probe.Video.Height).ShouldBe((320, 240));
        probe.PacketsOf(probe.Video).Count.ShouldBeInRange(74, 76);
        probe.Span(probe.Video).ShouldBe(3, 0.041);
        if (audio.Length > 0)
            probe.Audio!.Codec.ShouldBe(audio);

        probe.Span(probe.Audio!).ShouldBe(3, 0.07);
        probe.Duration.ShouldBe(3, 0.07);
    }

    [Theory]
    [InlineData("tone.m4a", "", "aac", "audio/mp4;codecs=mp4a.40.2")]
    [InlineData("tone.webm", "--mime 'audio/webm;codecs=opus'", "opus", "audio/webm;codecs=opus")]
    [InlineData("tone.mka", "", "", "audio/x-matroska;codecs=")]
    public async Task Audio_only_is_encoded_into_a_file_that_plays(string file, string options, string codec, string mimeType)
    {
        using var folder = new TestFolder();
        await using var process = await RecorderProcess.RunAsync(
            folder.Root, $"record test:?video=off&pace=fast --duration 3s --timeslice 1s {options} -o {file} --json", exitCode: 0);

        Recorded.IsWhole(process);
        (await process.EventAsync("start")).Text("mimeType").ShouldStartWith(mimeType);
        process.Data.ShouldAllBe(e => e.Blob.Length == 0 || e.Blob.StartsWithKeyFrame);
        var probe = await Recorded.PlaysFromZeroAsync(folder.File(file));
        probe.Streams.Count.ShouldBe(1);
        if (codec.Length > 0)
            probe.Audio!.Codec.ShouldBe(codec);

        probe.Span(probe.Audio!).ShouldBe(3, 0.07);
    }

    [Fact]
    public async Task Without_a_timeslice_all_is_one_blob_in_its_own_folder()
    {
        using var folder = new TestFolder();
        await using var process = await RecorderProcess.RunAsync(
            folder.Root, $"record {Small} --duration 2s --out takes --json", exitCode: 0);

        Recorded.IsWhole(process);
        var blob = process.Data.ShouldHaveSingleItem().Blob;
        var recording = new FileInfo(blob.Path).Directory!;
        recording.Parent!.FullName.ShouldBe(folder.File("takes/test"));
        recording.EnumerateFiles().Select(f => f.Name).Order().ShouldBe(["000001.mp4", "index.jsonl", "recording.json"]);
    }

    [Fact]
    public async Task Extents_roll_at_key_frames_and_each_plays_alone()
    {
        using var folder = new TestFolder();
        await using var process = await RecorderProcess.RunAsync(
            folder.Root,
            $"record {Small} --duration 6s --timeslice 1s --key-frame-interval 1s --extent 2s --out takes --json",
            exitCode: 0);

        Recorded.IsWhole(process);
        var extents = process.Data.Where(e => e.Blob.Length > 0).Select(e => e.Blob.Path).Distinct().ToList();
        extents.Count.ShouldBeInRange(3, 4);
        var frames = 0;
        foreach (var extent in extents)
        {
            await MediaProbe.DecodesAsync(extent);
            var probe = await MediaProbe.OfAsync(extent);
            probe.PacketsOf(probe.Video!)[0].Key.ShouldBeTrue();
            frames += probe.PacketsOf(probe.Video!).Count;
        }

        frames.ShouldBeInRange(149, 151);
    }
}
