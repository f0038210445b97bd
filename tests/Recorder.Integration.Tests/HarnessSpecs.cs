using Recorder.Integration.Tests.Harness;

namespace Recorder.Integration.Tests;

/// <summary>The measuring tools are trusted because they are measured too.</summary>
public class HarnessSpecs
{
    [Fact]
    public void Checksum_is_crc_32c()
    {
        using var stream = new MemoryStream("123456789"u8.ToArray());
        Recorded.Checksum(stream, 0, 9).ShouldBe(0xE3069283u);
    }

    [Fact]
    public async Task A_stream_copy_by_ffmpeg_has_the_same_payloads_in_every_container()
    {
        var original = await MediaProbe.OfAsync(await MediaZoo.GetAsync("h264.mp4"));
        foreach (var name in new[] { "h264.ts", "h264.mkv", "fragmented.mp4" })
        {
            var copy = await MediaProbe.OfAsync(await MediaZoo.GetAsync(name));
            (await copy.PayloadsAsync(copy.Video!)).ShouldBe(await original.PayloadsAsync(original.Video!), name);
            (await copy.PayloadsAsync(copy.Audio!)).ShouldBe(await original.PayloadsAsync(original.Audio!), name);
        }
    }

    [Fact]
    public async Task Every_input_of_the_zoo_can_be_made()
    {
        foreach (var name in MediaZoo.Names)
            File.Exists(await MediaZoo.GetAsync(name)).ShouldBeTrue(name);
    }

    [Fact]
    public async Task Transport_stream_of_the_zoo_does_wrap()
    {
        var probe = await Command.RunAsync(
            "ffprobe",
            ["-v", "error", "-correct_ts_overflow", "0", "-select_streams", "v", "-show_entries", "packet=pts_time", "-of", "csv=p=0", await MediaZoo.GetAsync("wrap.ts")]);
        var times = probe.Output.Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(t => double.Parse(t, System.Globalization.CultureInfo.InvariantCulture)).ToList();
        times.Zip(times.Skip(1), (a, b) => b - a).Min().ShouldBeLessThan(-95000);
    }

    [Fact]
    public async Task A_copy_that_lacks_packets_does_not_pass_as_complete()
    {
        using var folder = new TestFolder();
        var input = await MediaZoo.GetAsync("h264-bframes.mp4");
        await Command.FFmpegAsync("-i", input, "-c", "copy", folder.File("whole.mkv"));
        await Command.FFmpegAsync("-i", input, "-c", "copy", "-bsf:v", "noise=drop='eq(n,20)'", folder.File("hole.mkv"));

        await StreamCopy.IsCompleteAsync(input, await MediaProbe.OfAsync(folder.File("whole.mkv")));
        var hole = await MediaProbe.OfAsync(folder.File("hole.mkv"));
        await Assert.ThrowsAsync<ShouldAssertException>(() => StreamCopy.IsCompleteAsync(input, hole));
    }

    [Fact]
    public async Task A_corrupt_file_does_not_pass_as_decodable()
    {
        var corrupt = await MediaZoo.GetAsync("corrupt.ts");
        await Assert.ThrowsAsync<ShouldAssertException>(() => MediaProbe.DecodesAsync(corrupt));
    }

    [Fact]
    public async Task The_rtsp_simulator_serves_again_after_it_was_killed_and_its_copy_is_what_it_sent()
    {
        using var folder = new TestFolder();
        await using var camera = await RtspSimulator.StartAsync($"--copy {folder.File("sent")}");
        await RecordWithFFmpegAsync(camera, folder.File("first.mkv"));
        await camera.KillAsync();
        File.Delete(folder.File("sent-1.h264"));
        await camera.StartAgainAsync();
        await RecordWithFFmpegAsync(camera, folder.File("second.mkv"));

        var sent = await MediaProbe.OfAsync(folder.File("sent-1.h264"));
        var recorded = await MediaProbe.OfAsync(folder.File("second.mkv"));
        var payloads = await recorded.PayloadsAsync(recorded.Video!);
        payloads.Count.ShouldBeGreaterThan(10);
        string.Join(' ', await sent.PayloadsAsync(sent.Video!)).ShouldContain(string.Join(' ', payloads));
    }

    // As of specs behind nohup, or in the background of a script.
    [Fact]
    public async Task A_program_that_is_started_hears_an_interrupt_though_these_specs_ignore_it()
    {
        using var folder = new TestFolder();
        using var ignoring = Launch.Ignoring(RecorderProcess.Interrupt);
        await using var process = RecorderProcess.Start(folder.Root, "record test:?size=160x120 --timeslice 200ms -o take.mp4 --json");
        await using var node = await NodeProcess.StartAsync(folder.File("data"));
        await process.EventAsync("dataavailable");
        process.Signal(RecorderProcess.Interrupt);
        (await process.ExitAsync()).ShouldBe(0, process.Describe());
        (await node.EndAsync(RecorderProcess.Interrupt)).ShouldBe(0, node.Said);
    }

    private static Task RecordWithFFmpegAsync(RtspSimulator camera, string path) =>
        Command.FFmpegAsync("-rtsp_transport", "tcp", "-i", camera.Uri, "-t", "3", "-c", "copy", path);
}
