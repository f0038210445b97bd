using Recorder.Integration.Tests.Harness;

namespace Recorder.Integration.Tests;

/// <summary>Several recorders in one process, and how a run ends.</summary>
public class SeveralRecordersSpecs
{
    [Fact]
    public async Task Several_sources_are_recorded_at_once_into_one_folder()
    {
        using var folder = new TestFolder();
        var clip = await MediaZoo.GetAsync("h264.mp4");
        var webm = await MediaZoo.GetAsync("vp9-opus.webm");
        await using var camera = await RtspSimulator.StartAsync("");
        await using var process = await RecorderProcess.RunAsync(
            folder.Root,
            $"record {clip}?pace=fast {webm}?pace=fast {camera.Uri} test:?size=320x240 --duration 2s --timeslice 1s --out takes --json",
            exitCode: 0);

        var recorders = process.Events.Select(e => e.Recorder).Distinct().ToList();
        recorders.Count.ShouldBe(4);
        recorders.ShouldContain("h264");
        recorders.ShouldContain("test");
        Directory.GetDirectories(folder.File("takes")).Select(Path.GetFileName).Order().ShouldBe(recorders.Order());
        foreach (var recorder in recorders)
        {
            Recorded.IsWhole(process, recorder);
            var probe = await Recorded.PlaysFromZeroAsync(process.Data.First(e => e.Recorder == recorder).Blob.Path);
            probe.Span(probe.Video!).ShouldBe(2, 0.05, recorder);
        }
    }

    // Invariant 5.
    [Fact]
    public async Task Failure_of_one_recorder_is_its_own()
    {
        using var folder = new TestFolder();
        var clip = await MediaZoo.GetAsync("h264-short.mp4");
        var letter = await MediaZoo.GetAsync("letter.mp4");
        await using var process = await RecorderProcess.RunAsync(
            folder.Root, $"record {letter} {clip} rtsp://127.0.0.1:1/none --open-timeout 1s --timeslice 1s --out takes --json", exitCode: 1);

        Recorded.IsWhole(process, "h264-short");
        var probe = await Recorded.PlaysFromZeroAsync(process.Data.First(e => e.Recorder == "h264-short" && e.Blob.Length > 0).Blob.Path);
        await StreamCopy.IsCompleteAsync(clip, probe);
        var sentences = process.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        sentences.Length.ShouldBe(2, process.Describe());
        sentences.ShouldContain(s => s.Contains("letter", StringComparison.Ordinal));
        sentences.ShouldContain(s => s.Contains("127.0.0.1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(RecorderProcess.Interrupt)]
    [InlineData(RecorderProcess.Terminate)]
    public async Task Interrupt_is_stop_with_the_last_data_and_a_finished_file(int signal)
    {
        using var folder = new TestFolder();
        var clip = await MediaZoo.GetAsync("h264.mp4");
        await using var process = RecorderProcess.Start(folder.Root, $"record {clip}?loop test:?size=320x240 --timeslice 400ms --out takes --json");
        await process.EventAsync("two blobs of the clip", e => e.IsData && e.Recorder == "h264", count: 2);
        await process.EventAsync("two blobs of the pattern", e => e.IsData && e.Recorder == "test", count: 2);
        process.Signal(signal);
        (await process.ExitAsync()).ShouldBe(0, process.Describe());

        foreach (var recorder in new[] { "h264", "test" })
        {
            Recorded.IsWhole(process, recorder);
            process.Events.Single(e => e.Kind == "stop" && e.Recorder == recorder).Text("reason").ShouldBe("requested");
            await Recorded.PlaysFromZeroAsync(process.Data.First(e => e.Recorder == recorder).Blob.Path);
        }
    }

    // nohup, or the background of a script: the terminal's Ctrl-C is not meant for it, nor that the terminal is closed.
    [Fact]
    public async Task Started_with_interrupt_and_hang_up_ignored_it_goes_on_through_them_and_stops_at_terminate()
    {
        using var folder = new TestFolder();
        await using var process = RecorderProcess.StartIgnoring(
            folder.Root, "INT,HUP", "record test:?size=320x240 --timeslice 200ms --out takes --json");
        await process.EventAsync("dataavailable");
        process.Signal(RecorderProcess.Interrupt);
        process.Signal(RecorderProcess.HangUp);
        await process.EventAsync("blobs behind the signals", e => e.IsData, count: process.Data.Count + 4);
        process.Errors.ShouldNotContain("stopping", customMessage: process.Describe());
        process.Signal(RecorderProcess.Terminate);

        (await process.ExitAsync()).ShouldBe(0, process.Describe());
        (await process.EventAsync("stop")).Text("reason").ShouldBe("requested");
    }

    [Fact]
    public async Task Second_interrupt_aborts_and_what_was_announced_plays()
    {
        using var folder = new TestFolder();
        await using var process = RecorderProcess.Start(
            folder.Root,
            "record test:?size=640x360 test:?size=640x360&tone=500 test:?size=640x360&tone=600 --mime 'video/webm;codecs=vp9,opus' --timeslice 400ms --out takes --json");
        await process.EventAsync("two blobs", e => e.IsData && e.Recorder == "test", count: 2);
        process.Signal(RecorderProcess.Interrupt);
        process.Signal(RecorderProcess.Terminate);
        (await process.ExitAsync()).ShouldBe(130, process.Describe());

        var blobs = process.Data.Where(e => e.Recorder == "test").Select(e => e.Blob).Where(b => b.Length > 0).ToList();
        Recorded.ConcatenationIsTheFile(blobs, whole: false);
        (await MediaProbe.OfAsync(blobs[0].Path)).Packets.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Existing_file_is_left_alone_unless_forced()
    {
        using var folder = new TestFolder();
        var clip = await MediaZoo.GetAsync("h264-short.mp4");
        await File.WriteAllTextAsync(folder.File("take.mp4"), "precious");

        await using var refused = RecorderProcess.Start(folder.Root, $"record {clip}?pace=fast -o take.mp4");
        (await refused.ExitAsync()).ShouldBeOneOf([1, 2], refused.Describe());
        Sentence.IsTheOnlyOne(refused, "take.mp4", "--force");
        (await File.ReadAllTextAsync(folder.File("take.mp4"))).ShouldBe("precious");
        Directory.GetFiles(folder.Root).ShouldHaveSingleItem();

        await using var forced = await RecorderProcess.RunAsync(
            folder.Root, $"record {clip}?pace=fast --timeslice 1s --force -o take.mp4 --json", exitCode: 0);
        Recorded.IsWhole(forced);
        await Recorded.PlaysFromZeroAsync(folder.File("take.mp4"));

        // Again, over a recording with its sidecars.
        await using var again = await RecorderProcess.RunAsync(
            folder.Root, $"record {clip}?pace=fast --timeslice 500ms --force -o take.mp4 --json", exitCode: 0);
        Recorded.IsWhole(again);
    }
}
