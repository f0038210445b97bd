using Recorder.Integration.Tests.Harness;

namespace Recorder.Integration.Tests;

/// <summary>Encoding that must keep up with the clock: run alone, after everything that runs side by side.</summary>
[CollectionDefinition(nameof(RealTimeSpecs), DisableParallelization = true)]
[Collection(nameof(RealTimeSpecs))]
public class RealTimeSpecs
{
    [Fact]
    public async Task The_first_command_of_the_readme_records_in_real_time()
    {
        using var folder = new TestFolder();
        await using var process = await RecorderProcess.RunAsync(
            folder.Root, "record test: --duration 3s --timeslice 1s -o take.mp4 --json", exitCode: 0);

        Recorded.IsWhole(process);
        process.Events.ShouldNotContain(e => e.Kind == "gap", process.Describe());
        var probe = await Recorded.PlaysFromZeroAsync(folder.File("take.mp4"));
        probe.Video!.Codec.ShouldBe("h264");
        probe.Audio!.Codec.ShouldBe("aac");
        probe.Span(probe.Video).ShouldBe(3, probe.FrameOf(probe.Video) + 0.001);
        probe.PacketsOf(probe.Video).Count.ShouldBeInRange(74, 76);
    }
}
