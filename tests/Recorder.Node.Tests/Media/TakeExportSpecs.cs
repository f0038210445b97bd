using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Contracts;
using Recorder.Media.Export.Editing;
using Recorder.Node.Media;
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
        await RecordAsync();
        await _cli.RunAsync("take", "rate", "circled");

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

        // Encoded anew it has the take's time code, or that of another rate, and the manifest says so; by the node as from the folder.
        var encoded = (await ExportAsync(0, "--encode", "--quality", "23"))[0];
        (encoded["rate"]!.GetValue<string>(), encoded["quality"]!.GetValue<int>(), encoded["isConstantRate"]!.GetValue<bool>()).ShouldBe(("25", 23, true));
        encoded["frames"]!.GetValue<long>().ShouldBeGreaterThan(2 * encoded["sourceFrames"]!.GetValue<long>() - 2);
        var probe = await ProbeAsync(encoded["file"]!.GetValue<string>());
        (probe["r_frame_rate"]!.GetValue<string>(), probe["codec_name"]!.GetValue<string>()).ShouldBe(("25/1", "h264"));
        probe["tags"]!["timecode"]!.GetValue<string>().ShouldBe(encoded["timeCode"]!.GetValue<string>());
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "1_1.json")))!;
        var angle = manifest["angles"]!.AsArray().ShouldHaveSingleItem()!["encoded"]!;
        (angle["codec"]!.GetValue<string>(), angle["quality"]!.GetValue<int>()).ShouldBe(("h264", 23));
        angle["cameraRate"]!.GetValue<double>().ShouldBe(12, 0.5);
        angle["repeatedFrames"]!.GetValue<long>().ShouldBe(encoded["frames"]!.GetValue<long>() - encoded["sourceFrames"]!.GetValue<long>());
        var fifty = Path.Combine(_folder, "50");
        (await _cli.JsonAsync("take", "export", "--out", fifty, "--encode", "--rate", "50"))[0]["rate"]!.GetValue<string>().ShouldBe("50");
        JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(fifty, "1_1.json")))!["angles"]!.AsArray().ShouldHaveSingleItem();
        (await RunExportAsync(1, "--rate", "50", "--force")).Error.ShouldContain("encode the video anew (--encode)");
        (await RunExportAsync(2, "--quality", "23")).Error.ShouldContain("needs '--encode'");
        await _cli.RunAsync("take", "arm", "slow");
        await _cli.RunAsync("take", "stop");
        (await RunExportAsync(2)).Error.ShouldContain("was not recorded");
    }

    [Fact]
    public async Task A_node_makes_the_files_and_the_command_fetches_them_and_goes_on_with_what_it_has()
    {
        await RecordAsync();
        var there = Path.Combine(_folder, "there");
        var written = (await ExportAsync(0, "--out", there)).Select(file => file["file"]!.GetValue<string>()).ToList();

        (await _cli.JsonAsync("take", "export", "--out", _folder)).Select(file => file["file"]!.GetValue<string>()).ShouldBe(written);

        Directory.EnumerateFiles(_folder).Select(Path.GetFileName).ShouldBe(written, ignoreOrder: true);
        foreach (var name in written.Where(name => !name.EndsWith(".fcpxml", StringComparison.Ordinal) && !name.EndsWith(".json", StringComparison.Ordinal)))
            File.ReadAllBytes(Path.Combine(_folder, name)).ShouldBe(File.ReadAllBytes(Path.Combine(there, name)), name);
        (await File.ReadAllTextAsync(Path.Combine(_folder, "Film_12A_1.fcpxml"))).ShouldContain($"file://{_folder}/12A1_left_1.mov");
        Directory.EnumerateFileSystemEntries(Path.Combine(_cli.Served.DataFolder, "exports")).ShouldBeEmpty("what was fetched is not kept");

        // Half of a file, and some bytes that are of no file at all.
        var (half, whole) = (Path.Combine(_folder, "12A1_left_1.mov"), Path.Combine(_folder, "12A1_right_1.mov"));
        var bytes = await File.ReadAllBytesAsync(half);
        File.Delete(half);
        await File.WriteAllTextAsync(half + ".part", "mine");
        (await _cli.RunAsync(1, "take", "export", "--out", _folder)).ShouldContain("is not of an earlier run");
        (await File.ReadAllTextAsync(half + ".part")).ShouldBe("mine");
        await BeginAsync();
        await File.WriteAllBytesAsync(half + ".part", bytes[..(bytes.Length / 2)]);
        var time = File.GetLastWriteTimeUtc(whole);
        await _cli.RunAsync("take", "export", "--out", _folder);
        (await File.ReadAllBytesAsync(half)).ShouldBe(bytes);
        File.GetLastWriteTimeUtc(whole).ShouldBe(time);
        File.Delete(half);
        await BeginAsync();
        await File.WriteAllBytesAsync(half + ".part", new byte[bytes.Length]);
        await _cli.RunAsync("take", "export", "--out", _folder);
        (await File.ReadAllBytesAsync(half)).ShouldBe(bytes);

        await File.WriteAllTextAsync(half, "mine");
        (await _cli.RunAsync(1, "take", "export", "--out", _folder)).ShouldContain("already exists");
        (await File.ReadAllTextAsync(half)).ShouldBe("mine");
        await _cli.RunAsync("take", "export", "--out", _folder, "--force");
        (await File.ReadAllBytesAsync(half)).ShouldBe(bytes);
        (await _cli.RunAsync(2, "take", "export", "--data", _cli.Served.DataFolder)).ShouldContain("cannot be used together");

        // As a run that was interrupted leaves it.
        async Task BeginAsync()
        {
            using var ledger = ExportLedger.Open(_folder, new TakeId((await _cli.JsonAsync("take", "show"))[0]["id"]!.GetValue<string>()));
            ledger.Begin(Path.GetFileName(half), "");
        }
    }

    [Fact]
    public async Task An_export_of_which_an_angle_failed_goes_on_and_what_is_there_of_it_is_replaced()
    {
        await RecordAsync();
        var take = Newest();
        var left = Path.Combine(_folder, "12A1_left_1.mov");
        var description = Path.Combine(_cli.Served.DataFolder, "recordings", "right", take.Angles[1].Recordings[0].Value, "recording.json");
        File.Move(description, description + ".away");
        // A link to itself cannot be read.
        File.CreateSymbolicLink(description, description);

        // Of the angle that cannot be read there is a sentence, and the other one is there: from the folder, and by the node.
        var there = Path.Combine(_folder, "there");
        foreach (var written in new[] { await ExportAsync(1), await FetchAsync(1) })
            written.Single(file => file["problem"] is not null)["file"]!.GetValue<string>().ShouldBe("12A1_right_1.mov");

        var time = File.GetLastWriteTimeUtc(left);
        File.Move(description + ".away", description, overwrite: true);
        foreach (var (written, folder) in new[] { (await ExportAsync(0), _folder), (await FetchAsync(0), there) })
        {
            written.ShouldAllBe(file => file["problem"] == null);
            var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "Film_12A_1.json")))!;
            manifest["angles"]!.AsArray().Count.ShouldBe(2);
            Directory.EnumerateFiles(folder, ".*").ShouldBeEmpty();
        }

        File.GetLastWriteTimeUtc(left).ShouldBe(time, "it was whole");

        async Task<IReadOnlyList<JsonNode>> FetchAsync(int exitCode)
        {
            var terminal = new Terminal();
            var code = await Recorder.Node.Cli.CommandLine.RunAsync(["take", "export", "--out", there, "--json", "--node", _cli.Url], terminal.Console);
            code.ShouldBe(exitCode, terminal.Error + terminal.Output);
            return [.. terminal.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
        }
    }

    [Fact]
    public async Task Over_HTTP_the_same_request_is_the_same_export_until_it_is_removed()
    {
        await RecordAsync();
        var path = $"/v1/takes/{(await _cli.JsonAsync("take", "show"))[0]["id"]!.GetValue<string>()}";
        var export = (await PostAsync("{}")).Body!;
        var one = $"{path}/exports/{export["id"]!.GetValue<string>()}";

        await Eventually.HoldsAsync("the export is done", async () => (await _cli.Served.SendAsync(HttpMethod.Get, one)).Body!["state"]!.GetValue<string>() == "done");

        (await PostAsync("{}")).Body!["id"]!.GetValue<string>().ShouldBe(export["id"]!.GetValue<string>());
        (await PostAsync("{\"container\":\"mp4\"}")).Body!["id"]!.GetValue<string>().ShouldNotBe(export["id"]!.GetValue<string>());
        var files = (await _cli.Served.SendAsync(HttpMethod.Get, one)).Body!["files"]!.AsArray();
        files.ShouldAllBe(file => file!["state"]!.GetValue<string>() == "done" && file["sha256"]!.GetValue<string>().Length == 64);
        (await _cli.Served.SendAsync(HttpMethod.Delete, one)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await _cli.Served.SendAsync(HttpMethod.Get, one)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await _cli.Served.SendAsync(HttpMethod.Get, $"{one}/files/12A1_left_1.mov")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await PostAsync("{\"container\":\"avi\"}")).Body!["detail"]!.GetValue<string>().ShouldContain("must be mov or mp4");
        (await PostAsync("{\"holes\":\"white\"}")).Body!["detail"]!.GetValue<string>().ShouldContain("must be held or black");
        (await PostAsync("{\"folder\":\"here\"}")).Body!["detail"]!.GetValue<string>().ShouldContain("an absolute path");
        await Eventually.HoldsAsync("its files are gone", () => Directory.EnumerateFileSystemEntries(Path.Combine(_cli.Served.DataFolder, "exports")).Count() <= 1);

        Task<(HttpStatusCode Status, JsonNode? Body)> PostAsync(string body) => SendAsync(HttpMethod.Post, path + ":export", body);
    }

    [Fact]
    public async Task An_export_that_was_interrupted_writes_only_what_is_not_whole()
    {
        await RecordAsync();
        var take = Newest();
        var library = new MediaLibrary(new Recorder.Node.Configuration.ServeOptions { DataFolder = _cli.Served.DataFolder });
        var export = new TakeExport(take, library, _folder, new TakeExportOptions(EditContainer.Mov, EditHoles.Stated, Overwrite: false));
        await foreach (var file in export.WriteAsync((_, _) => { }, CancellationToken.None))
        {
            file.IsKept.ShouldBeFalse();
            break;
        }

        Directory.EnumerateFiles(_folder).Select(Path.GetFileName).ShouldBe(["12A1_left_1.mov", $".{take.Id}.export"], ignoreOrder: true);
        await File.WriteAllTextAsync(Path.Combine(_folder, "12A1_right_1.mov"), "mine");
        (await ExportAsync(1)).Single(file => file["problem"] is not null)["file"]!.GetValue<string>().ShouldBe("12A1_right_1.mov", "nothing of others is replaced");
        var part = Path.Combine(_folder, "12A1_right_1.mov.part");
        File.Move(Path.Combine(_folder, "12A1_right_1.mov"), part);
        (await ExportAsync(1)).Single(file => file["problem"] is not null)["problem"]!.GetValue<string>().ShouldContain($"'{part}' already exists");
        (await File.ReadAllTextAsync(part)).ShouldBe("mine");
        File.Delete(part);
        foreach (var project in Directory.EnumerateFiles(_folder, "Film*"))
            File.Delete(project);

        // Interrupted once more, with the first file damaged.
        File.Delete(Path.Combine(_folder, "12A1_left_1.mov"));
        await foreach (var file in new TakeExport(take, library, _folder, new TakeExportOptions(EditContainer.Mov, EditHoles.Stated, Overwrite: false)).WriteAsync((_, _) => { }, CancellationToken.None))
            break;

        var left = Path.Combine(_folder, "12A1_left_1.mov");
        var bytes = await File.ReadAllBytesAsync(left);
        await File.WriteAllBytesAsync(left, [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]);
        await ExportAsync(0);
        (await File.ReadAllBytesAsync(left)).ShouldBe(bytes);
        Directory.EnumerateFiles(_folder, ".*").ShouldBeEmpty();
    }

    private Take Newest() =>
        new Recorder.Actors.Takes.TakeFiles(Path.Combine(_cli.Served.DataFolder, "takes"), Recorder.Actors.Storage.LocalDisk.Instance, NullLogger.Instance).ReadNewest()[^1];

    private async Task RecordAsync()
    {
        foreach (var (id, width) in new[] { ("left", 160), ("right", 176) })
            await _cli.RunAsync("add", id, $"test:?size={width}x120&rate=25", "--mime", "video/mp4;codecs=avc1,mp4a.40.2", "--key-frame-count", "12");

        await _cli.RunAsync("take", "arm", "left", "right", "--scene", "12A", "--project", "Film");
        await UntilAsync(angle => angle["state"]!.GetValue<string>() == "ready");
        var take = (await _cli.JsonAsync("take", "start"))[0];
        await UntilAsync(angle => angle["times"] is { } times && times["last"]!.GetValue<DateTimeOffset>() > take["at"]!.GetValue<DateTimeOffset>().AddSeconds(1.5));
        await _cli.RunAsync("take", "mark", "clap", "--colour", "red");
        await _cli.RunAsync("take", "stop");
        await Eventually.HoldsAsync("the files are closed", async () => (await _cli.JsonAsync("recordings")).All(recording => recording["stopReason"] is not null));
    }

    private async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, string body)
    {
        var answer = await _cli.Served.SendAsync(method, path, body);
        return (answer.Status, answer.Body);
    }

    private async Task<IReadOnlyList<JsonNode>> ExportAsync(int exitCode, params string[] more) =>
        [.. (await RunExportAsync(exitCode, [.. more, "--json"])).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];

    private async Task<Terminal> RunExportAsync(int exitCode, params string[] more)
    {
        var terminal = new Terminal();
        var code = await Recorder.Node.Cli.CommandLine.RunAsync(
            ["take", "export", "--data", _cli.Served.DataFolder, .. more.Contains("--out") ? [] : (string[])["--out", _folder], .. more], terminal.Console);
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
