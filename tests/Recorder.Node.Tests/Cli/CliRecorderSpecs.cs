using Recorder.Node.Cli;

namespace Recorder.Node.Tests.Cli;

/// <summary>Commands against a real node: their effects, output and exit codes.</summary>
public sealed class CliRecorderSpecs
{
    [Fact]
    public async Task A_recorder_is_defined_with_every_option_that_is_given()
    {
        await using var node = await CliNode.StartAsync();

        (await node.RunAsync("add", "hall", "test:", "-l", "floor=2", "--label", "east", "--timeslice", "1s", "--mime", "video/mp4", "--extent", "10m",
            "--max-age", "30d", "--max-bytes", "5G", "--loss-timeout", "never", "--signal-loss", "black", "--durability", "blob", "--preview", "test:?size=64x48"))
            .ShouldBe("hall: inactive, test:\n");

        var (_, found) = await node.Served.SendAsync(HttpMethod.Get, "/v1/recorders/hall");
        found!["timeslice"]!.GetValue<double>().ShouldBe(1000);
        found["mimeType"]!.GetValue<string>().ShouldBe("video/mp4");
        found["extentDuration"]!.GetValue<double>().ShouldBe(600_000);
        found["labels"]!.ToJsonString().ShouldBe("""{"floor":"2","east":""}""");
        found["retention"]!["maxAge"]!.GetValue<double>().ShouldBe(30 * 86_400_000.0);
        found["retention"]!["maxBytes"]!.GetValue<long>().ShouldBe(5_000_000_000);
        found["signalLoss"]!.GetValue<string>().ShouldBe("blackAndSilence");
        found["durability"]!.GetValue<string>().ShouldBe("blob");
        found["preview"]!.GetValue<string>().ShouldBe("test:?size=64x48");
    }

