using Recorder.Integration.Tests.Harness;

namespace Recorder.Integration.Tests;

/// <summary>Files whose codecs the container holds are copied packet for packet.</summary>
public class FileCopySpecs
{
    [Theory]
    [InlineData("h264.mp4", "copy.mp4")]
    [InlineData("h264.mp4", "copy.mkv")]
    [InlineData("h264-bframes.mp4", "copy.mp4")]
    [InlineData("h264-bframes.mp4", "copy.mkv")]
    [InlineData("h264-bframes.mkv", "copy.mp4")]
    [InlineData("h264.ts", "copy.mp4")]
    [InlineData("hevc.mp4", "copy.mp4")]
    [InlineData("hevc.mp4", "copy.mkv")]
    [InlineData("vp8-opus.webm", "copy.webm")]
    [InlineData("vp9-opus.webm", "copy.webm")]
    [InlineData("vp9-opus.webm", "copy.mp4")]
    [InlineData("av1.mp4", "copy.mp4")]
    [InlineData("av1-opus.mkv", "copy.webm")]
    [InlineData("audio.m4a", "copy.m4a")]
    [InlineData("audio.opus", "copy.webm")]
    public async Task File_is_copied_packet_for_packet(string source, string output)
    {
        using var folder = new TestFolder();
        var input = await MediaZoo.GetAsync(source);
        await using var process = await RecorderProcess.RunAsync(
            folder.Root, $"record {input}?pace=fast --timeslice 1s -o {output} --json", exitCode: 0);

        Recorded.IsWhole(process);
        (await process.EventAsync("stop")).Text("reason").ShouldBe("sourceEnded");
        var probe = await Recorded.PlaysFromZeroAsync(folder.File(output));
        await StreamCopy.IsCompleteAsync(input, probe);
    }

    [Theory]
    [InlineData("h264-short.mp4")]
    public async Task Paced_file_takes_its_own_time_and_loses_nothing(string source)
    {
        using var folder = new TestFolder();
        var input = await MediaZoo.GetAsync(source);
        var started = TimeProvider.System.GetTimestamp();
        await using var process = await RecorderProcess.RunAsync(
            folder.Root, $"record {input} --timeslice 500ms -o copy.mp4 --json", exitCode: 0);

        TimeProvider.System.GetElapsedTime(started).ShouldBeGreaterThan(TimeSpan.FromSeconds(1.8));
        Recorded.IsWhole(process);
        process.Data.Count.ShouldBeGreaterThan(1);
        var probe = await Recorded.PlaysFromZeroAsync(folder.File("copy.mp4"));
        await StreamCopy.IsCompleteAsync(input, probe);
    }

    [Fact]
    public async Task Looped_file_is_one_timeline()
    {
        using var folder = new TestFolder();
        var input = await MediaZoo.GetAsync("h264-short.mp4");
        await using var process = await RecorderProcess.RunAsync(
            folder.Root, $"record {input}?pace=fast&loop=3 --timeslice 1s -o copy.mp4 --json", exitCode: 0);

        Recorded.IsWhole(process);
        var probe = await Recorded.PlaysFromZeroAsync(folder.File("copy.mp4"));
        probe.PacketsOf(probe.Video!).Count.ShouldBe(150);
        probe.Span(probe.Video!).ShouldBe(6, 0.2);
    }

    [Fact]
    public async Task Source_whose_codecs_do_not_fit_is_encoded()
    {
        using var folder = new TestFolder();
        var input = await MediaZoo.GetAsync("h264-short.mp4");
        await using var process = await RecorderProcess.RunAsync(
            folder.Root, $"record {input}?pace=fast --mime 'video/webm;codecs=vp8,opus' --timeslice 1s -o copy.webm --json", exitCode: 0);

        Recorded.IsWhole(process);
        var probe = await Recorded.PlaysFromZeroAsync(folder.File("copy.webm"));
        (probe.Video!.Codec, probe.Audio!.Codec).ShouldBe(("vp8", "opus"));
        probe.PacketsOf(probe.Video).Count.ShouldBe(50);
        probe.Span(probe.Video).ShouldBe(2, 0.041);
    }

    [Fact]
    public async Task Probe_tells_the_tracks_and_what_they_can_be_recorded_to()
    {
        using var folder = new TestFolder();
        var input = await MediaZoo.GetAsync("h264.mp4");
        await using var process = await RecorderProcess.RunAsync(folder.Root, $"probe {input}", exitCode: 0);

        process.PlainOutput.ShouldContain("320x240", Case.Insensitive);
        process.PlainOutput.ShouldContain("h264", Case.Insensitive);
        process.PlainOutput.ShouldContain("aac", Case.Insensitive);
        process.PlainOutput.ShouldContain("25");
        process.PlainOutput.ShouldContain("mp4", Case.Insensitive);
        Directory.GetFileSystemEntries(folder.Root).ShouldBeEmpty();
    }
}
