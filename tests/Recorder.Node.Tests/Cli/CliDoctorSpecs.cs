using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Recorder.Node.Cli;

namespace Recorder.Node.Tests.Cli;

/// <summary><c>recorder doctor</c> with good and with bad folders and ports.</summary>
public sealed class CliDoctorSpecs
{
    [Fact]
    public async Task A_good_folder_passes_all_checks_and_is_left_unchanged()
    {
        using var folder = new Folder();

        var findings = await FindAsync(0, folder.Path);

        findings["FFmpeg"].ShouldStartWith("good: ");
        findings["data folder"].ShouldStartWith("good: writable; ");
        findings["recordings"].ShouldBe("good: 0, none interrupted");
        Directory.GetFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_damaged_catalogue_is_wrong_and_an_interrupted_recording_is_a_warning()
    {
        using var folder = new Folder();
        folder.Create("catalogue.db");
        var recording = Directory.CreateDirectory(folder["recordings/hall/one"]).FullName;
        await File.WriteAllTextAsync(Path.Combine(recording, "recording.json"), "{");

        var findings = await FindAsync(1, folder.Path);

        findings["catalogue"].ShouldStartWith("wrong: cannot be read");
        findings["recordings"].ShouldStartWith("warning: 1 of 1 interrupted, the first is hall/one");
    }

    [Fact]
    public async Task A_node_that_other_machines_can_reach_needs_API_keys()
    {
        using var folder = new Folder();

        (await FindAsync(0, folder.Path))["API keys"].ShouldStartWith("good: none; none are needed");
        (await FindAsync(1, folder.Path, "0.0.0.0:18974"))["API keys"].ShouldStartWith("wrong: none, but other machines can reach");
        (await CommandLine.RunAsync(["keys", "add", "--data", folder.Path, "--role", "admin"], new Terminal().Console)).ShouldBe(0);
        (await FindAsync(0, folder.Path, "0.0.0.0:18974"))["API keys"].ShouldBe("good: 1");
    }

    [Fact]
    public async Task A_port_in_use_is_a_warning_with_advice()
    {
        using var folder = new Folder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        var findings = await FindAsync(0, folder.Path, taken.LocalEndpoint.ToString()!);

        findings["port"].ShouldContain("is in use, perhaps by a running node; if not, choose another port with --listen");
        (await Terminal.RefusalOfAsync("doctor", "--listen", "here")).ShouldStartWith("--listen 'here' is ");
    }

    private static async Task<Dictionary<string, string>> FindAsync(int exitCode, string data, string listen = "127.0.0.1:18973")
    {
        var terminal = new Terminal();
        var code = await CommandLine.RunAsync(["doctor", "--data", data, "--listen", listen, "--json"], terminal.Console);
        code.ShouldBe(exitCode, terminal.Output);
        return terminal.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)
            .ToDictionary(finding => (string)finding["check"]!, finding => $"{finding["level"]}: {finding["detail"]}");
    }
}
