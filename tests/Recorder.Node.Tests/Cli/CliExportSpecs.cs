using Recorder.Node.Cli;
using Recorder.Node.Cli.Client;
using Recorder.Node.Tests.Media;

namespace Recorder.Node.Tests.Cli;

/// <summary><c>recorder export</c> against a real node.</summary>
public sealed class CliExportSpecs(RecordedMedia media) : IClassFixture<RecordedMedia>
{
    private string Key => media.ClipKey.ToString();

    [Fact]
    public async Task The_newest_recording_of_a_recorder_becomes_a_file_that_plays()
    {
        await using var node = await CliNode.StartAsync();
        using var folder = new Folder();
        await node.RunAsync("add", "hall", "test:?size=64x48&pace=fast&duration=1s", "--mime", "video/mp4;codecs=avc1");
        await node.RunAsync("start", "hall");
        var key = await EndedAsync(node);

        (await node.RunAsync("export", "hall", "-o", folder["hall.mp4"])).ShouldStartWith($"{key}: ");

        await RecordedMedia.RunAsync("ffmpeg", $"-v error -xerror -i {folder["hall.mp4"]} -f null -");
        Directory.GetFiles(folder.Path).ShouldBe([folder["hall.mp4"]]);
        (await node.RunAsync(1, "export", "gate", "-o", folder["gate.mp4"])).ShouldContain("'gate' has no recordings");
    }

    [Fact]
    public async Task A_part_is_selected_in_seconds_and_reported_as_JSON()
    {
        await using var node = await CliNode.StartAsync(options => options with { DataFolder = media.Folder });
        using var folder = new Folder();

        var lines = await node.JsonAsync("export", Key, "-o", folder["part.mkv"], "--from", "3.4", "--to", "5");
        var said = lines.ShouldHaveSingleItem();

        said["recording"]!.GetValue<string>().ShouldBe(Key);
        said["bytes"]!.GetValue<long>().ShouldBe(new FileInfo(folder["part.mkv"]).Length);
        said["complete"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task A_recording_of_a_data_folder_is_exported_without_a_node()
    {
        using var folder = new Folder();
        var terminal = new Terminal();

        (await CommandLine.RunAsync(["export", "clip", "--data", media.Folder, "-o", folder["clip.mp4"]], terminal.Console)).ShouldBe(0, terminal.Error);
        (await CommandLine.RunAsync(["export", "gate", "--data", media.Folder, "-o", folder["gate.mp4"]], terminal.Console)).ShouldBe(1);
        (await CommandLine.RunAsync(["export", Key, "--data", media.Folder, "-o", folder["clip.webm"]], terminal.Console)).ShouldBe(1);
        (await CommandLine.RunAsync(["export", Key, "--data", media.Folder, "-o", folder["clip.mkv"], "--from", "99"], terminal.Console)).ShouldBe(1);

        terminal.Output.ShouldStartWith($"{Key}: ");
        terminal.Error.ShouldContain("There is no recording 'gate' in ");
        await RecordedMedia.RunAsync("ffmpeg", $"-v error -xerror -i {folder["clip.mp4"]} -f null -");
        Directory.GetFiles(folder.Path).ShouldBe([folder["clip.mp4"]]);
    }

    [Fact]
    public async Task A_file_that_exists_is_replaced_only_by_force_and_kept_when_the_export_fails()
    {
        await using var node = await CliNode.StartAsync(options => options with { DataFolder = media.Folder });
        using var folder = new Folder();
        var file = folder.Create("kept.mp4");

        (await node.RunAsync(2, "export", Key, "-o", file)).ShouldContain("already exists");
        var other = folder.Create("kept.webm");
        (await node.RunAsync(1, "export", Key, "-o", other, "--force")).ShouldNotBeEmpty("WebM cannot hold H.264");
        (await File.ReadAllTextAsync(file)).ShouldBe("kept");
        (await File.ReadAllTextAsync(other)).ShouldBe("kept");
        Directory.GetFiles(folder.Path, "*.part").ShouldBeEmpty();
        await node.RunAsync("export", Key, "-o", file, "--force");

        new FileInfo(file).Length.ShouldBeGreaterThan(1000);
    }

    [Theory]
    [InlineData("-o 'take.avi' has no known extension; expected .mp4, .mkv or .webm.", "hall", "-o", "take.avi")]
    [InlineData("'a~b~c' is not a recording", "a~b~c")]
    [InlineData("--from 'noonish' is not a time", "hall", "--from", "noonish")]
    public async Task Wrong_usage_is_refused_before_the_node_is_asked(string sentence, params string[] arguments) =>
        (await Terminal.RefusalOfAsync(["export", .. arguments])).ShouldStartWith(sentence);

    [Fact]
    public void The_progress_bar_fits_the_terminal()
    {
        Download.Bar("hall.mp4", 500_000, 1_000_000, 80).ShouldContain(" 50 %");
        Download.Bar("hall.mp4", 500_000, 1_000_000, 80).Length.ShouldBeLessThan(80);
        Download.Bar(new string('n', 100), 1, 2, 40).Length.ShouldBeLessThan(40);
    }

    private static async Task<string> EndedAsync(CliNode node)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await tick.WaitForNextTickAsync(patience.Token))
        {
            if (await node.JsonAsync("recordings", "hall") is [var only] && only["endedAt"] is not null)
                return RecorderTable.KeyOf(System.Text.Json.JsonSerializer.SerializeToElement(only));
        }

        throw new InvalidOperationException("unreachable");
    }
}
