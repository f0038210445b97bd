using Recorder.Integration.Tests.Harness;

namespace Recorder.Integration.Tests;

/// <summary>Whatever comes is recorded, or refused with its reason; nothing crashes the process.</summary>
public class InputZooSpecs
{
    [Theory]
    [InlineData("h264.mp4")]
    [InlineData("h264-bframes.mp4")]
    [InlineData("h264-bframes.mkv")]
    [InlineData("h264-huge-gop.mp4")]
    [InlineData("h264.avi")]
    [InlineData("fragmented.mp4")]
    [InlineData("hevc.mp4")]
    [InlineData("hevc.ts")]
    [InlineData("vp8-opus.webm")]
    [InlineData("vp9-opus.webm")]
    [InlineData("av1.mp4")]
    [InlineData("av1-opus.mkv")]
    [InlineData("wrap.ts")]
    [InlineData("vfr.mp4")]
    [InlineData("audio.m4a")]
    [InlineData("audio.mp3")]
    [InlineData("audio.flac")]
    [InlineData("video.mp4")]
    [InlineData("two-audio.mkv")]
    [InlineData("mono-8k.m4a")]
    [InlineData("subtitles.mkv")]
    [InlineData("timecode.mov")]
    [InlineData("cover-art.m4a")]
    [InlineData("rotated.mp4")]
    public async Task Input_is_copied_whole(string name)
    {
        using var folder = new TestFolder();
        var input = await MediaZoo.GetAsync(name);
        await using var process = await RecorderProcess.RunAsync(
            folder.Root, $"record {input}?pace=fast --timeslice 1s --out takes --json", exitCode: 0);

        Recorded.IsWhole(process);
        var probe = await Recorded.PlaysFromZeroAsync(process.Data[0].Blob.Path);
        await StreamCopy.IsCompleteAsync(input, probe);
    }

    [Theory]
    [InlineData("mono-8k.wav")]
    [InlineData("mpeg2.mpg")]
    [InlineData("picture.png")]
    [InlineData("picture.jpg")]
    public async Task Unusual_input_is_recorded_and_plays_or_is_refused_with_its_reason(string name)
    {
        using var folder = new TestFolder();
        await using var process = RecorderProcess.Start(
            folder.Root, $"record {await MediaZoo.GetAsync(name)}?pace=fast --timeslice 1s --out takes --json");
        if (await RecordedOrRefusedAsync(process, name))
            await Recorded.PlaysFromZeroAsync(process.Data[0].Blob.Path);
    }

    [Theory]
    [InlineData("truncated.mp4")]
    [InlineData("truncated.ts")]
    [InlineData("truncated.mkv")]
    [InlineData("corrupt.mp4")]
    [InlineData("corrupt.ts")]
    [InlineData("corrupt.mkv")]
    public async Task Damaged_file_is_recorded_as_far_as_it_goes(string name)
    {
        using var folder = new TestFolder();
        var input = await MediaZoo.GetAsync(name);
        await using var process = RecorderProcess.Start(folder.Root, $"record {input}?pace=fast --timeslice 1s --out takes --json");

        (await RecordedOrRefusedAsync(process, name)).ShouldBeTrue(process.Describe());
        var probe = await MediaProbe.OfAsync(process.Data[0].Blob.Path);
        var source = await MediaProbe.OfAsync(input);
        var readable = source.PacketsOf(source.Video!).Count;
        probe.PacketsOf(probe.Video!).Count.ShouldBeInRange(readable * 3 / 4, readable, process.Describe());
    }

    [Theory]
    [InlineData("truncated-head.mp4")]
    [InlineData("noise.mp4")]
    [InlineData("empty.mp4")]
    [InlineData("letter.txt")]
    [InlineData("letter.mp4")]
    [InlineData("subtitles-only.mkv")]
    [InlineData("captions.srt")]
    public async Task What_is_no_media_is_refused_with_its_reason(string name)
    {
        using var folder = new TestFolder();
        await using var process = RecorderProcess.Start(
            folder.Root, $"record {await MediaZoo.GetAsync(name)} --open-timeout 2s --out takes --json");
        (await RecordedOrRefusedAsync(process, name)).ShouldBeFalse(process.Describe());
    }

    [Fact]
    public async Task Rotation_of_a_phone_video_is_kept()
    {
        using var folder = new TestFolder();
        var input = await MediaZoo.GetAsync("rotated.mp4");
        var rotation = (await MediaProbe.OfAsync(input)).Video!.Rotation;
        Math.Abs(rotation).ShouldBe(90);
        await using var process = await RecorderProcess.RunAsync(
            folder.Root, $"record {input}?pace=fast -o copy.mp4 --json", exitCode: 0);
        (await MediaProbe.OfAsync(folder.File("copy.mp4"))).Video!.Rotation.ShouldBe(rotation);
    }

    [Fact]
    public async Task Both_audio_tracks_keep_their_language_and_order()
    {
        using var folder = new TestFolder();
        var input = await MediaZoo.GetAsync("two-audio.mkv");
        await using var process = await RecorderProcess.RunAsync(
            folder.Root, $"record {input}?pace=fast -o copy.mkv --json", exitCode: 0);
        var languages = await Command.RunAsync(
            "ffprobe", ["-v", "error", "-select_streams", "a", "-show_entries", "stream_tags=language", "-of", "csv=p=0", folder.File("copy.mkv")]);
        languages.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["deu", "eng"]);
    }

    /// <summary>True: recorded, exit code 0. False: refused in one sentence, exit code 1. Anything else fails.</summary>
    private static async Task<bool> RecordedOrRefusedAsync(RecorderProcess process, string name)
    {
        var code = await process.ExitAsync();
        code.ShouldBeOneOf([0, 1], process.Describe());
        if (code == 0)
        {
            Recorded.IsWhole(process);
            return true;
        }

        Sentence.IsTheOnlyOne(process, name);
        return false;
    }
}
