using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Recorder.Node.Tests.Cli;

namespace Recorder.Node.Tests.Media;

/// <summary>A take of two recorders, exported for an editor from the folder of the node that runs on it.</summary>
public sealed class TakeExportSpecs : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recorder-edit-").FullName;
    private CliNode _cli = null!;

    public async Task InitializeAsync() => _cli = await CliNode.StartAsync();

    public async Task DisposeAsync()
    {
        await _cli.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_take_is_exported_with_its_time_code_and_what_editors_import()
    {
        foreach (var (id, width) in new[] { ("left", 160), ("right", 176) })
            await _cli.RunAsync("add", id, $"test:?size={width}x120&rate=25", "--mime", "video/mp4;codecs=avc1,mp4a.40.2", "--key-frame-count", "12");

        await _cli.RunAsync("take", "arm", "left", "right", "--scene", "12A", "--project", "Film");
        await UntilAsync(angle => angle["state"]!.GetValue<string>() == "ready");
        var take = (await _cli.JsonAsync("take", "start"))[0];
        await UntilAsync(angle => angle["times"] is { } times && times["last"]!.GetValue<DateTimeOffset>() > take["at"]!.GetValue<DateTimeOffset>().AddSeconds(1.5));
        await _cli.RunAsync("take", "mark", "clap", "--colour", "red");
        await _cli.RunAsync("take", "stop");
        await _cli.RunAsync("take", "rate", "circled");
        await Eventually.HoldsAsync("the files are closed", async () => (await _cli.JsonAsync("recordings")).All(recording => recording["stopReason"] is not null));

        var written = await ExportAsync(0);

        written.Where(file => file["frames"] is not null).Select(file => file["file"]!.GetValue<string>()).ShouldBe(["12A1_left_1.mov", "12A1_right_1.mov"]);
        foreach (var file in written.Where(file => file["frames"] is not null))
        {
            file["sourceFrames"]!.GetValue<long>().ShouldBeGreaterThan(25);
            file["rate"]!.GetValue<string>().ShouldBe("25");
            var probe = await ProbeAsync(file["file"]!.GetValue<string>());
            probe["r_frame_rate"]!.GetValue<string>().ShouldBe("25/1");
            probe["tags"]!["timecode"]!.GetValue<string>().ShouldBe(file["timeCode"]!.GetValue<string>());
        }

        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "Film_12A_1.json")))!;
        var files = manifest["files"]!.AsArray();
        files.Select(file => file!["name"]!.GetValue<string>()).ShouldBe(["12A1_left_1.mov", "12A1_right_1.mov", "Film_12A_1.otio", "Film_12A_1.fcpxml", "Film_12A_1.edl"], ignoreOrder: true);
        foreach (var file in files)
        {
            var bytes = await File.ReadAllBytesAsync(Path.Combine(_folder, file!["name"]!.GetValue<string>()));
            file["sha256"]!.GetValue<string>().ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }

        (await File.ReadAllTextAsync(Path.Combine(_folder, "Film_12A_1.edl"))).ShouldContain("|C:ResolveColorRed |M:clap |D:1");

        // What is there is not overwritten, and each file says so.
        (await ExportAsync(1)).ShouldAllBe(file => file["problem"] != null);
        (await ExportAsync(0, "--force")).ShouldAllBe(file => file["problem"] == null);
    }

    [Fact]
    public async Task A_camera_of_a_rate_without_time_code_is_refused_with_a_sentence_and_a_take_that_was_not_recorded_too()
    {
        await _cli.RunAsync("add", "slow", "test:?size=160x120&rate=12&audio=off", "--mime", "video/mp4;codecs=avc1", "--key-frame-count", "6");
        await _cli.RunAsync("take", "arm", "slow");
        await UntilAsync(angle => angle["state"]!.GetValue<string>() == "ready");
        var take = (await _cli.JsonAsync("take", "start"))[0];
        await UntilAsync(angle => angle["times"] is { } times && times["last"]!.GetValue<DateTimeOffset>() > take["at"]!.GetValue<DateTimeOffset>().AddSeconds(1));
        await _cli.RunAsync("take", "stop");

        var refused = (await ExportAsync(1)).ShouldHaveSingleItem();

        refused["problem"]!.GetValue<string>().ShouldContain("12");
        Directory.EnumerateFiles(_folder).ShouldBeEmpty();
        await _cli.RunAsync("take", "arm", "slow");
        await _cli.RunAsync("take", "stop");
        (await RunExportAsync(2)).Error.ShouldContain("was not recorded");
    }

    private async Task<IReadOnlyList<JsonNode>> ExportAsync(int exitCode, params string[] more) =>
        [.. (await RunExportAsync(exitCode, [.. more, "--json"])).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];

    private async Task<Terminal> RunExportAsync(int exitCode, params string[] more)
    {
        var terminal = new Terminal();
        var code = await Recorder.Node.Cli.CommandLine.RunAsync(
            ["take", "export", "--data", _cli.Served.DataFolder, "--out", _folder, .. more], terminal.Console);
        code.ShouldBe(exitCode, terminal.Error + terminal.Output);
        return terminal;
    }

    private async Task<JsonNode> ProbeAsync(string file)
    {
        using var probe = Process.Start(new ProcessStartInfo("ffprobe", ["-v", "error", "-select_streams", "v", "-show_streams", "-of", "json", Path.Combine(_folder, file)])
        { RedirectStandardOutput = true })!;
        var text = await probe.StandardOutput.ReadToEndAsync();
        await probe.WaitForExitAsync();
        return JsonNode.Parse(text)!["streams"]![0]!;
    }

    private Task UntilAsync(Func<JsonNode, bool> holds) => Eventually.HoldsAsync(
        "each angle is as expected", async () => (await _cli.JsonAsync("take", "show"))[0]["angles"]!.AsArray().All(angle => holds(angle!)));
}
