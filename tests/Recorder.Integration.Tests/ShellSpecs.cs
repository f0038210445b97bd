using Recorder.Integration.Tests.Harness;

namespace Recorder.Integration.Tests;

/// <summary>The program in pipes and with completion in a shell.</summary>
public class ShellSpecs
{
    [Fact]
    public async Task Tail_ends_when_its_reader_closes_the_pipe()
    {
        using var folder = new TestFolder();
        await using var node = await NodeProcess.StartAsync(folder.File("data"));
        await node.PostAsync("/v1/recorders", new { id = "hall", source = "test:?size=64x64&rate=10&audio=off", timeslice = 100 });
        await node.PostAsync("/v1/recorders/hall:start");

        var read = await BashAsync($"set -o pipefail; {RecorderProcess.Program} tail hall --after 0 --node {node.Http.BaseAddress} | head -n 1");

        read.ExitCode.ShouldBe(141, read.Output + read.Error);
        read.Output.ShouldContain("hall");
        read.Error.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("recorder exp", "export")]
    [InlineData("recorder export --d", "--data")]
    [InlineData("recorder serve --on", "--on-shutdown")]
    public async Task Bash_completes_commands_and_options(string line, string expected)
    {
        var folder = Path.GetDirectoryName(RecorderProcess.Program);

        var completed = await BashAsync(
            $"""
            PATH={folder}:$PATH; eval "$(recorder completion bash)"; COMP_LINE='{line}'; COMP_POINT={line.Length}
            read -ra COMP_WORDS <<<"$COMP_LINE"; COMP_CWORD=$(( {line.Split(' ').Length} - 1 )); _recorder; echo "{"${COMPREPLY[@]}"}"
            """);

        completed.Output.Trim().ShouldBe(expected, completed.Error);
    }

    [Fact]
    public async Task Bash_completes_the_names_of_a_nodes_recorders()
    {
        using var folder = new TestFolder();
        await using var node = await NodeProcess.StartAsync(folder.File("data"));
        await node.PostAsync("/v1/recorders", new { id = "hall", source = "test:" });
        await node.PostAsync("/v1/recorders", new { id = "gate", source = "test:" });

        // The first request to a node is the slowest; the completion would time out.
        await node.GetAsync("/v1/recorders");

        var line = $"recorder start --node {node.Http.BaseAddress} h";
        var completed = await Command.RunAsync(RecorderProcess.Program, [$"[suggest:{line.Length}]", line]);

        // Suggestions contain the letter anywhere; the script of the shell keeps those that start with it.
        completed.Output.Split('\n').Where(word => word.StartsWith('h')).ShouldBe(["hall"], completed.Error);
    }

    private static Task<CommandResult> BashAsync(string script) => Command.RunAsync("bash", ["-c", script]);
}