    [Fact]
    public async Task A_source_can_come_from_standard_input_and_its_password_is_never_printed()
    {
        await using var node = await CliNode.StartAsync();
        var terminal = new Terminal(input: "rtsp://viewer:hunter2@192.168.7.9/stream\n");

        (await CommandLine.RunAsync(["add", "cam", "-", "--node", node.Url], terminal.Console)).ShouldBe(0, terminal.Error);

        terminal.Output.ShouldBe("cam: inactive, rtsp://***@192.168.7.9/stream\n");
        (await node.RunAsync("ls", "--json")).ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task Recorders_are_listed_in_columns_by_label_and_as_JSON()
    {
        await using var node = await CliNode.StartAsync();
        await node.RunAsync("add", "gate", "test:", "-l", "floor=1");
        await node.RunAsync("add", "hall", "test:?rate=10", "-l", "floor=2");

        (await node.RunAsync("ls")).ShouldBe(
            """
            ID    STATE     TIME  SIZE  LOST  LABELS   SOURCE
            gate  inactive  -     -     -     floor=1  test:
            hall  inactive  -     -     -     floor=2  test:?rate=10

            """);
        (await node.JsonAsync("ls", "-l", "floor=2")).ShouldHaveSingleItem()["id"]!.GetValue<string>().ShouldBe("hall");
        (await node.JsonAsync("ls", "--state", "recording")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Commands_work_on_one_recorder_on_several_by_label_and_on_all()
    {
        await using var node = await CliNode.StartAsync();
        await node.RunAsync("add", "gate", "test:?size=64x48", "-l", "floor=1");
        await node.RunAsync("add", "hall", "test:?size=64x48", "-l", "floor=2");

        (await node.RunAsync("start", "gate", "hall")).ShouldBe("gate: recording\nhall: recording\n");
        (await node.RunAsync("pause", "--label", "floor=2")).ShouldBe("hall: paused\n");
        (await node.RunAsync("resume", "hall")).ShouldBe("hall: recording\n");
        (await node.JsonAsync("stop", "--all")).Select(answer => answer.ToJsonString())
            .ShouldBe(["""{"id":"gate","state":"inactive"}""", """{"id":"hall","state":"inactive"}"""]);
        (await node.RunAsync("rm", "gate", "hall")).ShouldBe("gate: removed; its recordings are kept\nhall: removed; its recordings are kept\n");
        (await node.JsonAsync("ls")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_command_that_one_recorder_refuses_is_done_by_the_others_and_exits_with_1()
    {
        await using var node = await CliNode.StartAsync();
        await node.RunAsync("add", "hall", "test:?size=64x48");
        var terminal = new Terminal();

        (await CommandLine.RunAsync(["start", "nobody", "hall", "--node", node.Url], terminal.Console)).ShouldBe(1);

        terminal.Output.ShouldBe("hall: recording\n");
        terminal.Error.ShouldStartWith("recorder: nobody: There is no recorder 'nobody'");
    }

    [Fact]
    public async Task A_refusal_is_printed_as_one_message()
    {
        await using var node = await CliNode.StartAsync();
        await node.RunAsync("add", "hall", "test:");

        (await node.RunAsync(1, "add", "hall", "test:")).ShouldStartWith("recorder: ");
        (await node.RunAsync(1, "pause", "hall")).ShouldStartWith("recorder: ");
        (await node.RunAsync(1, "stop", "--label", "floor=9")).ShouldBe("recorder: No recorder matches. 'recorder ls' lists the recorders.\n");
    }

    [Fact]
    public async Task Without_a_node_the_message_says_how_to_start_one()
    {
        var node = await CliNode.StartAsync();
        var url = node.Url;
        await node.DisposeAsync();
        var terminal = new Terminal();

        (await CommandLine.RunAsync(["ls", "--node", url], terminal.Console)).ShouldBe(1);

        terminal.Error.ShouldBe(
            $"recorder: Cannot connect to a node at {url.TrimEnd('/')}; start one with 'recorder serve --data DIR', or choose another with --node URL.\n");
    }

    [Fact]
    public async Task The_recorders_of_a_data_folder_are_listed_without_a_node_and_without_a_change()
    {
        using var copy = new Folder();
        await using (var node = await CliNode.StartAsync())
        {
            await node.RunAsync("add", "hall", "rtsp://viewer:hunter2@192.168.7.9/stream", "-l", "floor=2");
            await node.RunAsync("add", "gate", "test:");
            foreach (var file in Directory.EnumerateFiles(Path.Combine(node.Served.DataFolder, "recordings"), "recorder.json", SearchOption.AllDirectories))
            {
                var to = copy[Path.GetRelativePath(node.Served.DataFolder, file)];
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.Copy(file, to);
            }
        }

        var before = Directory.GetFileSystemEntries(copy.Path, "*", SearchOption.AllDirectories);
        var terminal = new Terminal();
        (await CommandLine.RunAsync(["ls", "--data", copy.Path], terminal.Console)).ShouldBe(0, terminal.Error);

        terminal.Output.ShouldContain("hall  ");
        terminal.Output.ShouldContain("(encrypted)");
        terminal.Output.ShouldContain("gate  ");
        Directory.GetFileSystemEntries(copy.Path, "*", SearchOption.AllDirectories).ShouldBe(before);
    }

    [Theory]
    [InlineData("ls --node ftp://x", "--node 'ftp://x' is not the address of a node; expected for example http://127.0.0.1:8080.")]
    [InlineData("ls --node http://me:secret@x", "--node cannot contain a user or password; set RECORDER_API_KEY, or use --key-file FILE.")]
    [InlineData("ls --state running", "--state 'running' is not valid; expected inactive, recording or paused.")]
    [InlineData("ls --label", "Missing value for option '--label NAME=VALUE'. See 'recorder ls --help'.")]
    [InlineData("ls -l =2", "--label '=2' is not a label; expected NAME=VALUE, with a name of A-Z a-z 0-9 . _ -.")]
    [InlineData("ls --data nowhere", "--data 'nowhere' is not a data folder: it has no folder 'recordings'.")]
    [InlineData("add", "Missing required argument 'ID'. See 'recorder add --help'.")]
    [InlineData("add hall", "Missing required argument 'SOURCE'; give it after the id, or set RECORDER_SOURCE.")]
    [InlineData("add .hall test:", "'.hall' is not a recorder id; expected 1 to 64 of A-Z a-z 0-9 . _ - that do not start with a dot.")]
    [InlineData("add hall test: --strat", "Unknown option '--strat'. Did you mean '--start'? See 'recorder add --help'.")]
    [InlineData("add hall test: --durability often", "--durability 'often' is not valid; expected interval, blob, extent or never.")]
    [InlineData("start", "Missing recorders; expected IDs, --label NAME=VALUE or --all.")]
    [InlineData("start hall --all", "IDs and '--all' cannot be used together.")]
    [InlineData("start --all -l a=b", "Options '--all' and '--label' cannot be used together.")]
    [InlineData("start --al", "Unknown option '--al'. Did you mean '--all'? See 'recorder start --help'.")]
    [InlineData("start hall --timeslice 1", "--timeslice '1' has no unit; use 1s for seconds, or one of the units ms, m, h and d.")]
    [InlineData("mark hall", "Missing recorders; expected IDs, --label NAME=VALUE or --all.")]
    [InlineData("mark", "Missing label; expected 1 to 200 characters at the end: recorder mark ID LABEL.")]
    [InlineData("tail hall gate", "Unexpected argument 'gate'. See 'recorder tail --help'.")]
    [InlineData("tail --kind stopped", "--kind 'stopped' is not valid; expected start, dataavailable, pause, resume, error, stop, gap, source, durable, storage, mark, clock or latemedia.")]
    [InlineData("tail --after x", "--after 'x' is not valid; expected a whole number of at least 0.")]
    [InlineData("recordings --from noon", "--from 'noon' is not a time; expected for example 2026-11-22T15:00:00Z, or '2026-11-22 15:00' in local time.")]
    public async Task Wrong_usage_is_refused_with_one_message(string line, string sentence) =>
        (await Terminal.RefusalOfAsync(line.Split(' '))).ShouldBe(sentence);
}
